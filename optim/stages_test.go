package optim

import (
	"context"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"igs/configs"
	"igs/imageio"
	"igs/memory"
	"igs/optim/engine"
	"igs/optim/sampling"
	"igs/shaders"
	"igs/splat"
	"igs/splat/reference"
	"igs/vk"
	"igs/vk/vktest"
)

// stridedRun is a short run in rounds with three stages. The loss scale, rounds and evaluations change within stages and
// at their ends.
func stridedRun() configs.Run {
	run := igsRun(120, 24)
	run.Train.EvalEvery, run.Train.Strides = 5, "3:10,2:8,1"
	return run
}

// A run with strided steps gives the same bits with and without an interruption in the middle of a stage, before and
// after its end.
func TestResumingStridedGivesTheSameBits(t *testing.T) {
	vktest.Long(t)
	dev := vktest.OpenPlain(t)
	run := stridedRun()
	var whole finish
	whole.sitting(t, dev, run, nil, 0)
	if len(whole.added) < 4 || len(whole.scales) < 2 || len(whole.rows) != 5 {
		t.Fatalf("the run is too quiet: %+v, %+v, %d evaluations", whole.added, whole.scales, len(whole.rows))
	}
	if first, last := whole.rows[0].PSNR, whole.rows[4].PSNR; last < first+1 {
		t.Errorf("%.2f dB after the first stage, %.2f dB at the end", first, last)
	}
	whole.sameWhenInterrupted(t, dev, run, 4, 10, 13, 19)
}

// A strided run gives the same bits with every budget, and needs no more memory than the largest plan of its stages.
func TestStridedRunsTrainAlikeWithinTheirPlans(t *testing.T) {
	vktest.Long(t)
	plain, checked := vktest.OpenPlain(t), vktest.Open(t)
	target, run := tallRounds()
	run.Train.Strides = "2:4,1"
	run.Video.Enabled, run.Video.Every = true, 3
	stages, err := stagesOn(plain, target.W, target.H, run)
	if err != nil || len(stages) != 2 || stages[1].Plan.Mode != memory.Banded {
		t.Fatalf("%v, %d stages", err, len(stages))
	}
	var want *splat.Splats
	modes := map[string]bool{}
	ladder := stages[1].Ladder
	for _, budget := range []int64{0, ladder[2].Bytes(), ladder[len(ladder)-1].Bytes()} {
		dev := plain
		if run.Memory.Budget = budget; budget == ladder[2].Bytes() {
			dev = checked
		}
		dev.ResetPeak()
		var frames []int
		got, result, warnings, err := outcomeOf(dev, target, run, func(tr *Trainer) error {
			tr.OnFrame(func(f Frame) { frames = append(frames, f.Step); f.Release() })
			return nil
		})
		if err != nil || !slices.Equal(frames, []int{1, 3, 6, 8}) {
			t.Fatalf("%d bytes: frames %v, %v", budget, frames, err)
		}
		if want == nil {
			want = got
			sound(t, got, 60, boundsOf(run, target.Pixels()))
		}
		modes[result.Plan.String()] = true
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: other splats than without a budget", result.Plan)
		}
		peak, planned := dev.Usage().Peak, result.Plan.Bytes()
		if share := float64(peak) / float64(planned); share < 0.97 || share > 1 {
			t.Errorf("%s: %d of %d planned bytes", result.Plan, peak, planned)
		}
		if (len(warnings) > 0) != (budget > 0) || len(warnings) > 2 {
			t.Errorf("%s: warnings %q", result.Plan, warnings)
		}
	}
	if len(modes) != 3 {
		t.Errorf("every budget gave the same plan: %v", modes)
	}
	run.Memory.Budget = ladder[len(ladder)-1].Bytes() - 1
	if _, _, _, err := outcomeOf(plain, target, run, nil); err == nil {
		t.Error("a run whose last stage does not fit began")
	}
}

