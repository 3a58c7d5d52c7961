package engine

import (
	"reflect"
	"testing"

	"igs/memory"
	"igs/shaders"
	"igs/splat/reference"
	"igs/vk"
	"igs/vk/vktest"
)

// A device that refuses longer lists for a frame leaves the engine as it was: training goes on.
func TestRefusedListsStayAsTheyWere(t *testing.T) {
	p, target := reference.RandomScene(11, 64, 48, 120, 3)
	for refuse := range 2 { // the first, or the second of the two lists
		counting, asked := false, 0
		dev := vktest.OpenWith(t, vk.Options{FailAllocation: func(int) bool {
			if counting {
				asked++
			}
			return counting && asked == refuse+1
		}})
		set := SetupFor(dev.Info(), 10)
		set.KeepGradients = true
		plan, err := memory.Choose(RequestFor(target, p), set.Limits)
		if err != nil {
			t.Fatal(err)
		}
		e, err := New(dev, target.Samples(8), p, plan, set)
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		want, err := e.Probe(shaders.Terms{L1: 1, SSIM: 0.1})
		if err != nil {
			t.Fatal(err)
		}
		before := e.Plan()
		counting = true
		if err := e.extend(before.Pairs + 5000); !OutOfMemory(err) {
			t.Errorf("list %d: %v", refuse, err)
		}
		if e.Plan().Pairs != before.Pairs || e.Plan().Bytes() != before.Bytes() {
			t.Errorf("list %d: %d pairs planned, want %d", refuse, e.Plan().Pairs, before.Pairs)
		}
		if err := e.Record(); err != nil {
			t.Fatal(err)
		}
		if got, err := e.Probe(shaders.Terms{L1: 1, SSIM: 0.1}); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("list %d: another step than before, %v", refuse, err)
		}
	}
}

// Numbers that were copied first, and a step in several submissions, are the step they were.
func TestSubmissionsGiveTheSameStep(t *testing.T) {
	dev := vktest.OpenWith(t, vk.Options{Profile: true})
	p, target := reference.RandomScene(11, 64, 200, 300, 3)
	for _, pointwise := range []bool{false, true} {
		var want Probe
		for i, test := range []struct {
			far    bool
			pixels int // of a submission
			parts  int
		}{{false, 0, 1}, {true, 0, 1}, {false, 64 * 64, 4}, {true, 2 * 64 * 64, 2}, {true, 1, 4}} {
			set, request := SetupFor(dev.Info(), 10), RequestFor(target, p)
			set.KeepGradients, set.Far, set.Limits.SubmitPixels = true, test.far, test.pixels
			set.Limits.BandTiles, set.Limits.BandRows = 1, 4
			request.Mode, request.Shape.Half, request.Shape.Pointwise = memory.Banded, true, pointwise
			plan, err := memory.Choose(request, set.Limits)
			if err != nil {
				t.Fatal(err)
			}
			if test.pixels == 1 { // a tile row is the least: bands are lower
				test.parts = 13
			}
			e, err := New(dev, target.Samples(8), p, plan, set)
			if err != nil {
				t.Fatal(err)
			}
			got, err := e.Probe(shaders.Terms{L1: 1, SSIM: 0.1})
			if err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				want = got
			}
			got.Means, want.Means = shaders.Terms{}, shaders.Terms{} // sums of other parts
			if !reflect.DeepEqual(got, want) {
				t.Errorf("pointwise %v, %+v: another step", pointwise, test)
			}
			if parts := len(e.slots[0].parts); parts != test.parts {
				t.Errorf("pointwise %v, %+v: %d submissions", pointwise, test, parts)
			}
			count, err := Commands(plan, set)
			if timed := len(e.Timings(0)); err != nil || dev.Info().TimestampPeriod > 0 && timed != count.All() || count.Sequences != test.parts {
				t.Errorf("pointwise %v, %+v: %d dispatches are counted in %d submissions, %d timed, %v", pointwise, test, count.All(), count.Sequences, timed, err)
			}
			e.Close()
		}
	}
}
