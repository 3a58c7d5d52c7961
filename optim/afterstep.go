package optim

import (
	"context"
	"time"
)

// due is what is left to do after a step. A run that is cancelled leaves it to the one that goes on. Checkpoints hold the
// numbers. Each value stands for its own work and for that of the values before it.
type due int

const (
	dueNothing due = iota
	dueRound       // splats are added or moved
	dueFrame       // before that, a frame and a look of the watcher
	dueAll         // and first an evaluation
)

// Owes reports whether work after the present step is left, because Run or Take was cancelled. The next call does it.
func (t *Trainer) Owes() bool { return t.due != dueNothing }

// afterStep does the work that is due after the present step. A cancelled run leaves an evaluation or a frame that has not
// ended, and a round that has not begun. No evaluation is repeated, because a stop rule counts it.
func (t *Trainer) afterStep(ctx context.Context) error {
	if t.due == dueAll {
		if t.step%t.run.Train.EvalEvery == 0 || t.step == t.freezing.end() {
			if err := timed(&t.spent.Evaluations, t.evaluateStep); err != nil {
				return err
			}
		}
		t.due = dueFrame
	}
	if t.due == dueFrame {
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

// showStep takes the frame of the present step, and lets the watcher look, if it is time.
func (t *Trainer) showStep(ctx context.Context) error {
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
