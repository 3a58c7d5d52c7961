package optim

import (
	"context"
	"math"
	"reflect"
	"testing"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/internal/fault"
	"igs/memory"
	"igs/optim/engine"
	"igs/shaders"
	"igs/splat"
	"igs/splat/reference"
	"igs/vk"
	"igs/vk/vktest"
)

// tallRun is a short run on a picture of 22 tile rows, which is tall enough for every rung of the ladder.
func tallRun() (*imageio.Samples, configs.Run) {
	_, target := reference.RandomScene(11, 13, 350, 1, 3)
	run := shortRun()
	run.Gaussians, run.Steps = 60, 5
	run.Progressive.AddSteps, run.Progressive.AddTimes = 2, 2
	return target.Samples(8), run
}

// outcomeOf trains and returns the splats, the result and the warnings.
func outcomeOf(dev *vk.Device, target *imageio.Samples, run configs.Run, prepare func(*Trainer) error) (*splat.Splats, Result, []string, error) {
	var warnings []string
	tr, err := New(dev, target, run, func(e event.Event) {
		if w, ok := e.(event.Warned); ok {
			warnings = append(warnings, w.Text)
		}
	})
	if err != nil {
		return nil, Result{}, warnings, err
	}
	defer tr.Close()
	if prepare != nil {
		if err := prepare(tr); err != nil {
			return nil, Result{}, warnings, err
		}
	}
	result, err := tr.Run(context.Background())
	if err != nil {
		return nil, result, warnings, err
	}
	p, err := tr.Splats()
	return p, result, warnings, err
}

// Every rung of the ladder gives the same bits, needs no more memory than its plan, and warns if it is not the plan
// that the run asks for.
func TestEveryRungTrainsAlikeWithinItsPlan(t *testing.T) {
	vktest.Long(t)
	checked, plain := vktest.Open(t), vktest.OpenPlain(t)
	target, run := tallRun()
	rungs := everySecond(memory.Ladder(request(target.W, target.H, target.C, target.Depth, run), setupOf(plain.Info(), run).Limits))
	if len(rungs) < 8 {
		t.Fatalf("only %d rungs", len(rungs))
	}
	var want *splat.Splats
	for i, rung := range rungs {
		dev := plain
		if i%3 == 0 { // of each kind, stored, in bands and streamed
			dev = checked
		}
		run.Memory.Budget = rung.Bytes()
		dev.ResetPeak()
		got, result, warnings, err := outcomeOf(dev, target, run, nil)
		if err != nil {
			t.Fatalf("%s: %v", rung, err)
		}
		if want == nil {
			want = got
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: other splats than %s", result.Plan, rungs[0])
		}
		// The device allocated the staging buffer before.
		peak, planned := dev.Usage().Peak, result.Plan.Bytes()
		if share := float64(peak) / float64(planned); share < 0.97 || share > 1 {
			t.Errorf("%s: %d of %d planned bytes", result.Plan, peak, planned)
		}
		if (len(warnings) > 0) != (result.Plan.Rung > 0) {
			t.Errorf("%s: warnings %q", result.Plan, warnings)
		}
	}
}

// refusing returns a function that trains while a device refuses the allocations for which fail returns true. The
// lists are so short that training must lengthen them. Allocations are numbered from 0. Each run must free its memory.
func refusing(t *testing.T, target *imageio.Samples, run configs.Run) func(dev *vk.Device, fail func(n int) bool) (*splat.Splats, Result, error) {
	var fail func(n int) bool // nil grants all allocations
	asked := 0
	vktest.Refuse(t, func() bool {
		asked++
		return fail != nil && fail(asked-1)
	})
	return func(dev *vk.Device, wanted func(n int) bool) (*splat.Splats, Result, error) {
		held := vktest.Held(dev)
		defer func() {
			if now := vktest.Held(dev); now != held {
				t.Errorf("%d bytes were held before a run, %d after it", held, now)
			}
		}()
		p, result, _, err := outcomeOf(dev, target, run, func(tr *Trainer) error {
			asked, fail = 0, wanted
			return shorten(tr, 20)
		})
		fail = nil
		return p, result, err
	}
}

// Whichever allocation the device refuses, the run succeeds on a lower rung or fails with the code for out of memory.
func TestEveryRefusedAllocationIsSurvived(t *testing.T) {
	vktest.Long(t)
	_, scene := reference.RandomScene(11, 13, 64, 1, 3)
	target := scene.Samples(8)
	_, run := tallRun()
	run.Gaussians, run.Steps, run.Progressive.AddSteps = 60, 3, 1
	quick, checked := vktest.OpenPlain(t), vktest.Open(t)
	refused := refusing(t, target, run)
	count := 0
	want, _, err := refused(quick, func(n int) bool { count = n + 1; return false })
	if err != nil {
		t.Fatal(err)
	}
	lower := 0
	for n := range count {
		dev := quick
		if n%16 == 2 { // twice with the layer
			dev = checked
		}
		got, result, err := refused(dev, func(k int) bool { return k == n })
		if err != nil {
			t.Errorf("allocation %d of %d: %v", n, count, err)
			continue
		}
		if result.Plan.Rung > 0 {
			lower++
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("allocation %d: the run on rung %d learned something else", n, result.Plan.Rung)
		}
		if n%7 > 0 {
			continue // to save time, refusing all later allocations is tested less often
		}
		if dev = quick; n%14 == 7 {
			dev = checked
		}
		if _, _, err := refused(dev, func(k int) bool { return k >= n }); err != nil && fault.Code(err) != fault.OutOfMemory {
			t.Errorf("every allocation from %d on: %v", n, err)
		} else if err == nil && n == 0 {
			t.Error("a run without any memory succeeded")
		}
	}
	t.Logf("%d allocations", count)
	if lower < count/2 {
		t.Errorf("%d of %d refusals led to a lower rung", lower, count)
	}
}

