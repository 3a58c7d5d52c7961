package optim

import (
	"context"
	"time"

	"igs/splat"
)

// Watcher looks at a training between two steps. It changes no step, so the bits of a run do not depend on it. Its methods
// are called on the goroutine that trains.
type Watcher interface {
	// Due reports whether Look is to be called after the given number of steps. It is asked before each step, and must
	// return at once. No step has two looks, and the answer may change at any time.
	Due(step int) bool

	// Look gets the number of steps done and a function that reads the present splats. It may wait until ctx is cancelled:
	// that time does not count as time of the run. stop ends the run here, as a stop rule does. An error fails the run.
	Look(ctx context.Context, step int, model func() (*splat.Model, error)) (stop bool, err error)
}

// Watch sets the watcher of the training; nil means none.
func (t *Trainer) Watch(w Watcher) { t.watcher = w }

// lookDue reports whether the watcher wants to look after the given step. The next step must not be submitted before.
func (t *Trainer) lookDue(step int) bool {
	return t.watcher != nil && t.watcher.Due(step)
}

// letLook lets the watcher look at the present step, when it wants to. No step is in flight.
func (t *Trainer) letLook(ctx context.Context) error {
	if !t.lookDue(t.step) {
		return nil
	}
	began := time.Now()
	stop, err := t.watcher.Look(ctx, t.step, t.Model)
	waited := time.Since(began)
	t.started, t.saved.at = t.started.Add(waited), t.saved.at.Add(waited)
	if stop && !t.atEnd() {
		t.stop()
	}
	return err
}