// Every recipe strides when it is asked to: with windows, additions, 16 bits, many channels, gamma and few bits. Bands and
// a streamed target change no bit, and training improves the picture.
func TestEveryRecipeStrides(t *testing.T) {
	vktest.Long(t)
	dev, plain := vktest.Open(t), vktest.OpenPlain(t)
	deep := igsRun(60, 12)
	deep.Target.Gamma = 0.5
	deep.Quantize = configs.Quantize{Enabled: true, Method: "settle", PosBits: 12, ScaleBits: 9, RotBits: 8, FeatBits: 8}
	paper := shortRun()
	paper.Gaussians, paper.Steps, paper.Progressive.AddSteps, paper.Progressive.AddTimes = 60, 20, 5, 2
	for name, c := range map[string]struct {
		run             configs.Run
		channels, depth int
	}{"balanced": {balancedRun(60, 12), 3, 8}, "four deep channels": {deep, 4, 16}, "paper": {paper, 3, 8}} {
		_, scene := reference.RandomScene(11, 30, 120, 1, c.channels)
		target := scene.Samples(c.depth)
		run := c.run
		run.Train.Strides, run.Train.EvalEvery = "2:80%,1", run.Steps
		var want *splat.Splats
		second := dev
		if c.channels > 3 { // TestStacksTrain trains four channels with the layer, and the other recipes here stride with it
			second = plain
		}
		for _, dev := range []*vk.Device{plain, second} { // without a budget, then with the smallest
			if want != nil {
				stages, err := StagesFor(engine.PlatformOf(dev.Info()), imageio.Size{W: 30, H: 120, C: c.channels, Depth: c.depth}, run)
				if err != nil {
					t.Fatal(err)
				}
				for _, s := range stages {
					run.Memory.Budget = max(run.Memory.Budget, s.Ladder[len(s.Ladder)-1].Bytes())
				}
			}
			got, result, _, err := outcomeOf(dev, target, run, nil)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if want == nil {
				want = got
				once := run
				once.Steps, once.Progressive.Enabled = 1, false
				if _, first, _, err := outcomeOf(plain, target, once, nil); err != nil || first.PSNR+0.3 > result.PSNR {
					t.Errorf("%s: %.2f dB after %d steps, %.2f dB after one, %v", name, result.PSNR, run.Steps, first.PSNR, err)
				}
			} else if !reflect.DeepEqual(got, want) {
				t.Errorf("%s, %s: other splats than without a budget", name, result.Plan)
			}
		}
	}
}

// stagesOn returns the planned stages of a run on a picture of three channels.
func stagesOn(dev *vk.Device, w, h int, run configs.Run) ([]PlannedStage, error) {
	return StagesFor(engine.PlatformOf(dev.Info()), imageio.Size{W: w, H: h, C: 3, Depth: 8}, run)
}

// Whatever allocation the device refuses, also when a stage begins or an evaluation is due, the run gives the same bits
// on a lower rung.
func TestRefusedAllocationsBetweenStagesAreSurvived(t *testing.T) {
	vktest.Long(t)
	_, scene := reference.RandomScene(11, 32, 112, 1, 3)
	target := scene.Samples(8)
	run := igsRun(60, 6)
	run.Train.Strides, run.Train.EvalEvery = "3:2,2:2,1", 3
	asked, refused := 0, -1
	dev := vktest.OpenPlain(t)
	vktest.Refuse(t, func() bool {
		asked++
		return asked-1 == refused
	})
	train := func() (*splat.Splats, error) {
		p, _, _, err := outcomeOf(dev, target, run, func(*Trainer) error { asked = 0; return nil })
		return p, err
	}
	want, err := train()
	if err != nil {
		t.Fatal(err)
	}
	count := asked
	if count < 60 { // of four engines after the first
		t.Errorf("only %d allocations", count)
	}
	every := 11
	if os.Getenv("IGS_STRESS") != "" {
		every = 1
	}
	for n := 0; n < count; n += every {
		refused = n
		if got, err := train(); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("allocation %d of %d: %v, or other splats", n, count, err)
		}
		refused = -1
	}
}

