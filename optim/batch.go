package optim

import (
	"context"
	"fmt"
	"time"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/internal/fault"
	"igs/internal/parallel"
	"igs/memory"
	"igs/optim/engine"
	"igs/shaders"
	"igs/splat"
	"igs/vk"
)

// Batch trains several pictures of one size together, with the same settings. Each of them gets the model that a Trainer
// alone would give it, bit for bit. There are no checkpoints and no evaluations between the steps.
type Batch struct {
	engine  *engine.Batch
	members []*Trainer // without engines
	failed  []error    // by member, nil if its training goes on
	sink    event.Sink

	rounds   *rounds
	step     int // number of steps done
	inFlight int
	started  time.Time
	told     time.Time // of the last Stepped event
}

// Batched reports whether pictures of w × h px can be trained together in a run with these settings: the loss looks at
// single pixels, splats are added and moved in rounds, every step looks at every pixel, and no rule looks at a picture
// while it is trained.
func Batched(run configs.Run, w, h int) bool {
	_, rounds := densifierOf(run, w*h).(*rounds)
	for _, s := range run.Stages(w * h) {
		if s.Stride > 1 {
			return false
		}
	}
	return rounds && run.Loss.SSIM == 0 && !run.Quantize.Enabled && !run.Video.Enabled && !run.Memory.Recompute &&
		run.Train.StopAtPSNR == 0 && !run.Train.EarlyStop && run.Init.From == "" && engine.BatchTiles(w, h)
}

// BatchesAtOnce is how many batches are on the device at the same time, so that it has work while the host chooses pixels
// or searches for a rounding. Each of them takes at most its share of the memory.
const BatchesAtOnce = 2

// BatchPlan returns the largest number of pictures, up to n, that can be trained together within the budget, and the plan
// of their training. It is 0 if they cannot be trained together.
func BatchPlan(on engine.Platform, m imageio.Size, run configs.Run, n int) (int, memory.Plan) {
	if !Batched(run, m.W, m.H) {
		return 0, memory.Plan{}
	}
	limits := setupOn(on, run).Limits
	for n = min(n, engine.MostTogether(on, m.W, m.H, run.Gaussians)); n > 0; n /= 2 {
		plan, err := memory.Choose(batchRequest(m, run, n, limits), limits)
		if err == nil && plan.Rung == 0 {
			return n, plan
		}
	}
	return 0, memory.Plan{}
}

// batchRequest returns the memory request of n pictures.
func batchRequest(m imageio.Size, run configs.Run, n int, l memory.Limits) memory.Request {
	r := request(m.W, m.H, m.C, m.Depth, run)
	r.Shape.Batch = n
	r.Shape.Splats *= n
	r.Pairs *= n
	if r.Budget == 0 {
		r.Budget = l.Free
	}
	r.Budget /= BatchesAtOnce
	return r
}

