package igs

import (
	"igs/memory"
	"igs/optim"
	"igs/optim/engine"
)

// Plan is how a training lies in the memory of a device.
type Plan struct {
	Bytes     int64       // the most that it takes of the device at any time
	Layout    string      // in words: float16, recompute in bands of 128 rows
	Precision Precision   // of pixels
	Recompute bool        // a ring of rows is kept instead of all pixels
	Streamed  bool        // the picture stays on the host and comes band by band
	Groups    []MemoryUse // what the bytes are for
	Why       string      // why this is not what was asked for; "" when it is

	Ways []Plan // all ways to train, in the order in which they are tried; this is the first that fits. They have no ways themselves
}

// MemoryUse is memory of the device that serves one purpose.
type MemoryUse struct {
	Name  string
	Bytes int64
}

// PlanFor says what a training with these options on a picture of this size takes of the device, before it begins; it allocates nothing there.
// The error is ErrOutOfMemory when no way to train fits the budget: the plan is then the one that needs least, and Ways has all.
func PlanFor(size Size, o Options) (Plan, error) {
	if err := size.check(); err != nil {
		return Plan{}, err
	}
	j, err := o.job()
	if err != nil {
		return Plan{}, classify(err)
	}
	r, err := run(j)
	if err != nil {
		return Plan{}, classify(err)
	}
	if pixels := size.W * size.H; r.Gaussians > pixels {
		return Plan{}, badInput("ask for at most one splat a pixel", "%d splats for a picture of %d pixels", r.Gaussians, pixels)
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
	chosen, ways, err := optim.PlanFor(engine.PlatformOf(dev.vk.Info()), size.W, size.H, size.Channels, size.Depth, r)
	plan := planOf(chosen)
	for _, way := range ways {
		plan.Ways = append(plan.Ways, planOf(way))
	}
	return plan, classify(err)
}

func planOf(p memory.Plan) Plan {
	plan := Plan{Bytes: p.Bytes(), Layout: p.String(), Precision: PrecisionFloat32, Recompute: p.Mode == memory.Recompute, Streamed: p.Streamed, Why: p.Why}
	if p.Shape.Half {
		plan.Precision = PrecisionMixed
	}
	for _, g := range p.Groups() {
		plan.Groups = append(plan.Groups, MemoryUse{Name: g.Name, Bytes: g.Bytes})
	}
	return plan
}
