// Package optim owns training: the step on the device (forward, loss, backward, Adam), and round it initialisation, progressive
// addition, evaluation and the schedule. It emits events and prints nothing.
//
// Units: pixels, with the centre of pixel (row i, column j) at (j+0.5, i+0.5); steps count from 1; seconds are wall time.
// The gradient of a pixel is carried times the loss scale (scaler.go).
package optim

import (
	"context"
	"math/rand/v2"
	"time"

	"igs/metric"
	"igs/optim/engine"
	"igs/optim/sampling"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/internal/fault"
	"igs/memory"
	"igs/shaders"
	"igs/splat"
	"igs/vk"
)

// Trainer trains one picture. It is used by one goroutine.
type Trainer struct {
	dev     *vk.Device
	engine  *engine.Engine // nil after the device refused every rung of the ladder
	request memory.Request
	setup   engine.Setup
	rescued *engine.Learned // what an engine had learned that could not be made anew
	run     configs.Run
	target  *imageio.Samples
	sink    event.Sink
	source  *rand.PCG // of rng: its state can be kept and put back
	rng     *rand.Rand
	densify densifier
	births  *sampling.Births
	adam    adam
	layout  memory.Plan // of the engine, or of the last there was
	state   schedule

	scaler   scaler
	flying   int                                   // steps in flight
	tuned    [2]tuned                              // by step%2: the steps in flight, and the one after them
	prepared int                                   // the last step that has its numbers in tuned
	spoil    func(step int, numbers *shaders.Step) // for tests

	step       int  // steps done
	from       int  // of which before this trainer was made
	until      int  // step behind which Take ends; 0 = none
	stopped    bool // by the schedule, before the last step
	adamStart  int  // steps that Adam has not seen or has forgotten
	rate       float64
	report     shaders.Report // of the last step done
	last       event.Evaluated
	started    time.Time
	before     time.Duration // that trainers before this one spent on the run
	training   time.Duration // inside steps
	drawing    time.Duration // evaluation
	densifying time.Duration // adding and moving splats
	told       time.Time     // when the last Stepped went out

	frames   frames
	freezing freezeSchedule
	version  string // of igs

	keep func() error // writes a checkpoint; nil for none
	kept keeping
}

// Result is how a run ended.
type Result struct {
	Status         string // done | interrupted | failed
	Steps          int
	Splats         int
	Evaluated      bool    // else there are no scores
	metric.Scores          // of the last evaluation
	Seconds        float64 // wall time of the run
	TrainSeconds   float64 // of which inside steps
	DensifySeconds float64 // and adding and moving splats
	StoppedEarly   bool
	Plan           memory.Plan // at the end
}

// Start is where a trainer begins. The zero value is the beginning of a run.
type Start struct {
	State  *State        // go on from here, or
	Splats *splat.Splats // begin with these instead of seeding, or add to them what the run has more

	Version  string           // of igs, for the model file
	Saliency *imageio.Samples // the map of mode "saliency", see sampling.SaliencyMap; nil: the built-in one

	Tuning *engine.Tuning // of the kernels; nil: that of the kind of device

	Rung int // of the ladder, from which on a way to train is looked for
}