// NewBatch makes a batch for the pictures of one size. The runs differ in their names and pictures only. The sink may be
// nil. The error has the code for out of memory if the pictures do not fit together.
func NewBatch(dev *vk.Device, targets []*imageio.Samples, runs []configs.Run, start Start, sink event.Sink) (*Batch, error) {
	b := &Batch{sink: sink, failed: make([]error, len(runs)), started: time.Now()}
	if sink == nil {
		b.sink = func(event.Event) {}
	}
	size, _ := targets[0].Form()
	first := make([]*splat.Splats, len(runs))
	b.members = make([]*Trainer, len(runs))
	errs := make([]error, len(runs))
	parallel.Each(len(runs), func(_, i int) {
		if b.members[i], errs[i] = newTrainer(dev, targets[i], runs[i], start, func(event.Event) {}); errs[i] == nil {
			first[i], errs[i] = b.members[i].firstSplats(start)
		}
	})
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	limits := b.members[0].setup.Limits
	plan, err := memory.Choose(batchRequest(size, runs[0], len(runs), limits), limits)
	if err == nil && plan.Rung > 0 {
		err = fault.New(fault.OutOfMemory, "", "%d pictures do not fit together", len(runs))
	}
	if err != nil {
		return nil, err
	}
	for _, m := range b.members {
		m.layout = m.resolutions[1].plan
	}
	b.rounds = b.members[0].densify.(*rounds)
	if b.engine, err = engine.NewBatch(dev, targets, plan, b.members[0].setup); err != nil {
		return nil, err
	}
	if err := b.engine.Load(first); err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

// Close frees the device memory.
func (b *Batch) Close() { b.engine.Close() }

// Train takes all steps and rounds the splats for the model files. If ctx is cancelled, it stops with the error of the
// context, and no picture has a model.
func (b *Batch) Train(ctx context.Context) error {
	steps := b.members[0].run.Steps
	for b.step < steps {
		end := steps
		if at := b.rounds.next(b.step, b.engine.Splats()); at > b.step {
			end = min(end, at)
		}
		if err := b.Advance(ctx, end); err != nil {
			return err
		}
		if ctx.Err() != nil && b.step < end {
			return context.Cause(ctx)
		}
		if b.step < steps && b.rounds.next(b.step-1, b.engine.Splats()) == b.step {
			if err := b.round(); err != nil {
				return err
			}
		}
	}
	kept, err := b.engine.Save()
	if err != nil {
		return err
	}
	for i, m := range b.members {
		m.rescued = &kept[i]
	}
	return b.roundForFiles(ctx)
}

// Advance takes the steps up to and including end, with two steps in flight; see Trainer.Advance.
func (b *Batch) Advance(ctx context.Context, end int) error {
	for b.step < end {
		if next := b.step + b.inFlight + 1; b.inFlight < 2 && next <= end && ctx.Err() == nil {
			if err := b.engine.Submit(next, b.numbers(next)); err != nil {
				return err
			}
			b.inFlight++
			continue
		}
		if b.inFlight == 0 {
			return nil
		}
		reports, err := b.engine.Collect(b.step + 1)
		if err != nil {
			return err
		}
		b.inFlight--
		if needed := int(reports[0].Pairs); needed > b.engine.Plan().Pairs {
			if err := b.lengthen(needed); err != nil {
				return err
			}
			continue
		}
		b.done(reports)
	}
	return nil
}

// numbers returns the numbers of a step of each picture.
func (b *Batch) numbers(step int) []shaders.Step {
	all := make([]shaders.Step, len(b.members))
	for i, m := range b.members {
		m.prepare(step)
		all[i] = m.numbers(step, m.inputs[step%2])
	}
	return all
}

// lengthen makes room in the lists after a step that overflowed them. The step in flight after it overflowed too.
func (b *Batch) lengthen(needed int) error {
	if b.inFlight > 0 {
		if _, err := b.engine.Collect(b.step + 2); err != nil {
			return err
		}
		b.inFlight = 0
	}
	return b.engine.Lengthen(needed)
}

// done counts a step. A picture whose training diverges fails; its splats change no other picture.
func (b *Batch) done(reports []shaders.Report) {
	b.step++
	for i, m := range b.members {
		if err := m.done(reports[i]); err != nil && b.failed[i] == nil {
			b.failed[i] = fmt.Errorf("%s: %w", m.run.Name, err)
		}
	}
	now := time.Now()
	if now.Sub(b.told) < 100*time.Millisecond {
		return
	}
	b.told = now
	b.sink(event.Stepped{
		Step: b.step, Steps: b.members[0].run.Steps, Splats: b.engine.Splats(),
		StepsPerSec: float64(b.step) / now.Sub(b.started).Seconds(), DeviceBytes: b.members[0].dev.Usage().Now,
	})
}

// Model returns the model of picture i after Train, or the error of its training.
func (b *Batch) Model(i int) (*splat.Model, error) {
	if b.failed[i] != nil {
		return nil, b.failed[i]
	}
	return b.members[i].Model()
}

// Rows calls take with the rows of the rendered model of each picture, as they are displayed. Row y of picture i has the
// number i*H + y.
func (b *Batch) Rows() imageio.Rows { return b.engine.Rows().Shown() }
