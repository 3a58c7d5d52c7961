package optim

import (
	"bytes"
	"context"
	"reflect"
	"testing"

	"igs/splat/reference"
	"igs/vk/vktest"
)

// A run whose first splats were placed before is the run that places them itself.
func TestPlacedBefore(t *testing.T) {
	dev := vktest.OpenPlain(t)
	_, target := reference.RandomScene(11, 30, 23, 1, 3)
	run := igsRun(40, 20)
	trained := func(start Start) *State {
		tr, err := NewFrom(dev, target.Samples(8), run, start, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer tr.Close()
		if err := tr.Take(context.Background(), 12); err != nil {
			t.Fatal(err)
		}
		s, err := tr.State()
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	placed, err := Place(target.Samples(8), run)
	if err != nil {
		t.Fatal(err)
	}
	want, got := trained(Start{}), trained(Start{Placed: placed})
	if !reflect.DeepEqual(got.Splats, want.Splats) || !bytes.Equal(got.Random, want.Random) {
		t.Error("other splats")
	}
}
