package optim

import (
	"fmt"
	"math"
	"time"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/internal/fault"
	"igs/memory"
	"igs/metric"
	"igs/optim/engine"
	"igs/shaders"
	"igs/splat"
)

// State is the state of a trainer between two steps. A trainer that continues from it gives the same bits as one
// without interruption.
type State struct {
	Splats *splat.Splats
	first  *splat.Splats // first moments m of Adam, in the layout of Splats
	second *splat.Splats // second moments v of Adam, in the layout of Splats
	ages   []float32     // number of steps of Adam for each splat; nil if all splats have the same age
	numbers
}

// numbers is the part of the state in host memory. The json tags are names in checkpoints.
type numbers struct {
	W          int     `json:"width"` // width of the target, px
	H          int     `json:"height"`
	C          int     `json:"channels"`
	Gaussians  int     `json:"gaussians"`         // number of splats at the end of the run
	Half       bool    `json:"half"`              // pixels are float16, by the choice of the run or of the ladder
	Step       int     `json:"step"`              // number of steps done
	Due        due     `json:"due,omitempty"`     // what is left to do after that step
	Stopped    bool    `json:"stopped"`           // the run ended before its last step
	Skipped    bool    `json:"skipped,omitempty"` // the run left out strided steps
	AdamStart  int     `json:"fresh"`             // number of steps that the age of Adam does not count
	Rate       float64 `json:"rate"`
	FreezeFrom int     `json:"settle"` // the step after which positions are rounded (freezeSchedule.from)

	Plateau plateau     `json:"schedule"`
	Scale   float64     `json:"loss_scale"`
	Good    int         `json:"good_steps"`       // number of good steps since the loss scale changed
	Inputs  *stepInputs `json:"tuned,omitempty"`  // inputs of the step after Step, if they are fixed already
	First   int         `json:"first"`            // number of splats at the begin of the run
	Random  []byte      `json:"random"`           // state of rand.PCG
	Growth  *learnt     `json:"growth,omitempty"` // of a run whose number of splats follows from its goal

	Report   *shaders.Report `json:"report,omitempty"`   // of the step, if an evaluation may be left to do
	Compared float64         `json:"compared,omitempty"` // samples that the step compared

	// Settings and Picture belong to the caller: the settings of the run by key, and a fingerprint of its picture. This
	// package does not read them.
	Settings map[string]string `json:"settings,omitempty"`
	Picture  string            `json:"picture,omitempty"`

	Last     evaluation    `json:"last"`
	Elapsed  time.Duration `json:"elapsed"`
	Training time.Duration `json:"training"`
	Drawing  time.Duration `json:"drawing"`
}

// evaluation is the last event.Evaluated, in the form that a checkpoint stores.
type evaluation struct {
	Step        int     `json:"step"`
	TotalLoss   float64 `json:"total_loss"`
	L1          float64 `json:"l1_loss"`
	L2          float64 `json:"l2_loss"`
	SSIMLoss    float64 `json:"ssim_loss"`
	PSNR        float64 `json:"psnr"` // MaxFloat64 means +Inf, which JSON cannot store
	SSIM        float64 `json:"ssim"` // MaxFloat64 means NaN
	Splats      int     `json:"num_gaussians"`
	Bytes       int64   `json:"num_bytes"`
	RenderTime  float64 `json:"render_time_accum"`
	TotalTime   float64 `json:"total_time_accum"`
	LRScale     float64 `json:"lr_scale"`
	LossScale   float64 `json:"loss_scale"`
	DeviceBytes int64   `json:"device_bytes"`
}

func evaluationOf(e event.Evaluated) evaluation {
	return evaluation{
		Step: e.Step, TotalLoss: e.TotalLoss, L1: e.L1, L2: e.L2, SSIMLoss: e.SSIMLoss, PSNR: e.PSNR, SSIM: e.SSIM, Splats: e.Splats, Bytes: e.Bytes,
		RenderTime: e.RenderTime, TotalTime: e.TotalTime, LRScale: e.LRScale, LossScale: e.LossScale, DeviceBytes: e.DeviceBytes,
	}
}

func (e evaluation) event() event.Evaluated {
	return event.Evaluated{
		Step: e.Step, TotalLoss: e.TotalLoss, L1: e.L1, L2: e.L2, SSIMLoss: e.SSIMLoss, Scores: metric.Scores{PSNR: e.PSNR, SSIM: e.SSIM}, Splats: e.Splats, Bytes: e.Bytes,
		RenderTime: e.RenderTime, TotalTime: e.TotalTime, LRScale: e.LRScale, LossScale: e.LossScale, DeviceBytes: e.DeviceBytes,
	}
}

// fits returns an error if a trainer of this run and this target cannot continue from s.
func (s *State) fits(run configs.Run, target *imageio.Samples) error {
	switch {
	case s.W != target.W || s.H != target.H || s.C != target.C:
		return fmt.Errorf("it was trained on a picture of %d × %d px with %d channels, not %d × %d with %d", s.W, s.H, s.C, target.W, target.H, target.C)
	case s.Gaussians != run.Gaussians || s.Splats.N > run.Gaussians:
		return fmt.Errorf("it belongs to a run with %d splats, not %d", s.Gaussians, run.Gaussians)
	case (run.Train.Optimizer == configs.OptimizerFrame) != (s.ages != nil):
		return fmt.Errorf("it was trained with another optimiser than %q", run.Train.Optimizer)
	case s.Step > run.Steps:
		return fmt.Errorf("it was written at step %d, and the run has only %d steps", s.Step, run.Steps)
	}
	return nil
}

