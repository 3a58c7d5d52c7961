package engine

import (
	"reflect"
	"testing"

	"igs/memory"
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
		want, err := e.Probe(1, 0, 0.1)
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
		if got, err := e.Probe(1, 0, 0.1); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("list %d: another step than before, %v", refuse, err)
		}
	}
}