// NewFrom seeds the splats, or takes those of the start, and puts everything on the device. A state must be of the same run and a picture of the same size; whether other
// settings or the picture changed since is for the caller to know. Settings out of their range, as those of a zero Run are, have the code
// for bad input. A nil sink hears nothing.
func NewFrom(dev *vk.Device, target *imageio.Samples, run configs.Run, start Start, sink event.Sink) (*Trainer, error) {
	if dev == nil || target == nil || target.Pixels() < 1 {
		return nil, fault.New(fault.BadInput, "open a device, and read a picture", "a trainer without a device or without a picture")
	}
	if sink == nil {
		sink = func(event.Event) {}
	}
	if err := run.Validate(); err != nil {
		return nil, err
	}
	if pixels := target.Pixels(); run.Gaussians > pixels {
		return nil, fault.New(fault.BadInput, "ask for at most one splat a pixel", "%d splats for a picture of %d pixels", run.Gaussians, pixels)
	}
	t := &Trainer{dev: dev, run: run, target: target, sink: sink, version: start.Version, rate: 1, state: newSchedule(run.Train), started: time.Now()}
	t.request = request(target.W, target.H, target.C, target.Depth, run)
	on := engine.PlatformOf(dev.Info())
	if start.Tuning != nil {
		on.Tuning = *start.Tuning
	}
	t.setup = setupOn(on, run)
	t.setup.Bounds = boundsOf(run, target.W*target.H)
	t.scaler = newScaler(t.samples(), headroomOf(run), run.Memory.UseAMP)
	t.source = rand.NewPCG(uint64(run.Train.Seed), 0)
	t.rng = rand.New(t.source)
	t.densify = densifierOf(run)
	t.births = sampling.NewBirths(target, birthRule(run, target.W*target.H))
	contrast := 1.
	if run.Train.Optimizer == configs.OptimizerFrame {
		contrast = sampling.StandardDeviation(target)
	}
	t.adam = adamOf(run, contrast)
	t.freezing = freezeScheduleOf(run)
	t.kept = keeping{step: -1, at: t.started}
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

// Close gives the device memory back.
func (t *Trainer) Close() {
	if t.engine != nil {
		t.frames.drain()
		t.engine.Close()
	}
}

// Steps counts the steps done.
func (t *Trainer) Steps() int { return t.step }

// Splats reads the present parameters.
func (t *Trainer) Splats() (*splat.Splats, error) {
	if t.rescued != nil { // of an engine that is gone
		return t.rescued.SplatsOf(t.request.Shape), nil
	}
	return t.engine.Unload()
}

// OnCheckpoint has save called as often as the run asks for, when Run is interrupted, and before it ends.
func (t *Trainer) OnCheckpoint(save func(*State) error) {
	t.keep = func() error {
		s, err := t.State()
		if err != nil {
			return err
		}
		return save(s)
	}
}

// Rows draws the present splats at the size of the target, clamped to [0,1], in the space of the target.
func (t *Trainer) Rows() imageio.Rows { return t.engine.Rows() }

func (t *Trainer) samples() float64 {
	return float64(t.target.W) * float64(t.target.H) * float64(t.target.C)
}

// Run trains to the end of the job. Cancelling ctx ends it after the step at hand with status "interrupted".
func (t *Trainer) Run(ctx context.Context) (Result, error) {
	usage := t.dev.Usage()
	t.sink(event.RunStarted{
		Run: t.run.Name, Image: t.run.Image, W: t.target.W, H: t.target.H, C: t.target.C,
		Splats: t.run.Gaussians, Steps: t.run.Steps, Device: t.dev.Info().Name, DeviceBytes: usage.Now,
		Memory: t.layout.String(), PlannedBytes: t.layout.Bytes(), From: t.from,
	})
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

// Take takes n steps, or as many as are left, with all that is due behind them, as Run does but for the events of its beginning and end.
// However a run is cut into pieces, it gives the same bits. Cancelling ctx ends it early and is no error.
func (t *Trainer) Take(ctx context.Context, n int) error {
	if n < 1 {
		return nil
	}
	t.until = t.step + min(n, t.run.Steps)
	defer func() { t.until = 0 }()
	_, err := t.loop(ctx)
	return err
}

// Done says whether the run is at its end.
func (t *Trainer) Done() bool { return t.atEnd() }

// loop takes steps until the run ends, or Take has enough. What follows a step at its number (evaluation, addition) is done before a checkpoint of that
// step, and only when the step was taken here.
func (t *Trainer) loop(ctx context.Context) (Result, error) {
	for !t.atEnd() && !t.enough(t.step) && ctx.Err() == nil {
		before := t.step
		err := t.freeze()
		if err == nil {
			err = t.Advance(ctx, t.nextStop())
		}
		if err == nil && t.step > before {
			err = t.follow()
		}
		if err == nil && t.pausing(t.step) {
			err = t.checkpoint()
		}
		if err != nil {
			return t.result("failed"), err
		}
	}
	// Interrupted, or at the end: when the files of the run cannot be written then, they can be later without training again.
	if err := t.checkpoint(); err != nil {
		return t.result("failed"), err
	}
	if ctx.Err() != nil && !t.atEnd() {
		return t.result("interrupted"), nil
	}
	return t.result("done"), nil
}

// enough says whether Take ends behind the given step.
func (t *Trainer) enough(step int) bool { return t.until > 0 && step >= t.until }

// atEnd says whether no step is left.
func (t *Trainer) atEnd() bool { return t.step >= t.freezing.end() || t.stopped }

// follow does what is due after a step.
func (t *Trainer) follow() error {
	if t.step%t.run.Train.EvalEvery == 0 || t.step == t.freezing.end() {
		if _, err := t.Evaluate(); err != nil {
			return err
		}
		if t.judge() {
			t.stop()
		}
	}
	if t.filming() {
		if err := t.film(); err != nil {
			return err
		}
	}
	if t.densify.next(t.step-1, t.engine.Splats()) != t.step || t.atEnd() {
		return nil
	}
	began := time.Now()
	defer func() { t.densifying += time.Since(began) }()
	return t.densify.apply(t)
}

func (t *Trainer) result(status string) Result {
	return Result{
		Status: status, Steps: t.step, Splats: t.last.Splats, Evaluated: t.last.Step > 0, Scores: t.last.Scores,
		Seconds: t.elapsed().Seconds(), TrainSeconds: t.training.Seconds(), DensifySeconds: t.densifying.Seconds(),
		StoppedEarly: t.stopped || t.freezing.end() < t.run.Steps, Plan: t.layout,
	}
}

// elapsed is the wall time of the run, that of trainers before this one included.
func (t *Trainer) elapsed() time.Duration { return t.before + time.Since(t.started) }

// nextStop is the step after which the loop has something else to do.
func (t *Trainer) nextStop() int {
	next := min((t.step/t.run.Train.EvalEvery+1)*t.run.Train.EvalEvery, t.freezing.end())
	if at := t.densify.next(t.step, t.engine.Splats()); at > t.step {
		next = min(next, at)
	}
	return t.frames.next(t.step, t.freezing.next(t.step, next))
}

// tell emits Stepped at most ten times a second.
func (t *Trainer) tell() {
	now := time.Now()
	if now.Sub(t.told) < 100*time.Millisecond {
		return
	}
	t.told = now
	speed := float64(t.step-t.from) / now.Sub(t.started).Seconds()
	t.sink(event.Stepped{
		Step: t.step, Steps: t.run.Steps, Splats: t.engine.Splats(), StepsPerSec: speed,
		DeviceBytes: t.dev.Usage().Now, ETA: float64(t.run.Steps-t.step) / speed,
	})
}
