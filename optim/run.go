package optim

import (
	"context"
	"errors"
	"fmt"
	"time"

	"igs/event"
	"igs/memory"
	"igs/metric"
)

// Result describes the end of a run.
type Result struct {
	Status         string // done | interrupted | failed
	Steps          int
	Splats         int
	Evaluated      bool    // false if there was no evaluation and the scores are not set
	metric.Scores          // scores of the last evaluation
	Seconds        float64 // wall time of the run
	TrainSeconds   float64 // time in steps
	DensifySeconds float64 // time to add and move splats
	WaitedSeconds  float64 // time in which steps waited for checkpoints
	StoppedEarly   bool
	Plan           memory.Plan // the plan at the end, or that of the stage that needs most memory
}

// Run trains until the end of the run. If ctx is cancelled, it stops after the steps in flight, or in an evaluation, with
// status "interrupted".
func (t *Trainer) Run(ctx context.Context) (Result, error) {
	usage := t.dev.Usage()
	t.sink(event.RunStarted{
		Run: t.run.Name, Image: t.run.Image, W: t.target.W, H: t.target.H, C: t.target.C,
		Splats: t.run.Gaussians, Free: t.run.Free, Goal: t.run.Goal.String(), Steps: t.run.Steps, Device: t.dev.Info().Name, DeviceBytes: usage.Now,
		Memory: t.largest().String(), PlannedBytes: t.largest().Bytes(), From: t.from,
	})
	if t.lattice > 1 {
		t.sink(event.Noted{Text: fmt.Sprintf("the picture is huge: until the files are written, its PSNR is an estimate from every %dth column and row, and SSIM is not measured", t.lattice)})
	}
	result, err := t.loop(ctx)
	if err != nil {
		t.sink(event.RunEnded{Run: t.run.Name, Status: "failed", Step: t.step, Scores: t.last.Scores, Seconds: t.elapsed().Seconds(), Error: err.Error()})
		return result, err
	}
	t.sink(event.RunEnded{
		Run: t.run.Name, Status: result.Status, Step: result.Steps, Scores: result.Scores,
		Seconds: result.Seconds, Bytes: t.last.Bytes, StoppedEarly: result.StoppedEarly,
	})
	return result, nil
}

// Take trains for n steps, or for all remaining steps if fewer remain. It does the same as Run, without the events for
// the begin and the end of the run. The result of a run does not depend on how its steps are divided among calls. If
// ctx is cancelled, Take returns early and without an error.
func (t *Trainer) Take(ctx context.Context, n int) error {
	if n < 1 {
		return nil
	}
	t.until = t.step + min(n, t.run.Steps)
	defer func() { t.until = 0 }()
	_, err := t.loop(ctx)
	return err
}

// Done reports whether the run is finished.
func (t *Trainer) Done() bool { return t.atEnd() }

// loop takes steps until the run or the call of Take ends. Then no checkpoint is being written.
func (t *Trainer) loop(ctx context.Context) (Result, error) {
	t.cancelled = func() error { return context.Cause(ctx) }
	defer func() { t.cancelled = func() error { return nil } }()
	result, err := t.train(ctx)
	switch failed := t.saved.end(); {
	case failed == nil || errors.Is(err, failed):
	case err == nil:
		result, err = t.result("failed"), failed
	default: // the run failed for another reason
		t.sink(event.Warned{Text: "the last checkpoint was not written: " + failed.Error()})
	}
	result.WaitedSeconds = t.saved.waited.Seconds()
	return result, err
}

