package optim

import (
	"context"
	"reflect"
	"testing"
	"time"

	"igs/shaders"
	"igs/splat"
	"igs/splat/reference"
	"igs/vk/vktest"
)

// One long step is in flight, so a signal does not wait for two. The run has the same bits.
func TestOneLongStepIsInFlight(t *testing.T) {
	defer func(before time.Duration) { longStep = before }(longStep)
	dev := vktest.OpenPlain(t)
	_, target := reference.RandomScene(11, 30, 23, 1, 3)
	run := restless()
	run.Steps = 30
	trained := func(limit time.Duration) (most int, p *splat.Splats) {
		longStep = limit
		tr, err := New(dev, target.Samples(8), run, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer tr.Close()
		tr.editStep = func(step int, n *shaders.Step) {
			spoil(step, n)
			most = max(most, tr.inFlight+1)
		}
		if err := tr.Take(context.Background(), run.Steps); err != nil {
			t.Fatal(err)
		}
		if p, err = tr.Splats(); err != nil {
			t.Fatal(err)
		}
		return most, p
	}
	two, want := trained(time.Hour)
	one, got := trained(0)
	if two != 2 || one != 1 || !reflect.DeepEqual(got, want) {
		t.Errorf("%d and %d steps in flight, or other bits", two, one)
	}
}
