// Package optim owns the training of a run: initialisation, steps, the rules that add and move splats, learning rates,
// evaluation and checkpoints. It emits events and prints nothing.
//
// Lengths are in pixels; the centre of pixel (row i, column j) is at (j+0.5, i+0.5). Steps count from 1. Seconds are
// wall time. On the device the gradient of a pixel is multiplied by the loss scale (scaler.go).
package optim

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/internal/fault"
	"igs/memory"
	"igs/metric"
	"igs/optim/engine"
	"igs/optim/sampling"
	"igs/shaders"
	"igs/splat"
	"igs/vk"
)

// Trainer trains one picture. It is not safe for concurrent use.
type Trainer struct {
	dev     *vk.Device
	engine  *engine.Engine // nil if the device refused every rung of the ladder
	setup   engine.Setup
	rescued *engine.Snapshot // parameters and moments of the last engine, while there is no engine
	run     configs.Run
	target  *imageio.Samples
	sink    event.Sink
	source  *rand.PCG // the source of rng; checkpoints store its state
	rng     *rand.Rand
	densify densifier
	births  *sampling.Births
	adam    adam
	layout  memory.Plan // the plan of the present engine, or of the last one

	stages      []configs.Stage
	resolutions map[int]*resolution // by spacing
	spacing     int                 // of the present engine, or of the last one, px
	lattice     int                 // spacing of the pixels at which errors are measured, px

	plateau plateau

	scaler   scaler
	inFlight int                                   // steps in flight
	inputs   [2]stepInputs                         // indexed by step%2
	prepared int                                   // the last step whose inputs are fixed
	editStep func(step int, numbers *shaders.Step) // tests change the step buffer with it

	step        int          // number of steps done
	due         due          // what is left to do after this step
	from        int          // number of steps done before this trainer was made
	until       int          // the step after which Take returns; 0 means none
	cancelled   func() error // the reason why the caller wants Run or Take to return; nil: it does not
	stopped     bool         // the run ended before its last step
	skipped     bool         // the run left out strided steps
	adamStart   int          // number of steps that the age of Adam does not count
	rate        float64
	report      shaders.Report // results of the last step done
	compared    float64        // samples that this step compared
	last        event.Evaluated
	started     time.Time
	before      time.Duration // wall time of the run before this trainer was made
	training    time.Duration // time in steps
	drawing     time.Duration // time in evaluations
	outside     time.Duration // time of lastDrawing without the drawing; it is none of the run
	densifying  time.Duration // time to add and move splats
	spent       event.Spent   // where the time since this trainer was made went
	lastStepped time.Time     // time of the last Stepped event

	frames   frames
	freezing freezeSchedule
	rounding rounding
	version  string // version of igs

	watcher     Watcher                                   // nil means none
	lastDrawing func(imageio.Rows) (metric.Scores, error) // nil: the device measures the splats at the end

	saved checkpoints
}

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

// Start says where a trainer begins. The zero value begins a new run.
type Start struct {
	State  *State        // if not nil, continues from this state
	Splats *splat.Splats // if not nil, replaces seeding; splats that the run has in addition are added
	Placed *Placed       // if not nil, the first splats of this run, by Place

	Version  string           // version of igs for the model file
	Saliency *imageio.Samples // map for mode "saliency" (sampling.SaliencyMap); nil means the built-in map

	Tuning *engine.Tuning // tuning of the kernels; nil means the default for the kind of device

	Rung int // first rung of the ladder to try
}

