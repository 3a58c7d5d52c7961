package selfcheck

import (
	"fmt"
	"testing"

	"igs/memory"
	"igs/optim/engine"
	"igs/splat"
	"igs/splat/reference"
	"igs/vk/vktest"
)

// The slopes of the squared error agree with the reference, for every way of training.
func TestSlopesAgreeWithReference(t *testing.T) {
	dev := vktest.Open(t)
	const w, h = 61, 70
	for _, cut := range []struct {
		channels    int
		half, frame bool
		rows        int // of a band; 0: all
		streamed    bool
	}{{1, false, true, 0, false}, {3, false, true, 2, false}, {3, false, false, 0, false}, {4, true, true, 2, true}} {
		t.Run(fmt.Sprintf("%+v", cut), func(t *testing.T) {
			p, target := reference.RandomScene(5, w, h, 60, cut.channels)
			scene := reference.Scene{W: w, H: h, K: 10, Cut: engine.Cut}
			frame := reference.Forward(scene, p)
			slope := make([]float64, len(frame.Color))
			for i, c := range frame.Color {
				slope[i] = 2 * (c - float64(target.Pix[i]))
			}
			gradient := reference.Backward(scene, p, frame, slope)
			curvature := reference.Curvature(scene, p, frame)

			set, request := engine.SetupFor(dev.Info(), 10), engine.RequestFor(target, p)
			request.Shape.Pointwise, request.Shape.Frame, request.Shape.Half = cut.frame, cut.frame, cut.half
			if cut.rows > 0 {
				set.Limits.BandTiles, set.Limits.BandRows = 1, cut.rows
				request.Mode, request.Streamed = memory.Banded, cut.streamed
			}
			plan, err := memory.Choose(request, set.Limits)
			if err != nil || plan.Streamed != cut.streamed {
				t.Fatal(plan.Streamed, err)
			}
			e, err := engine.New(dev, target.Samples(8), p, plan, set)
			if err != nil {
				t.Fatal(err)
			}
			defer e.Close()
			limit := 2e-4
			if cut.half {
				limit = 2e-2
			}
			bent, err := e.Curvature()
			if err != nil {
				t.Fatal(err)
			}
			for k, of := range []func(splat.Curvature) float64{
				func(c splat.Curvature) float64 { return c.Weight },
				func(c splat.Curvature) float64 { return c.UU }, func(c splat.Curvature) float64 { return c.VV },
				func(c splat.Curvature) float64 { return c.UUUU }, func(c splat.Curvature) float64 { return c.VVVV },
				func(c splat.Curvature) float64 { return c.UUVV },
			} {
				var got []float32
				var want []float64
				for i := range bent {
					got, want = append(got, float32(of(bent[i]))), append(want, of(curvature[i]))
				}
				if d := distance(got, want); !(d <= limit) {
					t.Errorf("number %d of the curvature is %.2g off, limit %.2g", k, d, limit)
				}
			}
			got, err := e.Gradient(p)
			if err != nil || got == nil {
				t.Fatal(got, err)
			}
			for i := range p.N { // from the parameters to px and logarithms
				gradient.XY[2*i] /= w
				gradient.XY[2*i+1] /= h
				gradient.Scale[2*i] *= float64(p.Scale[2*i])
				gradient.Scale[2*i+1] *= float64(p.Scale[2*i+1])
			}
			for _, c := range []struct {
				name string
				got  []float32
				want []float64
			}{{"positions", got.XY, gradient.XY}, {"scales", got.Scale, gradient.Scale}, {"angles", got.Rot, gradient.Rot}, {"features", got.Feat, gradient.Feat}} {
				if d := distance(c.got, c.want); !(d <= limit) {
					t.Errorf("the gradient of %s is %.2g off, limit %.2g", c.name, d, limit)
				}
			}
		})
	}
}
