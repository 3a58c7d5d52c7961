// Package optim owns the training of a run: initialisation, steps, the rules that add and move splats, learning rates,
// evaluation and checkpoints. It emits events and prints nothing.
//
// Lengths are in pixels; the centre of pixel (row i, column j) is at (j+0.5, i+0.5). Steps count from 1. Seconds are
// wall time. On the device the gradient of a pixel is multiplied by the loss scale (scaler.go).
package optim

import (
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
	inFlight int           // steps in flight
	inputs   [2]stepInputs // indexed by step%2
	length   stepLength
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
