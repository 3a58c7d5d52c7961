package selfcheck

import (
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"igs/memory"
	"igs/optim/engine"
	"igs/splat/reference"
	"igs/vk/vktest"
)

// Removal costs and errors agree with the reference for every division of the picture.
func TestSurveyAgreesWithReference(t *testing.T) {
	vktest.Long(t)
	dev := vktest.Open(t)
	const w, h, sigma = 45, 75, 1
	for _, channels := range []int{1, 3, 4, 12} {
		p, target := reference.RandomScene(5, w, h, 70, channels)
		scene := reference.Scene{W: w, H: h, K: 10, Cut: engine.Cut}
		frame := reference.Forward(scene, p)
		costs := reference.RemovalCost(scene, p, frame, target)
		sharp, blurred := reference.ErrorWeights(frame, target, sigma)
		for _, cut := range []struct {
			name     string
			half     bool
			mode     memory.Mode
			rows     int
			streamed bool
		}{
			{"stored", false, memory.Stored, 0, false},
			{"stored, float16", true, memory.Stored, 0, false},
			{"bands of 1", false, memory.Banded, 1, false},
			{"bands of 2", false, memory.Banded, 2, false},
			{"bands of 4, float16, streamed", true, memory.Banded, 4, true},
		} {
			// Three channels have all cases. One and four have float16 once, twelve have it always.
			if channels != 3 && cut.half != (channels == 12) && !cut.streamed && os.Getenv("IGS_STRESS") == "" {
				continue
			}
			t.Run(fmt.Sprintf("%d channels, %s", channels, cut.name), func(t *testing.T) {
				set, request := engine.SetupFor(dev.Info(), 10), engine.RequestFor(target, p)
				request.Shape.Pointwise, request.Shape.Rounds, request.Shape.Frame = true, true, true
				request.Shape.Half, request.Mode = cut.half, cut.mode
				if cut.rows > 0 {
					set.Limits.BandTiles, set.Limits.BandRows = 1, cut.rows
				}
				plan, err := memory.Choose(request, set.Limits)
				for _, rung := range memory.Ladder(request, set.Limits) {
					if cut.streamed && rung.Streamed {
						plan = rung
						break
					}
				}
				if err != nil || plan.Streamed != cut.streamed {
					t.Fatal(plan, err)
				}
				e, err := engine.New(dev, target.Samples(8), p, plan, set)
				if err != nil {
					t.Fatal(err)
				}
				defer e.Close()
				got, sse, err := e.Survey(engine.SurveyOptions{Costs: true, Errors: engine.Blurred, Sigma: sigma})
				if err != nil {
					t.Fatal(err)
				}
				limit := 1e-4
				if cut.half {
					limit = 1e-2
				}
				if d := distance(got, costs); !(d <= limit) {
					t.Errorf("removal costs are %.2g off, limit %.2g", d, limit)
				}
				sum := 0.
				for _, v := range sharp {
					sum += v
				}
				if d := math.Abs(sse/sum - 1); !(d <= limit) {
					t.Errorf("the sum of squared errors is %.2g off, limit %.2g", d, limit)
				}
				for _, c := range []struct {
					which engine.Errors
					want  []float64
				}{{engine.Blurred, blurred}, {engine.Sharp, sharp}, {engine.Sharp, sharp}, {engine.Blurred, blurred}} {
					var errors []float32
					if err := e.Errors(engine.SurveyOptions{Errors: c.which, Sigma: sigma}, func(row []float32) { errors = append(errors, slices.Clone(row)...) }); err != nil {
						t.Fatal(err)
					}
					if len(errors) != w*h {
						t.Fatalf("%d errors of %d pixels", len(errors), w*h)
					}
					if d := distance(errors, c.want); !(d <= limit) {
						t.Errorf("errors %d are %.2g off", c.which, d)
					}
				}
			})
		}
	}
}
