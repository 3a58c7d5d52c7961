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
	"igs/optim/selfcheck"
	"igs/splat"
)

// Trainer trains the model of one picture, step by step. It accepts one call at a time. Steps, Splats and Done are
// exceptions: they may be called at any time and from callbacks.
type Trainer struct {
	dev     *Device
	picture *Picture
	options Options
	saved   map[string]string // settings that checkpoints store
	run     configs.Run

	busy    sync.Mutex
	closing atomic.Bool
	trainer *optim.Trainer // nil after Close
	failed  error          // the error that ended the training

	progress      Progress
	steps, splats atomic.Int64
	done          atomic.Bool
}

// NewTrainer prepares the training of a picture: it seeds the splats and allocates device memory. Close frees the
// memory.
//
// The first training of each kind on a device begins with a self-check, which compares one step on the device with a
// reference. A device that passed is not checked again, also by later processes, unless DeviceOptions.NoCache is set. If
// the device computes wrong results, the error is ErrNoDevice.
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

// splatsFor returns the splats of a model, scaled to a picture of the given size and in the order of a model file. It
// returns nil for a nil model.
func (m *Model) splatsFor(size Size) (*splat.Splats, error) {
	if m == nil {
		return nil, nil
	}
	if err := m.valid(); err != nil {
		return nil, err
	}
	if m.model.Gamma != 1 {
		return nil, badInput("train that model again with gamma 1", "Options.From was trained with gamma %g, and this package trains with gamma 1: its colours would be wrong", m.model.Gamma)
	}
	p := m.model.Splats.Clone()
	p.Sort()
	for i := range p.Scale { // in 1/px
		p.Scale[i] *= float32(m.model.H) / float32(size.H)
	}
	return p, nil
}

func newTrainer(picture *Picture, o Options, j *configs.Job, start optim.Start) (*Trainer, error) {
	size := picture.Size()
	r, err := run(j, size.W*size.H)
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
	if err := dev.selfCheck(selfcheck.SubjectsOf(on.Tuning, r.Settings)); err != nil {
		return nil, classify(err)
	}
	t := &Trainer{dev: dev, picture: picture, options: o, saved: settings(j), run: r, progress: initialProgress(r.Steps)}
	start.Version, start.Tuning = Version, &on.Tuning
	if t.trainer, err = optim.NewFrom(dev.vk, picture.samples, r, start, func(e event.Event) { t.onEvent(e) }); err != nil {
		return nil, classify(err)
	}
	if s := start.State; s != nil && s.Last.Step > 0 {
		t.progress.PSNR, t.progress.SSIM = s.Last.PSNR, s.Last.SSIM
	}
	t.count()
	dev.register(t)
	return t, nil
}

// count updates the values that Steps, Splats and Done return.
func (t *Trainer) count() {
	t.steps.Store(int64(t.trainer.Steps()))
	t.splats.Store(int64(t.trainer.Count()))
	t.done.Store(t.trainer.Done())
}

// Steps returns the number of steps done.
func (t *Trainer) Steps() int { return int(t.steps.Load()) }

// Splats returns the present number of splats.
func (t *Trainer) Splats() int { return int(t.splats.Load()) }

// Done reports whether the training is finished: all steps are done, or the PSNR has reached Options.StopAtPSNR.
func (t *Trainer) Done() bool { return t.done.Load() }

// Step trains for n steps, or for all remaining steps if fewer remain. It also adds and moves splats and evaluates them
// when these are due. The model does not depend on how the steps are divided among calls.
//
// If ctx is cancelled, Step returns the error of ctx after at most two more steps, and the trainer remains usable. Any
// other error ends the training. Model still returns the model learned so far, unless the device fails.
func (t *Trainer) Step(ctx context.Context, n int) error {
	if n < 0 {
		return badInput("give the number of steps to take", "%d steps", n)
	}
	return t.training(func() error {
		wanted := t.trainer.Steps() + min(n, t.run.Steps)
		if err := t.trainer.Take(ctx, n); err != nil {
			return err
		}
		if t.trainer.Steps() < wanted && !t.trainer.Done() || t.trainer.Owes() {
			return ctx.Err()
		}
		return nil
	})
}

// Run trains for all remaining steps, as Step does.
func (t *Trainer) Run(ctx context.Context) error { return t.Step(ctx, t.run.Steps) }

// Evaluate measures the scores of the present splats. It calls Options.Progress too.
func (t *Trainer) Evaluate() (scores Scores, err error) {
	err = t.training(func() error {
		found, err := t.trainer.Evaluate()
		scores = scoresOf(found)
		return err
	})
	return scores, err
}

// Image renders the present splats at the size of the picture. The type of the image is that of Model.Render.
func (t *Trainer) Image() (drawn image.Image, err error) {
	err = t.training(func() error {
		s := t.picture.Size()
		c := newRowImage(s.W, s.H, t.picture.samples.Layers, s.Channels, s.Depth)
		err := t.trainer.Rows().Shown().Each(c.put)
		drawn = c.image
		return err
	})
	return drawn, err
}

// Plan returns the present plan of the device memory. It can differ from that of PlanFor if the device refused memory.
func (t *Trainer) Plan() (plan Plan, err error) {
	err = t.working(func() error {
		plan = planOf(t.trainer.Layout())
		return nil
	})
	return plan, err
}

// Model returns a model of the present splats, with the precision of its file.
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

// training does work unless the training has failed before. An error of the work ends the training, unless it is that
// of a context.
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

// working does work while no other call does.
func (t *Trainer) working(work func() error) error {
	if !t.busy.TryLock() {
		return badInput("call the trainer from one goroutine, and not from its callbacks", "the trainer is at work in another call")
	}
	defer t.freeIfClosing()
	defer t.busy.Unlock()
	if t.trainer == nil || t.closing.Load() {
		return badInput("make a new one with NewTrainer or Resume", "the trainer is closed")
	}
	done, err := t.dev.use()
	if err != nil {
		return err
	}
	defer done()
	return classify(work())
}

// Close frees the device memory. If another call is in progress, the memory is freed when that call returns. A second
// Close does nothing.
func (t *Trainer) Close() {
	t.closing.Store(true)
	t.freeIfClosing()
}

// freeIfClosing frees the trainer if Close was called and no other call is in progress.
func (t *Trainer) freeIfClosing() {
	if t.closing.Load() && t.busy.TryLock() {
		t.free()
		t.busy.Unlock()
	}
}

// closeWithDevice closes the trainer after the call in progress. Device.Close calls it.
func (t *Trainer) closeWithDevice() {
	t.closing.Store(true)
	t.busy.Lock()
	t.free()
	t.busy.Unlock()
}

// free frees the device memory. It does nothing the second time.
func (t *Trainer) free() {
	if t.trainer == nil {
		return
	}
	t.trainer.Close()
	t.trainer = nil
	t.dev.unregister(t)
}
