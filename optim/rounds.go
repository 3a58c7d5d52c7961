package optim

import (
	"cmp"
	"math"
	"slices"

	"igs/configs"
	"igs/event"
	"igs/optim/engine"
	"igs/optim/sampling"
)

// rounds is the densify rule of the recipe igs. Splats are added in many small rounds, in proportion to the blurred
// error of the pixels. In the same rounds, splats whose removal costs almost nothing are moved to where the error is
// large. Adam keeps the moments of all other splats.
type rounds struct {
	first, total   int
	steps, every   int
	until          float64 // share of the steps after which all splats are added
	move           bool    // splats are moved
	moveFrom, stop float64 // splats are moved between these shares of the steps
	run            configs.Run
	grow           func(t *Trainer, n, before int) error // appends n splats; before is the number of splats until then
}

func newRounds(run configs.Run) *rounds {
	g := &rounds{first: run.Gaussians, total: run.Gaussians, steps: run.Steps, every: roundsEvery(run), run: run}
	g.grow = g.growByError
	if p := run.Progressive; p.Enabled && g.every < run.Steps { // otherwise there is no round before the end
		g.first = max(1, int(math.Ceil(p.InitialRatio*float64(run.Gaussians))))
		g.until = p.Until
	}
	if r := run.Relocate; r.Enabled {
		g.move, g.moveFrom, g.stop = true, r.From, relocateUntil(run)
	}
	return g
}

func (g *rounds) start() int       { return g.first }
func (g *rounds) resume(start int) { g.first = start }
func (g *rounds) surveys() bool    { return g.run.Progressive.Enabled || g.run.Relocate.Enabled }

// share returns the share of the steps that is done after a step.
func (g *rounds) share(step int) float64 { return float64(step) / float64(g.steps) }

// lateMoves is the share of the steps after which splats are moved in every second round only. A round then moves at
// most 70 of 5000 splats (kodim05, 1000 steps) and takes as long as a step.
const lateMoves = 0.6

// moves reports whether splats are moved after a step.
func (g *rounds) moves(step int) bool {
	share := g.share(step - 1)
	if share > lateMoves && step/g.every%2 == 1 {
		return false
	}
	return g.move && share >= g.moveFrom && share <= g.stop
}

func (g *rounds) next(step, splats int) int {
	for at := multipleAfter(step, g.every); at < g.steps; at += g.every {
		if g.wanted(at) > splats || g.moves(at) {
			return at
		}
	}
	return 0
}

// wanted returns the number of splats after a step. The number grows linearly, and the last round adds all that remain.
func (g *rounds) wanted(step int) int {
	share := 1.
	if g.until > 0 && multipleAfter(step, g.every) < g.steps {
		share = min(1, g.share(step)/g.until)
	}
	return g.first + int(math.Ceil(share*float64(g.total-g.first)))
}

func (g *rounds) foresee(step, splats int) (surveys, after int) {
	after = max(splats, g.wanted(step))
	if after > splats {
		surveys++
	}
	if g.moves(step) {
		surveys++
	}
	return surveys, after
}

func (g *rounds) apply(t *Trainer) error { return g.change(t, g.wanted(t.step)-t.engine.Splats()) }

// change adds n splats, and moves splats if it is time.
func (g *rounds) change(t *Trainer, n int) error {
	if err := t.lookFor(t.step + 1); err != nil {
		return err
	}
	before := t.engine.Splats()
	moved := 0
	if n > 0 {
		if err := t.retry(func() error { return g.grow(t, n, before) }); err != nil {
			return err
		}
	}
	if g.moves(t.step) {
		if err := t.retry(func() (err error) { moved, err = g.relocate(t); return err }); err != nil {
			return err
		}
	}
	if after := t.engine.Splats(); after > before || moved > 0 {
		t.sink(event.Densified{Step: t.step, Added: after - before, Moved: moved, Splats: after})
	}
	return nil
}

