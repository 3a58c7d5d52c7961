package optim

import (
	"math"

	"igs/optim/engine"

	"igs/configs"
	"igs/event"
	"igs/internal/fault"
	"igs/memory"
	"igs/splat"
)

// PlanFor says how a run on a picture of w × h px, c channels and depth bits would be laid out on a device with its tuning, and lists every other way
// in the order in which they are tried. It allocates nothing. The error has the code for out of memory when no way fits, and for bad
// input when a setting is out of its range.
func PlanFor(on engine.Platform, w, h, c, depth int, run configs.Run) (memory.Plan, []memory.Plan, error) {
	if err := run.Validate(); err != nil {
		return memory.Plan{}, nil, err
	}
	if w < 1 || h < 1 || c < 1 || depth != 8 && depth != 16 {
		return memory.Plan{}, nil, fault.New(fault.BadInput, "", "a picture of %d × %d px with %d channels of %d bits", w, h, c, depth)
	}
	r := request(w, h, c, depth, run)
	limits := setupOn(on, run).Limits
	plan, err := memory.Choose(r, limits)
	return plan, memory.Ladder(r, limits), err
}

// request is what a run asks of the device.
func request(w, h, c, depth int, run configs.Run) memory.Request {
	shape := memory.Shape{
		W: w, H: h, C: c, Depth: depth, Splats: run.Gaussians, Half: run.Memory.UseAMP, Quantized: run.Quantize.Enabled,
		Pointwise: run.Loss.SSIM == 0, Frame: run.Train.Optimizer == configs.OptimizerFrame,
		Rounds: run.Progressive.Rule == configs.ProgressiveRounds && (run.Progressive.Enabled || run.Relocate.Enabled),
	}
	r := memory.Request{Shape: shape, Pairs: trainedPairs(shape, startSigma(run)), Budget: run.Memory.Budget}
	if run.Video.Enabled {
		panelW, panelH := run.Video.Panel(w, h)
		r.Shape.FrameBytes = int64(4 * panelW * panelH)
	}
	if run.Memory.Recompute {
		r.Mode = memory.Banded
	}
	return r
}

// startSigma is the standard deviation of the first splats, px, 0 when the picture decides.
func startSigma(run configs.Run) float64 {
	if run.Init.Rule == configs.InitRound {
		return run.Init.Scale
	}
	return 0
}

// trainedPairs estimates the most splat-tile pairs of a run: splats start at scale px and grow until they cover the picture. In pairs
// they then count like circles with a σ of half the distance from one to the next, or less: kodim23 with 2000 splats has 49 000
// pairs after 3000 steps, and this says 66 000.
func trainedPairs(s memory.Shape, scale float64) int {
	distance := math.Sqrt(float64(s.W) * float64(s.H) / float64(s.Splats))
	sigma := max(scale, 0.5*distance)
	return int(min(engine.TilesReached(sigma, sigma), float64(s.TilesX()*s.TilesY())) * float64(s.Splats))
}

// build makes the engine on the first rung of the ladder, from the given one on, that fits the budget and that the device grants.
func (t *Trainer) build(rung int, first *splat.Splats) error {
	for {
		plan, err := memory.ChooseFrom(t.request, t.setup.Limits, rung)
		if err != nil {
			return err
		}
		if t.engine, err = engine.New(t.dev, t.target, first, plan, t.setup); err == nil {
			t.layout, t.scaler.dynamic = plan, plan.Shape.Half // the ladder may have chosen float16 by itself
			if plan.Why != "" {
				t.sink(event.Warned{Text: plan.Why})
			}
			return nil
		}
		t.engine = nil
		if !engine.OutOfMemory(err) {
			return err
		}
		rung = plan.Rung + 1
	}
}

// fall makes the engine anew on a lower rung of the ladder, with what was learned up to the last step done. cause is what the device
// refused; any other error comes back as it is.
func (t *Trainer) fall(cause error) error {
	if !engine.OutOfMemory(cause) || t.engine == nil {
		return cause
	}
	kept, err := t.engine.Save()
	if err != nil {
		return cause
	}
	t.rescued = &kept
	for {
		rung := t.engine.Plan().Rung + 1
		t.frames.drain()
		t.engine.Close()
		t.engine = nil
		if err := t.build(rung, nil); err != nil {
			return err
		}
		if err := t.engine.Restore(kept); err == nil {
			t.rescued = nil
			return nil
		} else if !engine.OutOfMemory(err) {
			return err
		}
	}
}

// retry is persist for work that draws random numbers: each try begins with those of the first.
func (t *Trainer) retry(work func() error) error {
	before := *t.source
	return t.persist(func() error {
		*t.source = before
		return work()
	})
}

// persist does work that allocates, and does it again a rung lower whenever the device refuses.
func (t *Trainer) persist(work func() error) error {
	for {
		err := work()
		if err == nil {
			return nil
		}
		if err := t.fall(err); err != nil {
			return err
		}
	}
}

// setupOn is the setup of a run.
func setupOn(on engine.Platform, run configs.Run) engine.Setup {
	s := on.Setup(run.Train.TopK)
	if run.Quantize.Enabled {
		s.Bits = BitsOf(run.Quantize)
	}
	s.Gamma = run.Target.Gamma
	return s
}

// boundsOf are the bounds of a run's parameters on a picture of so many pixels. The least scale is one tenth of what splats on a square grid
// would have, where that is less than the setting: few splats on a large picture must be large.
func boundsOf(run configs.Run, pixels int) engine.Bounds {
	b := run.Bounds
	spacing := math.Sqrt(float64(pixels) / float64(run.Gaussians))
	return engine.Bounds{ScaleMin: min(b.ScaleMin, 0.1/spacing), ScaleMax: b.ScaleMax, Aspect: b.Aspect, Margin: b.Feat}
}

func div(n, by int) int { return (n + by - 1) / by }
