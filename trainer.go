package igs

import (
	"context"
	"image"
	"sync"
	"sync/atomic"

	"igs/configs"
	"igs/event"
	"igs/optim"
	"igs/optim/engine"
	"igs/splat"
)

// Trainer trains the model of one picture, some steps at a time. It takes one call at a time; Steps, Splats and Done may be called at any
// time, from callbacks too.
type Trainer struct {
	dev     *Device
	picture *Picture
	options Options
	saved   map[string]string // the settings, for checkpoints
	run     configs.Run

	busy    sync.Mutex
	closing atomic.Bool
	trainer *optim.Trainer // nil: closed, or never made
	failed  error          // what ended it

	progress      Progress
	steps, splats atomic.Int64
	done          atomic.Bool
}

// NewTrainer puts a picture and its first splats on the device. The device first proves, once for each kind of training, that it computes
// right. Close gives the memory back.
func NewTrainer(img image.Image, o Options) (*Trainer, error) {
	picture, err := NewPicture(img)
	if err != nil {
		return nil, err
	}
	j, err := o.job()
	if err != nil {
		return nil, classify(err)
	}
	first, err := o.From.splatsFor(picture.Size())
	if err != nil {
		return nil, err
	}
	return newTrainer(picture, o, j, optim.Start{Splats: first})
}

// splatsFor are those of a model as they are drawn on a picture of the given size, in the order of its file. No model has none.
func (m *Model) splatsFor(size Size) (*splat.Splats, error) {
	if m == nil {
		return nil, nil
	}
	if err := m.valid(); err != nil {
		return nil, err
	}
	if m.model.Gamma != 1 {
		return nil, badInput("train it anew", "Options.From was trained with gamma %g, and would go on with 1: its colours would begin wrong", m.model.Gamma)
	}
	p := m.model.Splats.Clone()
	p.Sort()
	for i := range p.Scale { // in 1/px
		p.Scale[i] *= float32(m.model.H) / float32(size.H)
	}
	return p, nil
}

func newTrainer(picture *Picture, o Options, j *configs.Job, start optim.Start) (*Trainer, error) {
	r, err := run(j)
	if err != nil {
		return nil, classify(err)
	}
	dev, err := o.Device.orDefault()
	if err != nil {
		return nil, err
	}
	done, err := dev.use()
	if err != nil {
		return nil, err
	}
	defer done()
	on := engine.PlatformOf(dev.vk.Info())
	if err := dev.prove(check{on.Tuning, r.Memory.UseAMP, r.Train.Optimizer == "frame", r.Quantize.Enabled}); err != nil {
		return nil, classify(err)
	}
	t := &Trainer{dev: dev, picture: picture, options: o, saved: settings(j), run: r, progress: unknown(r.Steps)}
	start.Version, start.Tuning = Version, &on.Tuning
	if t.trainer, err = optim.NewFrom(dev.vk, picture.samples, r, start, func(e event.Event) { t.hear(e) }); err != nil {
		return nil, classify(err)
	}
	if s := start.State; s != nil && s.Last.Step > 0 {
		t.progress.PSNR, t.progress.SSIM = s.Last.PSNR, s.Last.SSIM
	}
	t.count()
	dev.keep(t)
	return t, nil
}

// count notes where training is for those who ask meanwhile.
func (t *Trainer) count() {
	t.steps.Store(int64(t.trainer.Steps()))
	t.splats.Store(int64(t.trainer.Count()))
	t.done.Store(t.trainer.Done())
}

// Steps counts the steps done.
func (t *Trainer) Steps() int { return int(t.steps.Load()) }

// Splats counts the splats there are.
func (t *Trainer) Splats() int { return int(t.splats.Load()) }

// Done says whether training is at its end: all steps are taken, or Options.StopAtPSNR is reached.
func (t *Trainer) Done() bool { return t.done.Load() }

// Step takes n steps, or as many as are left, and does what is due behind each: it adds and moves splats and evaluates them. However training
// is cut into pieces, it gives the same bits. When ctx is cancelled it ends within a step or two with the error of ctx, and the trainer stays as
// usable as before. Any other error ends the training; Model still gives what was learned, if the device does.
func (t *Trainer) Step(ctx context.Context, n int) error {
	if n < 0 {
		return badInput("give the number of steps to take", "%d steps", n)
	}
	return t.training(func() error {
		wanted := t.trainer.Steps() + min(n, t.run.Steps)
		if err := t.trainer.Take(ctx, n); err != nil {
			return err
		}
		if t.trainer.Steps() < wanted && !t.trainer.Done() {
			return ctx.Err()
		}
		return nil
	})
}

// Run takes all steps that are left.
func (t *Trainer) Run(ctx context.Context) error { return t.Step(ctx, t.run.Steps) }

// Evaluate measures the present splats. Options.Progress hears of it too.
func (t *Trainer) Evaluate() (scores Scores, err error) {
	err = t.training(func() error {
		found, err := t.trainer.Evaluate()
		scores = scoresOf(found)
		return err
	})
	return scores, err
}

// Image draws the present splats at the size of the picture, as Model.Render does.
func (t *Trainer) Image() (drawn image.Image, err error) {
	err = t.training(func() error {
		s := t.picture.Size()
		c := newCanvas(s.W, s.H, t.picture.samples.Layers, s.Channels, s.Depth)
		err := t.trainer.Rows().Shown().Each(c.put)
		drawn = c.image
		return err
	})
	return drawn, err
}

// Plan is how the training lies on the device now.
func (t *Trainer) Plan() (plan Plan, err error) {
	err = t.working(func() error {
		plan = planOf(t.trainer.Layout())
		return nil
	})
	return plan, err
}

// Model is what the splats make now, as its file will hold it.
func (t *Trainer) Model() (m *Model, err error) {
	err = t.working(func() error {
		found, err := t.trainer.Model()
		if err != nil {
			return err
		}
		m, err = asDecoded(found)
		return err
	})
	return m, err
}

// training is work that a training that failed cannot go on with. An error other than that of a context ends it.
func (t *Trainer) training(work func() error) error {
	return t.working(func() error {
		if t.failed != nil {
			return t.failed
		}
		err := work()
		t.count()
		if err = classify(err); err != nil && !cancelled(err) {
			t.failed = err
		}
		return err
	})
}

// working does work that nothing else may disturb.
func (t *Trainer) working(work func() error) error {
	if !t.busy.TryLock() {
		return badInput("use it from one goroutine, and not from its callbacks", "the trainer is at work")
	}
	defer t.shutLate()
	defer t.busy.Unlock()
	if t.trainer == nil || t.closing.Load() {
		return badInput("make one with NewTrainer or Resume", "the trainer is closed")
	}
	done, err := t.dev.use()
	if err != nil {
		return err
	}
	defer done()
	return classify(work())
}

// Close gives the memory back. While another call is at work that is done when the call ends. A second Close does nothing.
func (t *Trainer) Close() {
	t.closing.Store(true)
	t.shutLate()
}

// shutLate closes a trainer that is to be closed and that nobody uses.
func (t *Trainer) shutLate() {
	if t.closing.Load() && t.busy.TryLock() {
		t.free()
		t.busy.Unlock()
	}
}

// shut is Close by the device.
func (t *Trainer) shut() {
	t.closing.Store(true)
	t.busy.Lock()
	t.free()
	t.busy.Unlock()
}

// free gives the memory of the device back, as long as there is a device.
func (t *Trainer) free() {
	if t.trainer == nil {
		return
	}
	t.trainer.Close()
	t.trainer = nil
	t.dev.forget(t)
}
