package optim

import (
	"fmt"
	"time"

	"igs/configs"
	"igs/internal/fault"
	"igs/optim/sampling"
	"igs/splat"
)

// keeping is when the last checkpoint was written.
type keeping struct {
	step int // -1: there is none
	at   time.Time
}

// pausing says whether a checkpoint is due behind the given step, so that no step may follow it into flight.
func (t *Trainer) pausing(step int) bool {
	every := t.run.Train.CheckpointEvery
	switch {
	case t.keep == nil || step == 0 || step <= t.kept.step:
		return false
	case every.Steps > 0:
		return step%every.Steps == 0
	}
	return every.Time > 0 && time.Since(t.kept.at) >= every.Time
}

// checkpoint writes one of the present step, unless there is one.
func (t *Trainer) checkpoint() error {
	if t.keep == nil || t.step == t.kept.step {
		return nil
	}
	if err := t.keep(); err != nil {
		return err
	}
	t.kept = keeping{t.step, time.Now()}
	return nil
}

// firstSplats are those that a run begins with: seeded, or brought along. What the run has more than was brought is added in the
// course of progressive training, or without that seeded at once.
func (t *Trainer) firstSplats(start Start) (*splat.Splats, error) {
	brought := start.Splats
	if brought == nil {
		return t.seed(t.densify.start(), start), nil
	}
	total := t.run.Gaussians
	switch {
	case brought.C != t.target.C:
		return nil, fault.New(fault.BadInput, "start from a model of such a picture", "the model to start from has %d channels, the picture %d", brought.C, t.target.C)
	case brought.N > total:
		return nil, fault.New(fault.BadInput, fmt.Sprintf("ask for at least as many: --gaussians %d", brought.N), "the model to start from has %d splats, the run only %d", brought.N, total)
	case brought.N < total && !t.run.Init.AllowPartial:
		return nil, fault.New(fault.BadInput, fmt.Sprintf("ask for --gaussians %d, or allow it to be filled up: --set init.allow_partial=true", brought.N),
			"the model to start from has %d splats, the run %d", brought.N, total)
	}
	first := brought.Clone()
	if t.densify.start() == total && first.N < total { // no splats will be added
		first.Append(t.seed(total-first.N, start))
	}
	t.densify.resume(first.N)
	return first, nil
}

// seed makes the first n splats by the rule of the run.
func (t *Trainer) seed(n int, start Start) *splat.Splats {
	if t.run.Init.Rule == configs.InitRound {
		return sampling.Seed(t.target, n, t.run.Init, start.Saliency, t.rng)
	}
	return t.births.Seed(n, t.run.Init, start.Saliency, t.rng)
}

// birthRule says how new splats of a run are shaped on a picture of so many pixels.
func birthRule(run configs.Run, pixels int) sampling.BirthRule {
	b := boundsOf(run, pixels)
	return sampling.BirthRule{Size: run.Init.Size, ScaleMin: b.ScaleMin, ScaleMax: b.ScaleMax}
}
