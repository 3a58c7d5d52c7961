package optim

import (
	"context"
	"errors"
	"math"
	"os"
	"reflect"
	"testing"
	"time"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/internal/fault"
	"igs/internal/safetensors"
	"igs/shaders"
	"igs/splat"
	"igs/splat/reference"
	"igs/vk"
	"igs/vk/vktest"
)

// finish holds the results that must not depend on interruptions.
type finish struct {
	picture *imageio.Samples // nil: a small scene of RGB
	splats  *splat.Splats
	rows    []event.Evaluated // without clocks
	added   []event.Densified
	scales  []event.Rescaled
	state   []byte
}

// hear keeps the events of a run, without clocks and bytes.
func (f *finish) hear(e event.Event) {
	switch e := e.(type) {
	case event.Evaluated:
		e.RenderTime, e.TotalTime, e.DeviceBytes = 0, 0, 0
		f.rows = append(f.rows, e)
	case event.Densified:
		f.added = append(f.added, e)
	case event.Rescaled:
		f.scales = append(f.scales, e)
	}
}

// restless is a run with all changes of state that a checkpoint stores: additions, a plateau that lowers the rates, and
// a loss scale that is halved twice while the next step is in flight.
func restless() configs.Run {
	run := shortRun()
	run.Train.CheckDecaySteps, run.Train.DecayThreshold = 10, 0.5 // two evaluations
	run.Train.MaxDecayTimes = 20
	return run
}

func spoil(step int, n *shaders.Step) {
	if step == 4 || step == 11 || step == 12 || step == 21 {
		n.L1 = float32(math.Inf(1))
	}
}