// NewFrom makes a trainer that begins at the given start, and allocates the engine on the device. A zero Start seeds the
// splats. A state must come from the same run on a picture of the same size. The caller must check that the other
// settings and the picture have not changed. Settings out of range, such as those of a zero Run, give an error with the
// code for bad input. The sink may be nil.
func NewFrom(dev *vk.Device, target *imageio.Samples, run configs.Run, start Start, sink event.Sink) (*Trainer, error) {
	if dev == nil || target == nil || target.Pixels() < 1 {
		return nil, fault.New(fault.BadInput, "open a device and read a picture first", "the device or the picture of the trainer is missing")
	}
	if sink == nil {
		sink = func(event.Event) {}
	}
	if err := run.Validate(); err != nil {
		return nil, err
	}
	if pixels := target.Pixels(); run.Gaussians > pixels {
		return nil, fault.New(fault.BadInput, "use at most one splat per pixel", "%d splats for a picture of %d pixels", run.Gaussians, pixels)
	}
	t, err := newTrainer(dev, target, run, start, sink)
	if err != nil {
		return nil, err
	}
	if start.State != nil {
		if err := t.resume(start.State); err != nil {
			t.Close()
			return nil, err
		}
		return t, nil
	}
	first, err := t.firstSplats(start)
	if err != nil {
		return nil, err
	}
	if err := t.build(start.Rung, first); err != nil {
		return nil, err
	}
	return t, nil
}

// newTrainer makes a trainer without an engine. The settings are valid.
func newTrainer(dev *vk.Device, target *imageio.Samples, run configs.Run, start Start, sink event.Sink) (*Trainer, error) {
	t := &Trainer{dev: dev, run: run, target: target, sink: sink, version: start.Version, rate: 1, plateau: newPlateau(run.Train), started: time.Now()}
	t.cancelled = func() error { return nil }
	t.stages = run.Stages(target.Pixels())
	t.resolutions = resolutionsOf(imageio.Size{W: target.W, H: target.H, C: target.C, Depth: target.Depth}, run)
	t.spacing, t.lattice = t.stages[0].Stride, LatticeOf(run, target.Pixels())
	on := engine.PlatformOf(dev.Info())
	if start.Tuning != nil {
		on.Tuning = *start.Tuning
	}
	t.setup = setupOn(on, run)
	t.setup.Bounds = boundsOf(run, target.W*target.H)
	t.scaler = newScaler(t.samples(), headroomOf(run), run.Memory.UseAMP)
	t.placing()
	contrast := 1.
	if run.Train.Optimizer == configs.OptimizerFrame {
		contrast = sampling.StandardDeviation(target)
	}
	if err := target.Err(); err != nil {
		return nil, err
	}
	t.adam = adamOf(run, contrast)
	t.freezing = freezeScheduleOf(run)
	t.saved = checkpoints{step: -1, at: t.started}
	return t, t.choosePlans()
}

// Close frees the device memory.
func (t *Trainer) Close() {
	if t.engine != nil {
		t.frames.drain()
		t.engine.Close()
	}
}

// Steps returns the number of steps done.
func (t *Trainer) Steps() int { return t.step }

// Splats reads the present parameters from the device.
func (t *Trainer) Splats() (*splat.Splats, error) {
	if t.rescued != nil {
		return t.rescued.SplatsOf(t.layout.Shape), nil
	}
	return t.engine.Unload()
}

// Rows renders the present splats at the size of the target. Samples are clamped to [0,1] and have the gamma of the
// target.
func (t *Trainer) Rows() imageio.Rows {
	return imageio.Rows{Gamma: t.setup.Gamma, Each: func(take func(y int, row [][]float32) error) error {
		if err := t.look(1); err != nil {
			return err
		}
		return t.engine.Rows().Each(take)
	}}
}

func (t *Trainer) samples() float64 {
	return float64(t.target.W) * float64(t.target.H) * float64(t.target.C)
}

// Run trains until the end of the run. If ctx is cancelled, it stops after the steps in flight with status
// "interrupted".
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
	if failed := t.saved.wait(); err == nil && failed != nil {
		result, err = t.result("failed"), failed
	}
	result.WaitedSeconds = t.saved.waited.Seconds()
	return result, err
}

// train takes steps until the run or the call of Take ends. The evaluation and the additions after a step come before
// the checkpoint of that step, so a trainer that resumes from the checkpoint does not repeat them.
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
		if t.last.Step < t.step { // the process ended in the search for symbols
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
		t.rounding.exact = nil
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