// train takes steps until the run or the call of Take ends. The evaluation and the additions after a step come before
// the checkpoint of that step. A checkpoint that a cancelled run writes before them says that they are due, so a trainer
// that goes on does each of them once.
func (t *Trainer) train(ctx context.Context) (Result, error) {
	err := t.afterStep(ctx) // what a trainer left that was cancelled
	for err == nil && !t.atEnd() && !t.reached(t.step) && ctx.Err() == nil {
		before := t.step
		if err = t.freeze(); err == nil {
			err = t.Advance(ctx, t.nextStop())
		}
		if err == nil && t.step > before {
			t.due = dueAll
			err = t.afterStep(ctx)
		}
		if err == nil && t.checkpointDue(t.step) {
			err = t.checkpoint()
		}
	}
	if err != nil {
		return t.unfinished(err)
	}
	// The run is interrupted or at its end. With this checkpoint the caller can write the files of the run again
	// without training.
	if err := t.checkpoint(); err != nil {
		return t.result("failed"), err
	}
	if ctx.Err() != nil && !t.atEnd() {
		return t.result("interrupted"), nil
	}
	if t.atEnd() { // a trainer that continues from the last checkpoint has not rounded its splats
		end := t.round
		if t.last.Step < t.step { // a look stopped the run, or an older igs wrote the checkpoint before the last evaluation
			end = t.finish
		}
		if err := end(); err != nil {
			return t.unfinished(err)
		}
	}
	return t.result("done"), nil
}

// unfinished is the result of a run that failed, or that was cancelled in the work after a step. The splats are then those
// of the step, also when it searched for their file.
func (t *Trainer) unfinished(err error) (Result, error) {
	if cause := t.cancelled(); cause == nil || !errors.Is(err, cause) {
		return t.result("failed"), err
	}
	if exact := t.rounding.exact; exact != nil {
		if err := t.persist(func() error { return t.engine.Restore(*exact) }); err != nil {
			return t.result("failed"), err
		}
		t.rounding = rounding{}
	}
	if err := t.checkpoint(); err != nil {
		return t.result("failed"), err
	}
	return t.result("interrupted"), nil
}

// reached reports whether Take returns after the given step.
func (t *Trainer) reached(step int) bool { return t.until > 0 && step >= t.until }

// atEnd reports whether no step is left.
func (t *Trainer) atEnd() bool { return t.step >= t.freezing.end() || t.stopped }

func (t *Trainer) result(status string) Result {
	return Result{
		Status: status, Steps: t.step, Splats: t.last.Splats, Evaluated: t.last.Step > 0, Scores: t.last.Scores,
		Seconds: t.elapsed().Seconds(), TrainSeconds: t.training.Seconds(), DensifySeconds: t.densifying.Seconds(),
		StoppedEarly: t.stopped || t.skipped || t.freezing.end() < t.run.Steps, Plan: t.largest(),
	}
}

// elapsed is the wall time of the run, including the time before it was resumed.
func (t *Trainer) elapsed() time.Duration { return t.before + time.Since(t.started) - t.outside }

// nextStop is the next step after which the loop has other work than steps.
func (t *Trainer) nextStop() int {
	next := min((t.step/t.run.Train.EvalEvery+1)*t.run.Train.EvalEvery, t.freezing.end())
	if at := t.densify.next(t.step, t.engine.Splats()); at > t.step {
		next = min(next, at)
	}
	next = min(next, t.stageAt(t.step+1).End)
	return t.frames.next(t.step, t.freezing.next(t.step, next))
}

// emitStepped emits Stepped at most ten times a second.
func (t *Trainer) emitStepped() {
	now := time.Now()
	if t.engine == nil || now.Sub(t.lastStepped) < 100*time.Millisecond { // a batch reports its steps itself
		return
	}
	t.lastStepped = now
	speed := float64(t.step-t.from) / now.Sub(t.started).Seconds()
	t.sink(event.Stepped{
		Step: t.step, Steps: t.run.Steps, Splats: t.engine.Splats(), Expected: t.expected(), StepsPerSec: speed,
		DeviceBytes: t.dev.Usage().Now, ETA: float64(t.run.Steps-t.step) / speed, Spent: t.spent, Loss: t.Losses().Sum(),
	})
}
