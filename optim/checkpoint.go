package optim

import (
	"fmt"
	"time"

	"igs/configs"
	"igs/internal/fault"
	"igs/optim/sampling"
	"igs/splat"
)

// lastCheckpoint says when the last checkpoint was written.
type lastCheckpoint struct {
	step int // -1 means that none was written
	at   time.Time
}

// checkpointDue reports whether a checkpoint is due after the given step. The next step must not be submitted before it
// is written.
func (t *Trainer) checkpointDue(step int) bool {
	every := t.run.Train.CheckpointEvery
	switch {
	case t.save == nil || step == 0 || step <= t.saved.step:
		return false
	case every.Steps > 0:
		return step%every.Steps == 0
	}
	return every.Time > 0 && time.Since(t.saved.at) >= every.Time
}

// checkpoint writes a checkpoint of the present step, unless there is one.
func (t *Trainer) checkpoint() error {
	if t.save == nil || t.step == t.saved.step {
		return nil
	}
	if err := t.save(); err != nil {
		return err
	}
	t.saved = lastCheckpoint{t.step, time.Now()}
	return nil
}

// CheckSource reports splats from which a run cannot start: a picture with another number of channels, more splats than
// the run has, or fewer when the settings do not allow that.
func CheckSource(run configs.Run, brought *splat.Splats, channels int) error {
	total := run.Gaussians
	switch {
	case brought.C != channels:
		return fault.New(fault.BadInput, "start from a model with as many channels as the picture", "the model to start from has %d channels, the picture %d", brought.C, channels)
	case brought.N > total:
		return fault.New(fault.BadInput, fmt.Sprintf("use at least as many splats: sweep.gaussians=%d", brought.N), "the model to start from has %d splats, the run only %d", brought.N, total)
	case brought.N < total && !run.Init.AllowPartial && !run.Free:
		return fault.New(fault.BadInput, fmt.Sprintf("use sweep.gaussians=%d, or allow igs to add splats to the model: init.allow_partial=true", brought.N),
			"the model to start from has %d splats, the run %d", brought.N, total)
	}
	return nil
}

// firstSplats returns the splats at the begin of a run: seeded, or those of the start. If the start has fewer splats
// than the run, the others are added during progressive training; without progressive training they are seeded now.
func (t *Trainer) firstSplats(start Start) (*splat.Splats, error) {
	brought := start.Splats
	if brought == nil {
		return t.seed(t.densify.start(), start), nil
	}
	if err := CheckSource(t.run, brought, t.target.C); err != nil {
		return nil, err
	}
	total := t.run.Gaussians
	first := brought.Clone()
	if t.densify.start() == total && first.N < total { // the run adds no splats
		first.Append(t.seed(total-first.N, start))
	}
	t.densify.resume(first.N)
	return first, nil
}

// seed makes n first splats by the rule of the run.
func (t *Trainer) seed(n int, start Start) *splat.Splats {
	if t.run.Init.Rule == configs.InitRound {
		return sampling.Seed(t.target.Reduced(), n, t.run.Init, start.Saliency, t.rng)
	}
	return t.births.Seed(n, t.run.Init, start.Saliency, t.rng)
}

// birthRule returns the rule for the shapes of new splats, for a picture with the given number of pixels.
func birthRule(run configs.Run, pixels int) sampling.BirthRule {
	b := boundsOf(run, pixels)
	return sampling.BirthRule{Size: run.Init.Size, ScaleMin: b.ScaleMin, ScaleMax: b.ScaleMax}
}