// sitting trains from a checkpoint until the run ends or, if cancelAfter is not 0, is cancelled at that step. It
// returns the last checkpoint.
func (f *finish) sitting(t *testing.T, dev *vk.Device, run configs.Run, from []byte, cancelAfter int) []byte {
	t.Helper()
	target := f.picture
	if target == nil {
		_, scene := reference.RandomScene(11, 30, 23, 1, 3)
		target = scene.Samples(8)
	}
	start := Start{}
	if from != nil {
		var err error
		if start.State, err = DecodeState(from); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	tr, err := NewFrom(dev, target, run, start, f.hear)
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	tr.editStep = func(step int, n *shaders.Step) {
		if run.Memory.UseAMP {
			spoil(step, n)
		}
		if cancelAfter > 0 && step >= cancelAfter { // cancels while the step is submitted
			cancel()
		}
	}
	var kept []byte
	tr.OnCheckpoint(func(s *State) error {
		s.Elapsed, s.Training, s.Drawing = 0, 0, 0
		s.Last.RenderTime, s.Last.TotalTime, s.Last.DeviceBytes = 0, 0, 0
		data, err := s.Encode()
		kept = data
		return err
	})
	result, err := tr.Run(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if want := map[bool]string{true: "interrupted", false: "done"}[cancelAfter > 0 && result.Steps < run.Steps]; result.Status != want {
		t.Fatalf("status %s after %d steps, want %s", result.Status, result.Steps, want)
	}
	if f.splats, err = tr.Splats(); err != nil {
		t.Fatal(err)
	}
	f.state = kept
	return kept
}

// A run gives the same bits with and without an interruption at any step: splats, scores, additions, loss scales and
// the last checkpoint.
func TestResumingAtAnyStepGivesTheSameBits(t *testing.T) {
	vktest.Long(t)
	dev := vktest.OpenPlain(t)
	run := restless()
	var whole finish
	whole.sitting(t, dev, run, nil, 0)
	if len(whole.scales) < 4 || len(whole.added) != 2 {
		t.Fatalf("the run is too quiet: %d rescalings, %d additions", len(whole.scales), len(whole.added))
	}
	if last := whole.rows[len(whole.rows)-1]; last.LRScale == 1 {
		t.Fatal("the rates never fell")
	}
	// Steps before, at and after changes of state.
	whole.sameWhenInterrupted(t, dev, run, 1, 4, 5, 7, 8, 9, 11, 12, 13, 16, 21, 22, 29)
}

// A run in float32 that is interrupted many times gives the same bits too.
func TestResumingManyTimesGivesTheSameBits(t *testing.T) {
	vktest.Long(t)
	dev := vktest.OpenPlain(t)
	run := restless()
	run.Memory.UseAMP = false
	var whole, parts finish
	whole.sitting(t, dev, run, nil, 0)
	for at, state := 4, []byte(nil); at < run.Steps+5; at += 5 {
		state = parts.sitting(t, dev, run, state, at)
	}
	if !reflect.DeepEqual(parts, whole) {
		t.Errorf("interrupted every five steps: %s", difference(parts, whole))
	}
}

// sameWhenInterrupted trains the run twice, and interrupts it when each of the steps is under way: every second step in
// the first training, the others in the second, so that steps which follow each other are in different ones. With
// IGS_STRESS each step of the run is interrupted in a training of its own. All trainings must end with the same bits.
func (f *finish) sameWhenInterrupted(t *testing.T, dev *vk.Device, run configs.Run, steps ...int) {
	t.Helper()
	trainings := make([][]int, 2)
	for i, at := range steps {
		trainings[i%2] = append(trainings[i%2], at)
	}
	if os.Getenv("IGS_STRESS") != "" {
		trainings = nil
		for at := 1; at < run.Steps; at++ {
			trainings = append(trainings, []int{at})
		}
	}
	for _, interruptions := range trainings {
		if len(interruptions) == 0 {
			continue
		}
		parts := finish{picture: f.picture}
		var state []byte
		for _, at := range interruptions {
			state = parts.sitting(t, dev, run, state, at)
		}
		parts.sitting(t, dev, run, state, 0)
		if !reflect.DeepEqual(parts, *f) {
			t.Errorf("interrupted when the steps %v were under way: %s", interruptions, difference(parts, *f))
		}
	}
}

func difference(a, b finish) string {
	for name, same := range map[string]bool{
		"splats": reflect.DeepEqual(a.splats, b.splats), "rows": reflect.DeepEqual(a.rows, b.rows), "additions": reflect.DeepEqual(a.added, b.added),
		"scales": reflect.DeepEqual(a.scales, b.scales), "state": reflect.DeepEqual(a.state, b.state),
	} {
		if !same {
			return "other " + name
		}
	}
	return "the same"
}

// Checkpoints by steps or by time are written when they are due, do not change the run, and the last one is written at
// the end.
func TestCheckpointsComeWhenDueAndChangeNothing(t *testing.T) {
	dev := vktest.OpenPlain(t)
	_, target := reference.RandomScene(11, 30, 23, 1, 3)
	trained := func(every configs.Cadence) (steps []int, p *splat.Splats) {
		run := restless()
		run.Train.CheckpointEvery = every
		tr, err := New(dev, target.Samples(8), run, func(event.Event) {})
		if err != nil {
			t.Fatal(err)
		}
		defer tr.Close()
		tr.editStep = spoil
		tr.OnCheckpoint(func(s *State) error { steps = append(steps, s.Step); return nil })
		if _, err := tr.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		if p, err = tr.Splats(); err != nil {
			t.Fatal(err)
		}
		return steps, p
	}
	never, want := trained(configs.Cadence{})
	bySteps, p := trained(configs.Cadence{Steps: 7})
	always, q := trained(configs.Cadence{Time: time.Nanosecond})
	if !reflect.DeepEqual(never, []int{30}) || !reflect.DeepEqual(bySteps, []int{7, 14, 21, 28, 30}) || len(always) != 30 {
		t.Errorf("never: %v\nevery 7 steps: %v\nalways: %v", never, bySteps, always)
	}
	if !reflect.DeepEqual(p, want) || !reflect.DeepEqual(q, want) {
		t.Error("checkpoints changed the result")
	}
}

// everyFive returns the trainer of a short run with a checkpoint every five steps.
func everyFive(t *testing.T, sink event.Sink) *Trainer {
	t.Helper()
	_, target := reference.RandomScene(11, 30, 23, 1, 3)
	run := shortRun()
	run.Train.CheckpointEvery = configs.Cadence{Steps: 5}
	tr, err := New(vktest.OpenPlain(t), target.Samples(8), run, sink)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tr.Close)
	return tr
}

// A run ends with an error if a checkpoint cannot be written.
func TestFailingCheckpointEndsTheRun(t *testing.T) {
	tr := everyFive(t, nil)
	full := errors.New("disk full")
	tr.OnCheckpoint(func(s *State) error { return full })
	if result, err := tr.Run(context.Background()); !errors.Is(err, full) || result.Steps != 5 {
		t.Errorf("%+v, %v", result, err)
	}
}

func stateOf(t *testing.T, dev *vk.Device, run configs.Run) (*imageio.Samples, *State) {
	t.Helper()
	_, scene := reference.RandomScene(11, 30, 23, 1, 3)
	target := scene.Samples(8)
	tr, err := New(dev, target, run, func(event.Event) {})
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	if err := tr.Advance(context.Background(), 3); err != nil {
		t.Fatal(err)
	}
	s, err := tr.State()
	if err != nil {
		t.Fatal(err)
	}
	return target, s
}

func TestStateOfAnotherRunIsRefused(t *testing.T) {
	dev := vktest.OpenPlain(t)
	target, state := stateOf(t, dev, shortRun())
	other := shortRun()
	other.Gaussians++
	short := shortRun()
	short.Steps = 2
	_, wide := reference.RandomScene(11, 41, 31, 1, 3)
	for _, c := range []struct {
		run    configs.Run
		target *imageio.Samples
	}{{other, target}, {short, target}, {shortRun(), wide.Samples(8)}} {
		if _, err := NewFrom(dev, c.target, c.run, Start{State: state}, func(event.Event) {}); fault.Code(err) != fault.BadInput || fault.Hint(err) == "" {
			t.Errorf("error %v", err)
		}
	}
}

// A checkpoint in which any bit is changed is refused.
func TestDamagedStateIsRefused(t *testing.T) {
	dev := vktest.OpenPlain(t)
	run := shortRun()
	run.Gaussians = 4
	_, state := stateOf(t, dev, run)
	state.Last.PSNR = math.Inf(1)
	data, err := state.Encode()
	if err != nil {
		t.Fatal(err)
	}
	back, err := DecodeState(data)
	if err != nil || !reflect.DeepEqual(back, state) {
		t.Fatalf("%+v became %+v: %v", state, back, err)
	}
	every := 5 // of a byte, one or two bits change
	if os.Getenv("IGS_STRESS") != "" {
		every = 1
	}
	for bit := 0; bit < 8*len(data); bit += every {
		data[bit/8] ^= 1 << (bit % 8)
		if got, err := DecodeState(data); err == nil && !reflect.DeepEqual(got, state) {
			t.Errorf("bit %d of byte %d may change", bit%8, bit/8)
		}
		data[bit/8] ^= 1 << (bit % 8)
	}
	for n := range data {
		if _, err := DecodeState(data[:n]); err == nil {
			t.Errorf("the first %d of %d bytes pass", n, len(data))
		}
	}
}

// An igs that does not know of work that is left after a step refuses a checkpoint that has some, and reads others.
func TestFormatOfACheckpointThatOwesWork(t *testing.T) {
	run := shortRun()
	run.Gaussians = 4
	_, state := stateOf(t, vktest.OpenPlain(t), run)
	for _, left := range []due{dueNothing, dueRound, dueFrame, dueAll} {
		state.Due = left
		data, err := state.Encode()
		if err != nil {
			t.Fatal(err)
		}
		_, metadata, err := safetensors.Decode(data)
		if err != nil || (metadata["format"] == "igs checkpoint 1") != (left == dueNothing) {
			t.Errorf("%d is left: format %q, %v", left, metadata["format"], err)
		}
		if back, err := DecodeState(data); err != nil || back.Due != left {
			t.Errorf("%d is left: %+v, %v", left, back, err)
		}
	}
}

// A run can begin with the splats of a model. If the run has more splats, the others are added only with AllowPartial.
func TestStartingFromSplats(t *testing.T) {
	vktest.Long(t)
	dev := vktest.OpenPlain(t)
	_, scene := reference.RandomScene(11, 30, 23, 1, 3)
	target := scene.Samples(8)
	start := func(n, c int, progressive, partial bool) (*Trainer, error) {
		run := shortRun()
		run.Progressive.Enabled, run.Init.AllowPartial = progressive, partial
		brought, _ := reference.RandomScene(5, 30, 23, n, c)
		return NewFrom(dev, target, run, Start{Splats: brought}, func(event.Event) {})
	}
	for _, c := range []struct {
		n, channels          int
		progressive, partial bool
		first                int // 0 means that the run is refused
	}{
		{120, 3, true, false, 120}, {120, 3, false, false, 120}, {50, 3, true, true, 50}, {50, 3, false, true, 120},
		{50, 3, true, false, 0}, {121, 3, true, true, 0}, {120, 1, true, true, 0},
	} {
		tr, err := start(c.n, c.channels, c.progressive, c.partial)
		if c.first == 0 {
			if fault.Code(err) != fault.BadInput || fault.Hint(err) == "" {
				t.Errorf("%+v: error %v", c, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%+v: %v", c, err)
			continue
		}
		if tr.engine.Splats() != c.first {
			t.Errorf("%+v: begins with %d", c, tr.engine.Splats())
		}
		if _, err := tr.Run(context.Background()); err != nil || tr.engine.Splats() != 120 {
			t.Errorf("%+v: ends with %d splats, %v", c, tr.engine.Splats(), err)
		}
		tr.Close()
	}
}

// An interruption while parameters are rounded does not change the bits either, at the last steps of the run or after
// an early stop.
func TestResumingWhileSettlingGivesTheSameBits(t *testing.T) {
	vktest.Long(t)
	dev := vktest.OpenPlain(t)
	for name, change := range map[string]func(*configs.Run){
		"at the end":       func(*configs.Run) {},
		"early":            func(run *configs.Run) { run.Train.CheckDecaySteps, run.Train.MaxDecayTimes = 5, 0 },
		"straight-through": func(run *configs.Run) { run.Quantize.Method = "straight-through" },
	} {
		run := restless()
		run.Quantize = configs.Quantize{Enabled: true, Method: "settle", PosBits: 9, ScaleBits: 6, RotBits: 5, FeatBits: 5}
		run.Target.Gamma = 0.5
		change(&run)
		var whole finish
		whole.sitting(t, dev, run, nil, 0)
		last := whole.rows[len(whole.rows)-1].Step
		if early := last < run.Steps; early != (name == "early") {
			t.Fatalf("%s: the run ends at step %d", name, last)
		}
		t.Log(name)
		whole.sameWhenInterrupted(t, dev, run, last-6, last-4, last-3, last-1) // each group of parameters has three steps
	}
}
