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

// When the device refuses longer lists for a frame, the engine does not change and training goes on.
func TestRefusedListsStayAsTheyWere(t *testing.T) {
	vktest.Long(t)
	dev := vktest.Open(t)
	p, target := reference.RandomScene(11, 64, 48, 120, 3)
	for refuse := range 2 { // the first, or the second of the two lists
		counting, asked := false, 0
		vktest.Refuse(t, func() bool {
			if counting {
				asked++
			}
			return counting && asked == refuse+1
		})
		set := SetupFor(dev.Info(), 10)
		set.KeepGradients = true
		e := opened(t, dev, target.Samples(8), p, RequestFor(target, p), set)
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

// A step has the same bits when its numbers are copied to the device first, and when it is several submissions. With a
// pointwise loss its dispatches are timed too.
func TestSubmissionsGiveTheSameStep(t *testing.T) {
	vktest.Long(t)
	p, target := reference.RandomScene(11, 64, 200, 100, 3)
	for pointwise, dev := range map[bool]*vk.Device{false: vktest.Open(t), true: vktest.OpenPlainWith(t, vk.Options{Profile: true})} {
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
			if test.pixels == 1 { // one tile row is the minimum, so bands must be lower
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
			got.Means, want.Means = shaders.Terms{}, shaders.Terms{} // these are added up in other parts
			if !reflect.DeepEqual(got, want) {
				t.Errorf("pointwise %v, %+v: another step", pointwise, test)
			}
			if parts := len(e.inFlight[0].parts); parts != test.parts {
				t.Errorf("pointwise %v, %+v: %d submissions", pointwise, test, parts)
			}
			count, err := Commands(plan, set)
			if timed := len(e.Timings(0)); err != nil || pointwise && dev.Info().TimestampPeriod > 0 && timed != count.All() || count.Sequences != test.parts {
				t.Errorf("pointwise %v, %+v: %d dispatches are counted in %d submissions, %d timed, %v", pointwise, test, count.All(), count.Sequences, timed, err)
			}
			e.Close()
		}
	}
}
