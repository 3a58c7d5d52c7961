package optim

import (
	"cmp"
	"math"
	"slices"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/internal/fault"
	"igs/memory"
	"igs/optim/engine"
	"igs/splat"
	"igs/vk"
)

// PlanFor returns the plan of a run on a picture of w × h px, c channels and depth bits per sample, and all candidate
// plans in the order in which they are tried. If the run has several stages (StagesFor), these are the plans of the stage
// that needs most memory. It allocates nothing. The error has the code for out of memory if no plan
// fits, and for bad input if a setting is out of range.
func PlanFor(on engine.Platform, w, h, c, depth int, run configs.Run) (memory.Plan, []memory.Plan, error) {
	if err := run.Validate(); err != nil {
		return memory.Plan{}, nil, err
	}
	if w < 1 || h < 1 || c < 1 || depth != 8 && depth != 16 {
		return memory.Plan{}, nil, fault.New(fault.BadInput, "", "a picture of %d × %d px with %d channels of %d bits", w, h, c, depth)
	}
	stages, err := StagesFor(on, imageio.Size{W: w, H: h, C: c, Depth: depth}, run)
	most := slices.MaxFunc(stages, func(a, b PlannedStage) int { return cmp.Compare(a.Plan.Bytes(), b.Plan.Bytes()) })
	return most.Plan, most.Ladder, err
}

// request returns the memory request of a run.
func request(w, h, c, depth int, run configs.Run) memory.Request {
	shape := memory.Shape{
		W: w, H: h, C: c, Depth: depth, Splats: run.Gaussians, Half: run.Memory.UseAMP, Quantized: run.Quantize.Enabled,
		Pointwise: run.Loss.SSIM == 0, Frame: run.Train.Optimizer == configs.OptimizerFrame,
		Rounds: densifierOf(run, w*h).surveys(),
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

// startSigma returns the σ of the first splats, px, or 0 if it depends on the picture.
func startSigma(run configs.Run) float64 {
	if run.Init.Rule == configs.InitRound {
		return run.Init.Scale
	}
	return 0
}

// trainedPairs estimates the maximum number of splat-tile pairs of a run. Splats start with a σ of scale px and grow
// until they cover the picture. Then they have at most as many pairs as circles with a σ of half the distance between
// neighbours: kodim23 with 2000 splats has 49 000 pairs after 3000 steps, and the estimate is 66 000.
func trainedPairs(s memory.Shape, scale float64) int {
	distance := math.Sqrt(float64(s.W) * float64(s.H) / float64(s.Splats))
	sigma := max(scale, 0.5*distance)
	return int(min(engine.TilesReached(sigma, sigma), float64(s.TilesX()*s.TilesY())) * float64(s.Splats))
}

// build makes the engine for the present spacing. It takes the first rung of the ladder, beginning at the given one, that
// fits the budget and for which the device grants the memory.
func (t *Trainer) build(rung int, first *splat.Splats) error {
	r := t.resolutions[t.spacing]
	for {
		plan, err := memory.ChooseFrom(r.request, t.setup.Limits, rung)
		if err != nil {
			return err
		}
		r.rung = rung
		if t.engine, err = engine.New(t.dev, t.target, first, plan, t.setup); err == nil {
			t.setLayout(plan)
			t.scaler.dynamic = plan.Shape.Half // the plan may use float16 although the run asks for float32
			if plan.Why != "" && plan.Why != r.told {
				r.told = plan.Why
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

// fallBack makes a new engine on a lower rung of the ladder, with the parameters and moments after the last step done. If
// cause is not an error for device memory, fallBack returns it.
func (t *Trainer) fallBack(cause error) error {
	if !engine.OutOfMemory(cause) || t.engine == nil {
		return cause
	}
	kept, err := t.engine.Save()
	if err != nil {
		return cause
	}
	return t.rebuild(kept, t.engine.Plan().Rung+1)
}

// rebuild replaces the engine by one of the present spacing on the given rung, with the given parameters and moments.
func (t *Trainer) rebuild(kept engine.Snapshot, rung int) error {
	t.rescued = &kept
	rounded := t.engine.Rounded()
	for {
		t.frames.drain()
		t.engine.Close()
		t.engine = nil
		vk.Trim() // a CPU driver would keep the memory of every engine so far
		if err := t.build(rung, nil); err != nil {
			return err
		}
		err := t.engine.Restore(kept)
		if err == nil {
			err = t.engine.SetRounded(rounded)
		}
		if err == nil {
			t.rescued = nil
			return nil
		}
		if !engine.OutOfMemory(err) {
			return err
		}
		rung = t.engine.Plan().Rung + 1
	}
}

// retry is persist for work that uses random numbers: each try uses the same ones.
func (t *Trainer) retry(work func() error) error {
	before := *t.source
	return t.persist(func() error {
		*t.source = before
		return work()
	})
}

// persist does work that allocates device memory. If the device refuses memory, it repeats the work on a lower rung.
func (t *Trainer) persist(work func() error) error {
	for {
		err := work()
		if err == nil {
			return nil
		}
		if err := t.fallBack(err); err != nil {
			return err
		}
	}
}

// setupOn returns the setup of the engine for a run.
func setupOn(on engine.Platform, run configs.Run) engine.Setup {
	s := on.Setup(run.Train.TopK)
	if run.Quantize.Enabled {
		s.Bits = BitsOf(run.Quantize)
	}
	s.Gamma = run.Target.Gamma
	return s
}

// boundsOf returns the bounds of the parameters of a run, for a picture with the given number of pixels. The minimum
// scale (1/σ) is that of the settings, or a tenth of 1/spacing of a square grid of splats if this is less: with few
// splats on a large picture, splats must be large.
func boundsOf(run configs.Run, pixels int) engine.Bounds {
	b := run.Bounds
	n := run.Gaussians
	if run.Free {
		n = densifierOf(run, pixels).start()
	}
	spacing := math.Sqrt(float64(pixels) / float64(n))
	return engine.Bounds{ScaleMin: min(b.ScaleMin, 0.1/spacing), ScaleMax: b.ScaleMax, Aspect: b.Aspect, Margin: b.Feat}
}

func div(n, by int) int { return (n + by - 1) / by }