// Gradients have the size of those of the mean loss with every stride, so the moments of Adam need no change when a stage
// ends. The offset of a step depends on the seed and the step alone, and every offset comes.
func TestNumbersOfStridedSteps(t *testing.T) {
	dev := vktest.OpenPlain(t)
	_, scene := reference.RandomScene(11, 61, 50, 1, 3)
	run := igsRun(60, 90)
	run.Train.Strides = "3:80,1"
	tr, err := New(dev, scene.Samples(8), run, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	if shape := tr.Layout().Shape; shape.W != 21 || shape.H != 17 {
		t.Errorf("%d × %d px in a step", shape.W, shape.H)
	}
	seen := map[engine.Offset]bool{}
	for step := range 80 {
		n := tr.numbers(step+1, stepInputs{Scale: 8, Age: 1})
		seen[engine.Offset{X: int(n.OffsetX), Y: int(n.OffsetY)}] = true
		// The weight of a squared error, times the samples of a step, is that of a full step.
		if mean := float64(n.Unscale) * float64(n.L2) * 21 * 17 / (2 * 61 * 50); math.Abs(mean-1) > 1e-6 {
			t.Fatalf("step %d: the gradient is %v times that of the mean loss", step+1, mean)
		}
	}
	if len(seen) != 9 {
		t.Errorf("offsets %v", seen)
	}
	other := run
	if other.Train.Seed++; engine.OffsetOf(run.Train.Seed, 1, 1000) == engine.OffsetOf(other.Train.Seed, 1, 1000) {
		t.Error("the seed does not change the offsets")
	}
}

// When the scores no longer improve, the remaining strided steps are left out, but not the last stage, which looks at
// every pixel. An interruption changes nothing.
func TestEarlyStopTakesTheLastStage(t *testing.T) {
	dev := vktest.OpenPlain(t)
	target, _ := tallRounds()
	run := igsRun(100, 24)
	run.Progressive.Enabled = false
	run.Train.EvalEvery, run.Train.Strides = 2, "3:20,1"
	run.Train.EarlyStop, run.Train.CheckDecaySteps, run.Train.MaxDecayTimes, run.Train.DecayThreshold = true, 4, 0, 1
	train := func(start Start, until int) (steps []int, ages map[int]int, state *State, result Result) {
		tr, err := NewFrom(dev, target, run, start, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer tr.Close()
		ages = map[int]int{}
		tr.editStep = func(step int, _ *shaders.Step) { steps = append(steps, step); ages[step] = tr.inputs[step%2].Age }
		if until > 0 {
			err = tr.Take(context.Background(), until)
		} else {
			result, err = tr.Run(context.Background())
		}
		if err == nil {
			state, err = tr.State()
		}
		if err != nil {
			t.Fatal(err)
		}
		return steps, ages, state, result
	}
	steps, ages, whole, result := train(Start{}, 0)
	if !slices.Equal(slices.Compact(steps), []int{1, 2, 3, 4, 21, 22, 23, 24}) || ages[24] != 8 {
		t.Errorf("steps %v, the last one is number %d of Adam", steps, ages[24])
	}
	if result.Status != "done" || result.Steps != 24 || !result.StoppedEarly {
		t.Errorf("%+v", result)
	}
	_, _, part, _ := train(Start{}, 21)
	steps, _, again, result := train(Start{State: part}, 0)
	if !slices.Equal(slices.Compact(steps), []int{22, 23, 24}) || !result.StoppedEarly || !reflect.DeepEqual(again.Splats, whole.Splats) {
		t.Errorf("after an interruption: steps %v, %+v, same splats %v", steps, result, reflect.DeepEqual(again.Splats, whole.Splats))
	}
	run.Train.Strides = "1"
	if _, _, _, result := train(Start{}, 0); result.Steps != 4 || !result.StoppedEarly {
		t.Errorf("without strides: %+v", result)
	}
}

// A picture on the disk trains as the same picture in memory, bit for bit, when nothing is placed by its smaller copy:
// at every stride, with the whole target on the device and with a streamed one. Splats that are placed by the smaller
// copy fit nearly as well.
func TestPictureOnDiskTrainsAlike(t *testing.T) {
	dev := vktest.OpenPlain(t)
	for _, depth := range []int{8, 16} {
		_, scene := reference.RandomScene(11, 52, 120, 1, 3)
		path := filepath.Join(t.TempDir(), "x.png")
		err := imageio.WriteRows(path, imageio.Spec{W: 52, H: 120, C: 3, Depth: depth}, func(y int, dst [][]float32) error {
			for c := range dst {
				copy(dst[c], scene.Plane(c)[52*y:])
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		inMemory, err := imageio.ReadSamples(path)
		if err != nil {
			t.Fatal(err)
		}
		needs, err := imageio.TargetNeeds(path, imageio.Options{})
		if err != nil {
			t.Fatal(err)
		}
		onDisk, err := imageio.ReadTarget(path, imageio.Options{Host: needs.Memory - 1, Scratch: t.TempDir(), Stride: 4})
		if err != nil || !onDisk.OnDisk() {
			t.Fatalf("in memory, %v", err)
		}
		defer onDisk.Close()
		run := igsRun(60, 12)
		first := sampling.NewBirths(inMemory, birthRule(run, inMemory.Pixels())).Seed(60, run.Init, nil, rand.New(rand.NewPCG(1, 2)))
		run.Train.Strides = "4:4,2:3,1"
		train := func(target *imageio.Samples, start Start, run configs.Run) (*splat.Splats, float64) {
			tr, err := NewFrom(dev, target, run, start, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer tr.Close()
			result, err := tr.Run(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			found, err := tr.Splats()
			if err != nil {
				t.Fatal(err)
			}
			return found, result.PSNR
		}
		still := run
		still.Progressive.Enabled, still.Relocate.Enabled = false, false
		want, psnr := train(inMemory, Start{Splats: first}, still)
		if got, same := train(onDisk, Start{Splats: first}, still); !reflect.DeepEqual(got, want) || same != psnr {
			t.Errorf("%d bits: other splats, %.4f and %.4f dB", depth, same, psnr)
		}
		_, usual := train(inMemory, Start{}, run)
		if _, got := train(onDisk, Start{}, run); math.Abs(got-usual) > 1 {
			t.Errorf("%d bits, placed by the smaller copy: %.2f dB, in memory %.2f dB", depth, got, usual)
		}
	}
}
