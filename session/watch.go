package session

import (
	"context"

	"igs/optim"
	"igs/splat"
)

// watch lets the watcher of the options look at the runs of the first slot.
func (w *Sweep) watch(t *task, trainer *optim.Trainer) {
	if w.Watcher != nil && t.slot.number == 0 {
		trainer.Watch(waited{w.Watcher, t.pace})
	}
}

// waited is a watcher whose time is not a time of steps.
type waited struct {
	optim.Watcher
	pace *runPace
}

func (w waited) Look(ctx context.Context, step int, model func() (*splat.Model, error)) (stop bool, err error) {
	began := w.pace.now()
	stop, err = w.Watcher.Look(ctx, step, model)
	w.pace.skip(w.pace.now().Sub(began))
	return stop, err
}
