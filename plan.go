package igs

import (
	"igs/memory"
	"igs/optim"
	"igs/optim/engine"
)

// Plan describes how a training uses the memory of a device.
type Plan struct {
	Bytes     int64       // maximum of device memory at any time
	Layout    string      // a description, such as "float16, recompute in bands of 128 rows"
	Precision Precision   // precision of pixels
	Recompute bool        // the device keeps a few rows of pixels instead of all pixels
	Streamed  bool        // the picture stays in host memory and is copied to the device band by band
	Groups    []MemoryUse // Bytes by purpose
	Why       string      // the reason why the plan differs from the options; "" if it does not differ

	// Candidates are all plans for this training, in the order in which they are tried. The plan itself is the first of
	// them that fits the budget. The Candidates of a candidate are nil.
	Candidates []Plan
}

// MemoryUse is the amount of device memory for one purpose.
type MemoryUse struct {
	Name  string
	Bytes int64
}

// PlanFor returns the plan for a training with these options on a picture of this size. It allocates no device memory.
//
// If no plan fits the budget, the error is ErrOutOfMemory. PlanFor then still returns the plan that needs least memory,
// with all Candidates.
func PlanFor(size Size, o Options) (Plan, error) {
	if err := size.check(); err != nil {
		return Plan{}, err
	}
	j, err := o.job()
	if err != nil {
		return Plan{}, classify(err)
	}
	pixels := size.W * size.H
	r, err := run(j, pixels)
	if err != nil {
		return Plan{}, classify(err)
	}
	if r.Gaussians > pixels {
		return Plan{}, badInput("use at most one splat per pixel", "%d splats for a picture of %d pixels", r.Gaussians, pixels)
	}
	dev, err := o.Device.orDefault()
	if err != nil {
		return Plan{}, err
	}
	done, err := dev.use()
	if err != nil {
		return Plan{}, err
	}
	defer done()
	chosen, candidates, err := optim.PlanFor(engine.PlatformOf(dev.vk.Info()), size.W, size.H, size.Channels, size.Depth, r)
	plan := planOf(chosen)
	for _, c := range candidates {
		plan.Candidates = append(plan.Candidates, planOf(c))
	}
	return plan, classify(err)
}

func planOf(p memory.Plan) Plan {
	plan := Plan{Bytes: p.Bytes(), Layout: p.String(), Precision: PrecisionFloat32, Recompute: p.Mode == memory.Banded, Streamed: p.Streamed, Why: p.Why}
	if p.Shape.Half {
		plan.Precision = PrecisionMixed
	}
	for _, g := range p.Groups() {
		plan.Groups = append(plan.Groups, MemoryUse{Name: g.Name, Bytes: g.Bytes})
	}
	return plan
}
