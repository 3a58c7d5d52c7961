package optim

import (
	"context"
	"math"
	"os"
	"reflect"
	"testing"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/internal/fault"
	"igs/memory"
	"igs/optim/engine"
	"igs/splat"
	"igs/splat/reference"
	"igs/vk"
	"igs/vk/vktest"
)

// tallRounds is a short run in rounds on a picture of 13 tile rows, tall enough for every kind of rung.
func tallRounds() (*imageio.Samples, configs.Run) {
	_, target := reference.RandomScene(11, 13, 200, 1, 3)
	return target.Samples(8), igsRun(60, 8)
}

// everySecond returns every second rung and the last, or all rungs if IGS_STRESS is set.
func everySecond(rungs []memory.Plan) []memory.Plan {
	if os.Getenv("IGS_STRESS") != "" {
		return rungs
	}
	var kept []memory.Plan
	for i, r := range rungs {
		if i%2 == 0 || i == len(rungs)-1 {
			kept = append(kept, r)
		}
	}
	return kept
}

// With the recipe igs every rung of the ladder gives the same bits, needs no more memory than its plan, and warns if it
// is not the plan that the run asks for.
func TestEveryRungTrainsAlikeInRounds(t *testing.T) {
	vktest.Long(t)
	checked, plain := vktest.Open(t), vktest.OpenPlain(t)
	target, run := tallRounds()
	rungs := everySecond(memory.Ladder(request(target.W, target.H, target.C, target.Depth, run), setupOf(plain.Info(), run).Limits))
	seen := map[string]bool{}
	var want *splat.Splats
	for i, rung := range rungs {
		dev := plain
		if i%2 == 0 { // of each kind, stored, in bands and streamed
			dev = checked
		}
		seen[rung.Mode.String()] = true
		if rung.Streamed {
			seen["streamed"] = true
		}
		run.Memory.Budget = rung.Bytes()
		dev.ResetPeak()
		got, result, warnings, err := outcomeOf(dev, target, run, nil)
		if err != nil {
			t.Fatalf("%s: %v", rung, err)
		}
		if want == nil {
			want = got
			sound(t, got, 60, boundsOf(run, target.Pixels()))
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
	if len(seen) != 3 {
		t.Errorf("%d rungs: %v", len(rungs), seen)
	}
}

// The removal costs and the errors by which splats move have the same bits on every rung, with lists that overflow and
// lists that do not.
func TestEveryRungSurveysAlike(t *testing.T) {
	vktest.Long(t)
	checked, plain := vktest.Open(t), vktest.OpenPlain(t)
	target, run := tallRounds()
	type findings struct {
		costs          []float32
		sse            float64
		sharp, blurred []float32
	}
	var want *findings
	rungs := everySecond(memory.Ladder(request(target.W, target.H, target.C, target.Depth, run), setupOf(plain.Info(), run).Limits))
	for i, rung := range rungs {
		for _, short := range []bool{false, true} {
			if short && i%3 > 0 {
				continue
			}
			dev := plain
			if short { // the rung in memory, and a streamed one
				dev = checked
			}
			tr, err := NewFrom(dev, target, run, Start{Rung: rung.Rung}, func(event.Event) {})
			if err != nil {
				t.Fatal(err)
			}
			if short {
				tr.resolutions[1].request.Capacity = 20
				kept, err := tr.engine.Save()
				if err != nil {
					t.Fatal(err)
				}
				tr.engine.Close()
				if err := tr.build(rung.Rung, nil); err != nil {
					t.Fatal(err)
				}
				if err := tr.engine.Restore(kept); err != nil {
					t.Fatal(err)
				}
				if tr.engine.Plan().Rung != rung.Rung || tr.engine.Plan().Pairs > 50 {
					t.Fatalf("%s, lists of %d", tr.engine.Plan(), tr.engine.Plan().Pairs)
				}
			}
			var got findings
			if got.costs, got.sse, err = tr.engine.Survey(engine.SurveyOptions{Costs: true, Errors: engine.Sharp}); err != nil {
				t.Fatal(err)
			}
			for errors, to := range map[engine.Errors]*[]float32{engine.Sharp: &got.sharp, engine.Blurred: &got.blurred} {
				if err := tr.engine.Errors(engine.SurveyOptions{Errors: errors, Sigma: 1}, func(row []float32) { *to = append(*to, row...) }); err != nil {
					t.Fatal(err)
				}
			}
			if want == nil {
				want = &got
				sum := 0.
				for _, v := range got.sharp {
					sum += float64(v)
				}
				if math.Abs(sum/got.sse-1) > 1e-5 || len(got.sharp) != target.Pixels() || len(got.blurred) != target.Pixels() || len(got.costs) != tr.engine.Splats() {
					t.Errorf("a sum of %g, of errors %g; %d costs", got.sse, sum, len(got.costs))
				}
			}
			if got.sse != want.sse || !reflect.DeepEqual(got.costs, want.costs) || !reflect.DeepEqual(got.sharp, want.sharp) || !reflect.DeepEqual(got.blurred, want.blurred) {
				t.Errorf("%s, short lists %v: sse %v and %v, costs the same: %v, errors: %v, blurred: %v", tr.engine.Plan(), short, got.sse, want.sse,
					reflect.DeepEqual(got.costs, want.costs), reflect.DeepEqual(got.sharp, want.sharp), reflect.DeepEqual(got.blurred, want.blurred))
			}
			tr.Close()
		}
	}
}

// If lists overflow in a step or in a round, no step and no round is lost.
func TestOverflowLosesNoRound(t *testing.T) {
	vktest.Long(t)
	checked, plain := vktest.Open(t), vktest.OpenPlain(t)
	_, picture := reference.RandomScene(11, 30, 23, 1, 3)
	trained := func(dev *vk.Device, cramp func(tr *Trainer, step int)) (*splat.Splats, []event.Densified) {
		run := igsRun(120, 20)
		run.Train.EvalEvery = 1 // the lists are made too short after every evaluation
		var told []event.Densified
		var tr *Trainer
		tr, err := New(dev, picture.Samples(8), run, func(e event.Event) {
			switch e := e.(type) {
			case event.Densified:
				told = append(told, e)
			case event.Evaluated:
				cramp(tr, e.Step)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		defer tr.Close()
		cramp(tr, 0)
		if _, err := tr.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		p, err := tr.Splats()
		if err != nil {
			t.Fatal(err)
		}
		return p, told
	}
	want, rounds := trained(plain, func(*Trainer, int) {})
	if len(rounds) < 5 {
		t.Fatalf("rounds %+v", rounds)
	}
	for dev, steps := range map[*vk.Device][]int{checked: {0}, plain: {1, 2, 4, 6, 8, 19}} { // at the start, or before rounds and steps
		got, again := trained(dev, func(tr *Trainer, step int) {
			for _, at := range steps {
				if at != step {
					continue
				}
				if err := shorten(tr, 20); err != nil {
					t.Fatal(err)
				}
				if pairs := tr.engine.Plan().Pairs; pairs > 50 {
					t.Fatalf("lists of %d pairs do not overflow", pairs)
				}
			}
		})
		if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(again, rounds) {
			t.Errorf("lists too short behind steps %v changed the result: the same splats %v, rounds %+v and %+v", steps, reflect.DeepEqual(got, want), again, rounds)
		}
	}
}

// Whichever allocation the device refuses, a run in rounds succeeds on a lower rung or fails with the code for out of
// memory.
func TestEveryRefusedAllocationIsSurvivedInRounds(t *testing.T) {
	vktest.Long(t)
	target, run := tallRounds()
	run.Steps = 5
	dev, refused := vktest.OpenPlain(t), refusing(t, target, run)
	count := 0
	want, _, err := refused(dev, func(n int) bool { count = n + 1; return false })
	if err != nil {
		t.Fatal(err)
	}
	every := 12 // a try takes a second
	if os.Getenv("IGS_STRESS") != "" {
		every = 1
	}
	lower, tried := 0, 0
	for n := count - 1; n >= 0; n -= every { // the last allocations are those of longer lists
		tried++
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
		if tried%3 == 1 {
			if _, _, err := refused(dev, func(k int) bool { return k >= n }); err != nil && fault.Code(err) != fault.OutOfMemory {
				t.Errorf("every allocation from %d on: %v", n, err)
			}
		}
	}
	if _, _, err := refused(dev, func(int) bool { return true }); fault.Code(err) != fault.OutOfMemory {
		t.Errorf("a run without any memory: %v", err)
	}
	t.Logf("%d allocations", count)
	if lower < tried/2 {
		t.Errorf("%d of %d refusals led to a lower rung", lower, tried)
	}
}

// If the device refuses memory while pixels are sampled, sampling is repeated on a lower rung and gives the same
// pixels.
func TestDrawingOnALowerRungDrawsTheSame(t *testing.T) {
	checked, plain := vktest.Open(t), vktest.OpenPlain(t)
	target, run := tallRounds()
	drawn := func(dev *vk.Device, fails int) (pixels []int, random []byte) {
		tr, err := New(dev, target, run, func(event.Event) {})
		if err != nil {
			t.Fatal(err)
		}
		defer tr.Close()
		if err := tr.Advance(context.Background(), 1); err != nil {
			t.Fatal(err)
		}
		if err := tr.retry(func() (err error) {
			survey := engine.SurveyOptions{Errors: engine.Blurred, Sigma: 1}
			if _, _, err = tr.engine.Survey(survey); err != nil {
				return err
			}
			if pixels, err = samplePixels(tr, survey, 20, 1.5); err == nil && fails > 0 {
				fails--
				return &vk.OutOfMemoryError{Name: "test"}
			}
			return err
		}); err != nil || fails > 0 {
			t.Fatalf("%d failures left, %v", fails, err)
		}
		if random, err = tr.source.MarshalBinary(); err != nil {
			t.Fatal(err)
		}
		return pixels, random
	}
	once, after := drawn(plain, 0)
	for fails, dev := range []*vk.Device{plain, checked, plain} {
		if again, next := drawn(dev, fails); !reflect.DeepEqual(once, again) || !reflect.DeepEqual(after, next) {
			t.Errorf("%d failures: pixels %v, want %v; the same random numbers follow: %v", fails, again, once, reflect.DeepEqual(after, next))
		}
	}
}
