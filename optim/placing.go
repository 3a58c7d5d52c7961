package optim

import (
	"fmt"
	"math/rand/v2"

	"igs/configs"
	"igs/imageio"
	"igs/internal/fault"
	"igs/optim/sampling"
	"igs/splat"
)

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
	switch placed := start.Placed; {
	case brought == nil && placed != nil:
		*t.source, t.births = placed.source, placed.births
		return placed.splats, nil
	case brought == nil:
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

// Placed are the first splats of a run, with what a trainer keeps of their placement.
type Placed struct {
	splats *splat.Splats
	births *sampling.Births
	source rand.PCG
}

// Place places the first splats of a run that starts from no splats, with the built-in map in mode "saliency". It needs no
// device, so a program can do it before it makes the trainer (Start.Placed), one trainer. The settings must be valid.
func Place(target *imageio.Samples, run configs.Run) (*Placed, error) {
	t := &Trainer{run: run, target: target}
	t.placing()
	p := &Placed{splats: t.seed(t.densify.start(), Start{}), births: t.births}
	p.source = *t.source
	return p, target.Err()
}

// placing makes what places splats.
func (t *Trainer) placing() {
	pixels := t.target.Pixels()
	t.source = rand.NewPCG(uint64(t.run.Train.Seed), 0)
	t.rng = rand.New(t.source)
	t.densify = densifierOf(t.run, pixels)
	t.births = sampling.NewBirths(t.target, birthRule(t.run, pixels))
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
