package optim

import (
	"context"
	"time"
)

// due is what is left to do after a step. A run that is cancelled leaves it to the one that goes on.
type due int

const (
	dueNothing due = iota
	dueRound       // splats are added or moved
	dueAll         // and before that an evaluation, a frame and a look of the watcher
)

// Owes reports whether work after the present step is left, because Run or Take was cancelled. The next call does it.
func (t *Trainer) Owes() bool { return t.due != dueNothing }

// afterStep does the work that is due after the present step. A cancelled run leaves an evaluation that has not ended, and
// a round that has not begun.
func (t *Trainer) afterStep(ctx context.Context) error {
	if t.due == dueAll {
		if err := t.showStep(ctx); err != nil {
			return err
		}
		t.due = dueRound
	}
	if t.due == dueRound && t.densify.next(t.step-1, t.engine.Splats()) == t.step && !t.atEnd() {
		if err := t.cancelled(); err != nil {
			return err
		}
		began := time.Now()
		err := timed(&t.spent.Surveys, func() error { return t.densify.apply(t) })
		t.densifying += time.Since(began)
		if err != nil {
			return err
		}
	}
	t.due = dueNothing
	return nil
}

// showStep evaluates and draws the present step, and lets the watcher look, if it is time.
func (t *Trainer) showStep(ctx context.Context) error {
	if t.step%t.run.Train.EvalEvery == 0 || t.step == t.freezing.end() {
		if err := timed(&t.spent.Evaluations, t.evaluateStep); err != nil {
			return err
		}
	}
	if t.frameDue() {
		if err := timed(&t.spent.Frames, t.takeFrame); err != nil {
			return err
		}
	}
	return t.letLook(ctx) // the splats that a round moves are not trained yet
}

// timed adds the seconds that do takes to a sum.
func timed(sum *float64, do func() error) error {
	began := time.Now()
	defer func() { *sum += time.Since(began).Seconds() }()
	return do()
}
