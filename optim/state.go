package optim

import (
	"encoding/json"
	"fmt"
	"hash/crc32"
	"math"
	"slices"
	"strconv"
	"time"

	"igs/optim/engine"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/internal/fault"
	"igs/internal/safetensors"
	"igs/splat"
)

// State is a trainer between two steps: all that another one needs to go on as if there had
// been no interruption, to the last bit.
type State struct {
	Splats *splat.Splats
	first  *splat.Splats // Adam's moments, m and
	second *splat.Splats // v, laid out like the splats they belong to
	ages   []float32     // steps of Adam that each splat has seen; nil where Adam counts one age for all
	numbers
}

// numbers is what a trainer keeps in host memory. The json tags are names in checkpoints.
type numbers struct {
	W         int     `json:"width"` // of the target
	H         int     `json:"height"`
	C         int     `json:"channels"`
	Gaussians int     `json:"gaussians"` // at the end of the run
	Half      bool    `json:"half"`      // pixels in float16, which the ladder may have chosen by itself
	Step      int     `json:"step"`      // steps done
	Stopped   bool    `json:"stopped"`   // early, by the schedule
	Fresh     int     `json:"fresh"`     // steps that Adam has not seen or has forgotten
	Rate      float64 `json:"rate"`
	Settle    int     `json:"settle"` // step behind which parameters are rounded, with quantize

	Schedule schedule `json:"schedule"`
	Scale    float64  `json:"loss_scale"`
	Good     int      `json:"good_steps"`      // since the loss scale changed
	Tuned    *tuned   `json:"tuned,omitempty"` // of the step after Step, when that was prepared
	First    int      `json:"first"`           // splats that the run began with
	Random   []byte   `json:"random"`          // of rand.PCG

	// What the caller wants to find again beside the state: the settings of the run by their keys, and what tells its picture from others. Nothing
	// here reads them.
	Settings map[string]string `json:"settings,omitempty"`
	Picture  string            `json:"picture,omitempty"`

	Last     event.Evaluated `json:"last"`
	Elapsed  time.Duration   `json:"elapsed"`
	Training time.Duration   `json:"training"`
	Drawing  time.Duration   `json:"drawing"`
}

// stateFormat is the version of checkpoints. A version reads its own only.
const stateFormat = "igs checkpoint 1"

