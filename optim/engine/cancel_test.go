package engine

import (
	"errors"
	"testing"

	"igs/memory"
	"igs/shaders"
	"igs/splat/reference"
	"igs/vk/vktest"
)

// An evaluation ends between two parts when it is cancelled. The next one measures the same as one before.
func TestCancelledEvaluation(t *testing.T) {
	dev := vktest.Open(t)
	for _, streamed := range []bool{false, true} {
		p, target := reference.RandomScene(31, 80, 70, 90, 3)
		set, request := SetupFor(dev.Info(), 10), RequestFor(target, p)
		set.Limits.BandTiles, set.Limits.BandRows, set.Limits.SubmitPixels = 1, 1, 1
		request.Mode = memory.Banded
		e, err := New(dev, target.Samples(8), p, planOf(t, request, set, streamed), set)
		if err != nil {
			t.Fatal(err)
		}
		step := shaders.Step{Weights: shaders.Weights{L1: 1, L2: 1}, Unscale: 1, Epsilon: 1, Correction1: 1, Correction2: 1}
		asked, left := 0, errors.New("left")
		measure := func(until int) (shaders.Report, error) {
			asked = 0
			return e.Measure(step, func() error {
				if asked++; asked > until {
					return left
				}
				return nil
			})
		}
		want, err := measure(100)
		parts := asked
		if err != nil || parts < 4 {
			t.Fatalf("%d parts: %v", parts, err)
		}
		for _, until := range []int{0, 1, 3} {
			if _, err := measure(until); err != left || asked != until+1 {
				t.Errorf("cancelled after %d of %d parts: %v, asked %d times", until, parts, err, asked)
			}
			if got, err := measure(100); err != nil || got != want {
				t.Errorf("after that: %+v, want %+v, %v", got, want, err)
			}
		}
		e.Close()
	}
}
