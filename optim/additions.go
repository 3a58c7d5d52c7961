package optim

import (
	"cmp"
	"math"

	"igs/configs"
	"igs/event"
	"igs/optim/sampling"
	"igs/splat"
)

// additions is the densify rule of the public code: equal numbers of splats are added a few times where the error is
// large, and each time Adam restarts.
type additions struct {
	first, total int
	every, times int // every 0 means that nothing is added
}

func newAdditions(run configs.Run) *additions {
	p := run.Progressive
	g := &additions{first: run.Gaussians, total: run.Gaussians}
	if p.Enabled {
		g.first = int(math.Ceil(p.InitialRatio * float64(run.Gaussians)))
		g.every, g.times = p.AddSteps, p.AddTimes
	}
	return g
}

func (g *additions) start() int       { return g.first }
func (g *additions) resume(start int) { g.first = start }
func (g *additions) surveys() bool    { return false }

func (g *additions) next(step, splats int) int {
	if g.every == 0 || splats >= g.total {
		return 0
	}
	return multipleAfter(step, g.every)
}

func (g *additions) foresee(step, splats int) (surveys, after int) {
	return 1, splats + g.batch(splats)
}

// batch is the number of splats to add when there are so many.
func (g *additions) batch(splats int) int { return min(div(g.total-g.first, g.times), g.total-splats) }

// apply adds splats where the render differs most from the target, and restarts Adam. The old moments do not fit the
// gradients after an addition: keeping them, with a separate bias correction for the new splats, cost 0.11 dB 400 steps
// after the first addition (kodim23, 5000 splats).
func (g *additions) apply(t *Trainer) error {
	before := t.engine.Splats()
	n := g.batch(before)
	added, err := g.newSplats(t, n, t.Rows().Each)
	if err != nil {
		return err
	}
	if err := t.persist(func() error { return t.engine.Append(added, before) }); err != nil {
		return err
	}
	if err := t.persist(func() error { return t.engine.ForgetMoments() }); err != nil {
		return err
	}
	t.adamStart = t.step
	t.sink(event.Densified{Step: t.step, Added: n, Splats: t.engine.Splats()})
	return nil
}

// newSplats samples n splats to add, while the picture is rendered. If rendering runs out of device memory, the second
// try uses the same random numbers as the first.
func (g *additions) newSplats(t *Trainer, n int, render sampling.RowSource) (added *splat.Splats, err error) {
	target := sampling.BlurTarget(t.target)
	err = t.retry(func() (err error) {
		added, err = sampling.Grow(target, render, n, t.run.Init.Scale, t.rng)
		return err
	})
	return added, cmp.Or(err, t.target.Err())
}