// GoOn makes the state of a finished run one from which a trainer with more steps continues. All schedules are then those
// of that number of steps.
func (s *State) GoOn() { s.Stopped, s.Skipped, s.FreezeFrom = false, false, 0 }

// takenState is a state as it was read from the device. Nothing of the trainer is part of it, so the trainer may go on.
type takenState struct {
	engine.Snapshot
	shape memory.Shape
	numbers
}

// State returns the present state. No step may be in flight.
func (t *Trainer) State() (*State, error) {
	taken, err := t.takeState()
	if err != nil {
		return nil, err
	}
	return taken.state(), nil
}

// takeState reads the present state. No step may be in flight.
func (t *Trainer) takeState() (*takenState, error) {
	l, err := t.stored()
	if err != nil {
		return nil, err
	}
	random, err := t.source.MarshalBinary()
	if err != nil {
		return nil, err
	}
	s := &takenState{l, t.engine.Plan().Shape, numbers{
		W: t.target.W, H: t.target.H, C: t.target.C, Gaussians: t.run.Gaussians, Half: t.resolutions[t.stageAt(t.step).Stride].plan.Shape.Half,
		Step: t.step, Due: t.due, Stopped: t.stopped, Skipped: t.skipped, AdamStart: t.adamStart, Rate: t.rate, FreezeFrom: t.freezing.from,
		Plateau: t.plateau, Scale: t.scaler.scale, Good: t.scaler.good, First: t.densify.start(),
		Random: random,
		Last:   evaluationOf(t.last), Elapsed: t.elapsed(), Training: t.training, Drawing: t.drawing,
	}}
	if g := t.growth(); g != nil {
		learnt := g.learnt
		s.Growth = &learnt
	}
	if t.due != dueNothing {
		report := t.report
		s.Report, s.Compared = &report, t.compared
	}
	if t.prepared > t.step {
		inputs := t.inputs[t.prepared%2]
		s.Inputs = &inputs
	}
	return s, nil
}

// state makes a state of what was read.
func (s *takenState) state() *State {
	moments := engine.Decode(s.Moments)
	half := s.shape.Planes() * s.shape.Splats
	full := &State{
		Splats:  s.SplatsOf(s.shape),
		first:   engine.FromPlanes(moments[:half], s.shape.Splats, s.Splats, s.shape.C),
		second:  engine.FromPlanes(moments[half:2*half], s.shape.Splats, s.Splats, s.shape.C),
		numbers: s.numbers,
	}
	if s.shape.Frame {
		full.ages = make([]float32, s.Splats)
		for i := range full.ages {
			full.ages[i] = float32(math.Float32bits(moments[2*half+i]))
		}
	}
	return full
}

// resume builds the engine and continues from s, with the precision of s.
func (t *Trainer) resume(s *State) error {
	if err := s.fits(t.run, t.target); err != nil {
		return fault.New(fault.BadInput, "a checkpoint continues the run that wrote it", "the checkpoint does not fit: %w", err)
	}
	t.resolutions[t.stageAt(s.Step).Stride].request.Shape.Half = s.Half
	t.spacing = t.stageAt(s.Step + 1).Stride
	if err := t.build(0, nil); err != nil {
		return err
	}
	shape := t.engine.Plan().Shape
	kept := engine.Snapshot{
		Splats:  s.Splats.N,
		Params:  engine.Encode(engine.Planes(s.Splats, shape.Splats)),
		Moments: append(engine.Encode(engine.Planes(s.first, shape.Splats)), engine.Encode(engine.Planes(s.second, shape.Splats))...),
	}
	if shape.Frame {
		ages := make([]float32, shape.Splats)
		for i, n := range s.ages {
			ages[i] = math.Float32frombits(uint32(n))
		}
		kept.Moments = append(kept.Moments, engine.Encode(ages)...)
	}
	if err := t.persist(func() error { return t.engine.Restore(kept) }); err != nil {
		return err
	}
	t.saved.step, t.saved.due = s.Step, s.Due
	t.step, t.from, t.stopped, t.skipped, t.adamStart, t.rate = s.Step, s.Step, s.Stopped, s.Skipped, s.AdamStart, s.Rate
	if s.FreezeFrom > 0 { // 0 in a checkpoint of an older igs, and after GoOn
		t.freezing.from = s.FreezeFrom
	}
	if t.due = s.Due; s.Report != nil {
		t.report, t.compared = *s.Report, s.Compared
	}
	t.plateau.restore(s.Plateau)
	t.scaler.scale, t.scaler.good = s.Scale, s.Good
	if s.First > 0 { // 0 in a checkpoint of an older igs
		t.densify.resume(s.First)
	}
	if g := t.growth(); g != nil && s.Growth != nil {
		g.learnt = *s.Growth
	}
	t.prepared = s.Step
	if s.Inputs != nil {
		t.prepared++
		t.inputs[t.prepared%2] = *s.Inputs
	}
	t.last, t.before, t.training, t.drawing = s.Last.event(), s.Elapsed, s.Training, s.Drawing
	return t.source.UnmarshalBinary(s.Random)
}