// Checkpoint and metadata keys.
const (
	formatKey   = "format"
	stateKey    = "state"
	checksumKey = "crc32c"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Encode writes a checkpoint: a safetensors file with the tensors xy (N, 2), scale (N, 2),
// rot (N) and feat (N, C) of the splats, the same with adam.m. and adam.v. before their
// names, adam.age (N) where each splat has an age, and the numbers as JSON in its metadata.
func (s *State) Encode() ([]byte, error) {
	n := s.numbers
	n.Last.PSNR = min(n.Last.PSNR, math.MaxFloat64) // +Inf has no place in JSON
	text, err := json.Marshal(n)
	if err != nil {
		return nil, err
	}
	tensors := slices.Concat(tensorsOf("", s.Splats), tensorsOf("adam.m.", s.first), tensorsOf("adam.v.", s.second))
	if s.ages != nil {
		tensors = append(tensors, safetensors.Tensor{Name: agesName, Shape: []int{len(s.ages)}, Values: s.ages})
	}
	return safetensors.Encode(tensors, map[string]string{
		formatKey: stateFormat, stateKey: string(text), checksumKey: checksum(string(text), tensors),
	})
}

// DecodeState reads what Encode wrote, and refuses it when one bit of it changed.
func DecodeState(data []byte) (*State, error) {
	tensors, metadata, err := safetensors.Decode(data)
	if err != nil {
		return nil, err
	}
	if format := metadata[formatKey]; format != stateFormat {
		return nil, fmt.Errorf("not a checkpoint of this version of igs: its format is %q, not %q", format, stateFormat)
	}
	if metadata[checksumKey] != checksum(metadata[stateKey], tensors) {
		return nil, fmt.Errorf("damaged: the checksum does not match")
	}
	s := &State{}
	if err := json.Unmarshal([]byte(metadata[stateKey]), &s.numbers); err != nil {
		return nil, fmt.Errorf("state: %w", err)
	}
	if s.Last.PSNR == math.MaxFloat64 {
		s.Last.PSNR = math.Inf(1)
	}
	for _, part := range []struct {
		prefix string
		to     **splat.Splats
	}{{"", &s.Splats}, {"adam.m.", &s.first}, {"adam.v.", &s.second}} {
		if *part.to, err = splatsFrom(tensors, part.prefix); err != nil {
			return nil, err
		}
		if p := *part.to; p.N != s.Splats.N || p.C != s.C {
			return nil, fmt.Errorf("%s: %d splats of %d channels, not %d of %d", part.prefix, p.N, p.C, s.Splats.N, s.C)
		}
	}
	if at := slices.IndexFunc(tensors, func(t safetensors.Tensor) bool { return t.Name == agesName }); at >= 0 {
		if s.ages = tensors[at].Values; len(s.ages) != s.Splats.N {
			return nil, fmt.Errorf("%s: %d ages of %d splats", agesName, len(s.ages), s.Splats.N)
		}
	}
	return s, nil
}

const agesName = "adam.age"

// checksum is over all that matters: the numbers, and name, shape and values of each tensor.
func checksum(text string, tensors []safetensors.Tensor) string {
	sum := crc32.Checksum([]byte(text), castagnoli)
	for _, t := range tensors {
		sum = crc32.Update(sum, castagnoli, fmt.Append(nil, t.Name, t.Shape))
		sum = crc32.Update(sum, castagnoli, engine.Encode(t.Values))
	}
	return strconv.FormatUint(uint64(sum), 16)
}

func tensorsOf(prefix string, p *splat.Splats) []safetensors.Tensor {
	return []safetensors.Tensor{
		{Name: prefix + "xy", Shape: []int{p.N, 2}, Values: p.XY},
		{Name: prefix + "scale", Shape: []int{p.N, 2}, Values: p.Scale},
		{Name: prefix + "rot", Shape: []int{p.N}, Values: p.Rot},
		{Name: prefix + "feat", Shape: []int{p.N, p.C}, Values: p.Feat},
	}
}

// splatsFrom finds the four tensors with a prefix.
func splatsFrom(tensors []safetensors.Tensor, prefix string) (*splat.Splats, error) {
	p := &splat.Splats{}
	for _, want := range []struct {
		name string
		to   *[]float32
	}{{"xy", &p.XY}, {"scale", &p.Scale}, {"rot", &p.Rot}, {"feat", &p.Feat}} {
		at := slices.IndexFunc(tensors, func(t safetensors.Tensor) bool { return t.Name == prefix+want.name })
		if at < 0 {
			return nil, fmt.Errorf("tensor %s is missing", prefix+want.name)
		}
		*want.to = tensors[at].Values
	}
	p.N = len(p.Rot)
	if p.N == 0 || len(p.Feat)%p.N != 0 {
		return nil, fmt.Errorf("%d values of feat for %d splats", len(p.Feat), p.N)
	}
	p.C = len(p.Feat) / p.N
	return p, p.Validate()
}

// fits says what keeps a trainer of this run and this target from going on from s.
func (s *State) fits(run configs.Run, target *imageio.Samples) error {
	switch {
	case s.W != target.W || s.H != target.H || s.C != target.C:
		return fmt.Errorf("it was trained on a picture of %d × %d px with %d channels, not %d × %d with %d", s.W, s.H, s.C, target.W, target.H, target.C)
	case s.Gaussians != run.Gaussians || s.Splats.N > run.Gaussians:
		return fmt.Errorf("it is of a run with %d splats, not %d", s.Gaussians, run.Gaussians)
	case (run.Train.Optimizer == configs.OptimizerFrame) != (s.ages != nil):
		return fmt.Errorf("its optimiser was another one than %q", run.Train.Optimizer)
	case s.Step > run.Steps:
		return fmt.Errorf("it is of step %d of a run of %d", s.Step, run.Steps)
	}
	return nil
}

// State reads all that a later trainer needs. No step may be in flight.
func (t *Trainer) State() (*State, error) {
	l, err := t.engine.Save()
	if err != nil {
		return nil, err
	}
	shape := t.engine.Plan().Shape
	moments := engine.Decode(l.Moments)
	half := shape.Planes() * shape.Splats
	random, err := t.source.MarshalBinary()
	if err != nil {
		return nil, err
	}
	s := &State{
		Splats: l.SplatsOf(shape),
		first:  engine.FromPlanes(moments[:half], shape.Splats, l.Splats, shape.C),
		second: engine.FromPlanes(moments[half:2*half], shape.Splats, l.Splats, shape.C),
		numbers: numbers{
			W: t.target.W, H: t.target.H, C: t.target.C, Gaussians: t.run.Gaussians, Half: shape.Half,
			Step: t.step, Stopped: t.stopped, Fresh: t.adamStart, Rate: t.rate, Settle: t.freezing.from,
			Schedule: t.state, Scale: t.scaler.scale, Good: t.scaler.good, First: t.densify.start(),
			Random: random,
			Last:   t.last, Elapsed: t.elapsed(), Training: t.training, Drawing: t.drawing,
		},
	}
	if shape.Frame {
		s.ages = make([]float32, l.Splats)
		for i := range s.ages {
			s.ages[i] = float32(math.Float32bits(moments[2*half+i]))
		}
	}
	if t.prepared > t.step {
		s.Tuned = &t.tuned[t.prepared%2]
	}
	return s, nil
}

// resume builds the engine where s was, in the precision it had.
func (t *Trainer) resume(s *State) error {
	if err := s.fits(t.run, t.target); err != nil {
		return fault.New(fault.BadInput, "a checkpoint continues the run that wrote it", "the checkpoint does not fit: %w", err)
	}
	t.request.Shape.Half = s.Half
	if err := t.build(0, nil); err != nil {
		return err
	}
	shape := t.engine.Plan().Shape
	kept := engine.Learned{
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
	t.kept.step = s.Step
	t.step, t.from, t.stopped, t.adamStart, t.rate = s.Step, s.Step, s.Stopped, s.Fresh, s.Rate
	if s.Settle > 0 { // 0 = an older checkpoint
		t.freezing.from = s.Settle
	}
	t.state = s.Schedule
	t.scaler.scale, t.scaler.good = s.Scale, s.Good
	if s.First > 0 { // 0 = an older checkpoint
		t.densify.resume(s.First)
	}
	t.prepared = s.Step
	if s.Tuned != nil {
		t.prepared++
		t.tuned[t.prepared%2] = *s.Tuned
	}
	t.last, t.before, t.training, t.drawing = s.Last, s.Elapsed, s.Training, s.Drawing
	return t.source.UnmarshalBinary(s.Random)
}