// After an infinite gradient the step is skipped and the loss scale is halved, and nothing else changes.
func TestOverflowSkipsTheStepAndHalvesTheScale(t *testing.T) {
	dev := vktest.Open(t)
	target, run := tallRun()
	run.Steps, run.Progressive.Enabled = 16, false
	spoiled := map[int]bool{5: true, 6: true, 14: true}
	var told []event.Rescaled
	tr, err := New(dev, target, run, func(e event.Event) {
		if r, ok := e.(event.Rescaled); ok {
			told = append(told, r)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	infinity := float32(math.Inf(1))
	tr.editStep = func(step int, n *shaders.Step) {
		if spoiled[step] {
			n.L1 = infinity
		}
	}
	start := tr.scaler.scale
	var before engine.Snapshot
	for step := 1; step <= 16; step++ {
		if err := tr.Advance(context.Background(), step); err != nil {
			t.Fatal(err)
		}
		after, err := tr.engine.Save()
		if err != nil {
			t.Fatal(err)
		}
		if same := reflect.DeepEqual(before, after); same != spoiled[step] {
			t.Errorf("step %d: nothing changed: %v", step, same)
		}
		before = after
	}
	want := []event.Rescaled{{Step: 5, LossScale: start / 2, Skipped: true}, {Step: 6, LossScale: start / 4, Skipped: true}, {Step: 14, LossScale: start / 8, Skipped: true}}
	if !reflect.DeepEqual(told, want) {
		t.Errorf("told %+v, want %+v", told, want)
	}
	if tr.scaler.scale != start/8 {
		t.Errorf("scale %g, want %g", tr.scaler.scale, start/8)
	}
}

// Two steps in flight that overflow with the same scale halve it once. Gradients that overflow with every scale end the
// run with the model learned so far.
func TestHopelessOverflowDiverges(t *testing.T) {
	vktest.Long(t)
	dev := vktest.OpenPlain(t)
	target, run := tallRun()
	run.Steps, run.Progressive.Enabled = 500, false
	for _, amp := range []bool{true, false} {
		run.Memory.UseAMP = amp
		tr, err := New(dev, target, run, func(event.Event) {})
		if err != nil {
			t.Fatal(err)
		}
		tr.editStep = func(step int, n *shaders.Step) {
			if step > 3 {
				n.L1 = float32(math.NaN())
			}
		}
		_, err = tr.Run(context.Background())
		if fault.Code(err) != fault.Diverged || fault.Hint(err) == "" || tr.Steps() < 4 || tr.Steps() > 120 {
			t.Errorf("mixed precision %v: after %d steps %v", amp, tr.Steps(), err)
		}
		p, err := tr.Splats()
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range p.Feat {
			if v != v || v < -10 || v > 10 {
				t.Fatalf("mixed precision %v: a feature is %g", amp, v)
			}
		}
		tr.Close()
	}
}

// If the budget changes a run from float32 to float16, the loss scale is dynamic. If no rung is left, the model learned
// so far can still be read.
func TestWhatTheLadderChoseIsHandledAsIfAskedFor(t *testing.T) {
	dev := vktest.OpenPlain(t)
	target, run := tallRun()
	run.Progressive.Enabled, run.Memory.UseAMP = false, false
	rungs := memory.Ladder(request(target.W, target.H, target.C, target.Depth, run), setupOf(dev.Info(), run).Limits)
	run.Memory.Budget = rungs[1].Bytes()
	_, result, _, err := outcomeOf(dev, target, run, func(tr *Trainer) error {
		tr.editStep = func(step int, n *shaders.Step) {
			if step == 5 {
				n.L1 = float32(math.Inf(1))
			}
		}
		return nil
	})
	if err != nil || !result.Plan.Shape.Half {
		t.Fatalf("%s: %v", result.Plan, err)
	}
	tr, err := NewFrom(dev, target, run, Start{Rung: rungs[len(rungs)-1].Rung}, func(event.Event) {})
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	if err := tr.Advance(context.Background(), 2); err != nil {
		t.Fatal(err)
	}
	want, err := tr.Splats()
	if err != nil {
		t.Fatal(err)
	}
	if err := tr.fallBack(&vk.OutOfMemoryError{Name: "test"}); fault.Code(err) != fault.OutOfMemory {
		t.Errorf("below the last rung: %v", err)
	}
	if got, err := tr.Splats(); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("what was learned is lost: %v", err)
	}
}

// setupOf is the setup of a run on a device with its default tuning.
func setupOf(info vk.Info, run configs.Run) engine.Setup {
	return setupOn(engine.PlatformOf(info), run)
}