// growthSurvey returns the errors by which splats are added.
func (g *rounds) growthSurvey() engine.SurveyOptions {
	if g.run.Progressive.Blur == 0 {
		return engine.SurveyOptions{Errors: engine.Sharp}
	}
	return engine.SurveyOptions{Errors: engine.Blurred, Sigma: g.run.Progressive.Blur}
}

// growByError appends n splats in proportion to the error of the pixels.
func (g *rounds) growByError(t *Trainer, n, before int) error {
	p, survey := g.run.Progressive, g.growthSurvey()
	survey.At = t.surveyOffsets()[0]
	if _, _, err := t.engine.Survey(survey); err != nil {
		return err
	}
	t.updateLayout()
	pixels, err := samplePixels(t, survey, n, p.Power)
	if err != nil {
		return err
	}
	return t.engine.Append(t.births.Add(pixels, before+n, p.Size), before)
}

// relocate moves the splats whose removal costs least, and returns their number.
func (g *rounds) relocate(t *Trainer) (int, error) {
	survey := engine.SurveyOptions{Costs: true, Errors: engine.Sharp}
	costs, sse, err := g.removalCosts(t, &survey)
	if err != nil {
		return 0, err
	}
	t.updateLayout()
	rule, places := g.run.Relocate, g.superfluous(costs, sse)
	if len(places) == 0 {
		return 0, nil
	}
	pixels, err := samplePixels(t, survey, len(places), rule.Power)
	if err != nil {
		return 0, err
	}
	return len(places), t.engine.Replace(places, t.births.Add(pixels, len(costs), rule.Size))
}

// removalCosts adds up the removal costs and the squared errors at the offsets of a survey. It leaves the last offset in
// survey, whose errors the engine still holds.
func (g *rounds) removalCosts(t *Trainer, survey *engine.SurveyOptions) (costs []float32, sse float64, err error) {
	for _, at := range t.surveyOffsets() {
		survey.At = at
		some, part, err := t.engine.Survey(*survey)
		if err != nil {
			return nil, 0, err
		}
		if sse += part; costs == nil {
			costs = some
			continue
		}
		for i, c := range some {
			costs[i] += c
		}
	}
	return costs, sse, nil
}

// superfluous returns the indices of the splats to move.
func (g *rounds) superfluous(costs []float32, sse float64) []int {
	rule, n := g.run.Relocate, float64(len(costs))
	return cheapest(costs, rule.Threshold*sse/n, int(rule.Share*n))
}

// cheapest returns the indices, in ascending order, of the n splats whose removal costs least. Splats that cost the
// threshold or more are left out.
func cheapest(costs []float32, threshold float64, n int) []int {
	var places []int
	for i, c := range costs {
		if float64(c) < threshold {
			places = append(places, i)
		}
	}
	if len(places) > n {
		slices.SortFunc(places, func(i, j int) int { return cmp.Or(cmp.Compare(costs[i], costs[j]), cmp.Compare(i, j)) })
		places = places[:n]
		slices.Sort(places)
	}
	return places
}

// samplePixels samples n pixels in proportion to a power of their errors.
func samplePixels(t *Trainer, survey engine.SurveyOptions, n int, power float64) ([]int, error) {
	var failed error
	errors := sampling.Weights(func(take func(row []float32)) {
		if err := t.engine.Errors(survey, take); err != nil {
			failed = err
		}
	})
	return t.pick(errors, survey.At, n, power), failed
}

// pick samples n pixels of the target in proportion to a power of the errors of the pixels that the steps at an offset
// look at.
func (t *Trainer) pick(errors sampling.Weights, at engine.Offset, n int, power float64) []int {
	shape := t.layout.Shape
	pixels := sampling.Systematic(t.rng, sampling.Powered(errors, power), n, shape.W, shape.H)
	for i, p := range pixels {
		x, y := t.spacing*(p%shape.W)+at.X, t.spacing*(p/shape.W)+at.Y
		pixels[i] = min(y, t.target.H-1)*t.target.W + min(x, t.target.W-1)
	}
	return pixels
}
