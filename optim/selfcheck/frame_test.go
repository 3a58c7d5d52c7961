package selfcheck

import (
	"fmt"
	"math"
	"testing"

	"igs/memory"
	"igs/optim/engine"
	"igs/shaders"
	"igs/splat"
	"igs/splat/reference"
	"igs/vk/vktest"
)

// The gradient in the frame of each splat agrees with the reference, with and without SSIM, for every layout of
// channels.
func TestFrameGradientAgreesWithReference(t *testing.T) {
	vktest.Long(t)
	dev := vktest.Open(t)
	for _, test := range []struct {
		channels, depth int
		half            bool
		loss            reference.LossWeights
	}{ // with the kernels of TestPointwiseStepAgreesWithReference
		{1, 8, false, reference.LossWeights{L2: 1}},
		{3, 8, false, reference.LossWeights{L2: 1}},
		{3, 8, true, reference.LossWeights{L2: 1}},
		{3, 8, false, reference.LossWeights{L2: 1, SSIM: 0.03}},
		{4, 16, false, reference.LossWeights{L2: 1}},
		{7, 8, false, reference.LossWeights{L1: 1}},
		{12, 8, true, reference.LossWeights{L2: 1}},
	} {
		t.Run(fmt.Sprintf("%d channels, half %v, %+v", test.channels, test.half, test.loss), func(t *testing.T) {
			p, target := deepScene(7, 53, 41, 80, test.channels, test.depth)
			set, request := engine.SetupFor(dev.Info(), 10), engine.RequestFor(target, p)
			request.Shape.Frame, request.Shape.Half, request.Shape.Pointwise = true, test.half, test.loss.SSIM == 0
			plan, err := memory.Choose(request, set.Limits)
			if err != nil {
				t.Fatal(err)
			}
			rows, err := pose(p, target, test.loss).compare(dev, plan, set)
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range rows {
				if !row.OK {
					t.Errorf("%s is %.3g off, limit %.3g", row.What, row.Error, row.Limit)
				}
			}
		})
	}
}

// frameRules are the settings of the recipe, with bounds narrow enough to take effect.
var frameRules = reference.AdamSettings{
	RateE: 0.4, RateTau: 0.15, RateTheta: 0.1, RateFeat: 0.05, Beta1: 0.78, Beta2: 0.85, Epsilon: 1e-6,
	ScaleMin: 0.1, ScaleMax: 0.9, Aspect: 5, FeatMargin: 0.1,
}

// Three steps of Adam in the frame of each splat give the parameters of the reference, with different ages and with
// bounds.
func TestFrameStepsAgreeWithReference(t *testing.T) {
	dev := vktest.Open(t)
	for _, channels := range []int{1, 3, 5} {
		p, target := reference.RandomScene(3, 60, 44, 70, channels)
		set, request := engine.SetupFor(dev.Info(), 10), engine.RequestFor(target, p)
		r := frameRules
		set.Bounds = engine.Bounds{ScaleMin: r.ScaleMin, ScaleMax: r.ScaleMax, Aspect: r.Aspect, Margin: r.FeatMargin}
		request.Shape.Frame, request.Shape.Pointwise = true, true
		plan, err := memory.Choose(request, set.Limits)
		if err != nil {
			t.Fatal(err)
		}
		e, err := engine.New(dev, target.Samples(8), p, plan, set)
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		samples := float64(60 * 44 * channels)
		step := shaders.Step{
			Weights: shaders.Weights{L2: float32(2 / samples)}, Unscale: float32(samples), RateXY: float32(r.RateE), RateScale: float32(r.RateTau), RateRot: float32(r.RateTheta), RateFeat: float32(r.RateFeat),
			Beta1: float32(r.Beta1), Beta2: float32(r.Beta2), Epsilon: float32(r.Epsilon),
		}
		want, adam := p.Clone(), reference.NewAdamFrame(p.N, channels)
		scene := reference.Scene{W: 60, H: 44, K: 10, Cut: engine.Cut}
		bounded := 0
		for n := 1; n <= 3; n++ {
			if err := e.Submit(n, step); err != nil {
				t.Fatal(err)
			}
			if report, err := e.Collect(n); err != nil || report.Broken != 0 || int(report.Pairs) > e.Plan().Pairs {
				t.Fatal(report, err)
			}
			f := reference.Forward(scene, want)
			_, _, gradient := reference.Loss(f, target, reference.LossWeights{L2: samples})
			adam.Step(scene, want, reference.FrameBackward(scene, want, f, gradient), r)
			got, err := e.Unload()
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range []struct {
				what      string
				got, want []float32
				limit     float64
			}{{"xy", got.XY, want.XY, 2e-4}, {"scale", got.Scale, want.Scale, 2e-3}, {"rot", got.Rot, want.Rot, 2e-3}, {"feat", got.Feat, want.Feat, 1e-3}} {
				if d := median(c.got, c.want); !(d <= c.limit) {
					t.Errorf("%d channels, step %d: %s is %.3g off in the middle, limit %.3g", channels, n, c.what, d, c.limit)
				}
			}
			for i, v := range want.Scale {
				if v == float32(r.ScaleMin) || v == float32(r.ScaleMax) {
					bounded++
				}
				if got.Scale[i] < float32(r.ScaleMin)*0.999 || got.Scale[i] > float32(r.ScaleMax)*1.001 {
					t.Fatalf("scale %v leaves its bounds", got.Scale[i])
				}
			}
			// Adam divides by the magnitude of the gradient. If the gradient is only rounding noise, the updates
			// differ, so the next step starts from the state of the reference.
			restart(t, e, want, adam)
		}
		if bounded == 0 {
			t.Error("no splat met a bound: the test does not see them")
		}
	}
}

// median returns the median of the absolute differences.
func median(got, want []float32) float64 {
	differences := make([]float64, len(want))
	for i := range want {
		differences[i] = math.Abs(float64(got[i]) - float64(want[i]))
	}
	return Median(differences)
}

// restart copies the state of the reference to the device.
func restart(t *testing.T, e *engine.Engine, p *splat.Splats, adam *reference.AdamFrame) {
	t.Helper()
	stride := e.Plan().Shape.Splats
	planes := func(g *reference.FrameGradients) []float32 {
		s := splat.New(p.N, p.C)
		for _, c := range []struct {
			to   []float32
			from []float64
		}{{s.XY, g.E}, {s.Scale, g.Tau}, {s.Rot, g.Theta}, {s.Feat, g.Feat}} {
			for i, v := range c.from {
				c.to[i] = float32(v)
			}
		}
		return engine.Planes(s, stride)
	}
	ages := make([]float32, stride)
	for i, n := range adam.Age {
		ages[i] = math.Float32frombits(uint32(n))
	}
	moments := append(append(planes(adam.M), planes(adam.V)...), ages...)
	if err := e.Restore(engine.Snapshot{Splats: p.N, Params: engine.Encode(engine.Planes(p, stride)), Moments: engine.Encode(moments)}); err != nil {
		t.Fatal(err)
	}
}
