package engine

import (
	"math"
	"testing"

	"igs/imageio"
	"igs/memory"
	"igs/shaders"
	"igs/splat"
	"igs/vk/vktest"
)

// A splat that covers 65 790 tiles is rendered in all of them and gets a gradient from all of them. One invocation
// walks these tiles when lists are made and when gradients are gathered. lavapipe ends loops after 65 535 iterations,
// so bands must be low enough. On this picture, in float16, the 128 MiB that lavapipe binds would allow a band of 256
// tile rows. These are 65 280 tiles: with the iterations of the loop over rows too many, and the last row of the band
// would be missing.
func TestSplatOverMoreTilesThanLoopsTake(t *testing.T) {
	vktest.Long(t)
	const w, h = 4080, 4128
	dev := vktest.OpenPlain(t)
	p := splat.New(3, 1)
	copy(p.XY, []float32{0.5, 0.5, 0.5, 0.5, 0.25, 0.75})
	copy(p.Scale, []float32{1e-9, 1e-9, 0.25, 0.25, 0.25, 0.25}) // 1/sigma: the first has a weight of 1 everywhere
	copy(p.Feat, []float32{0.5, 0.2, 0.9})
	target := imageio.New(w, h, 1)
	target.Depth = 8
	request := RequestFor(target, p)
	request.Shape.Pointwise, request.Shape.Half = true, true
	set := SetupFor(dev.Info(), 10)
	set.KeepGradients = true
	plan, err := memory.Choose(request, set.Limits)
	if err != nil {
		t.Fatal(err)
	}
	e, err := New(dev, target.Samples(8), p, plan, set)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	got, err := e.Probe(shaders.Terms{L2: 1})
	if err != nil {
		t.Fatal(err)
	}
	alone := 0.5 / (1 + 1e-4) // the colour of pixels that no other splat reaches
	for _, x := range []int{0, w - 1} {
		for y := range h {
			if at := y*w + x; math.Abs(got.Image[at]-alone) > 5e-4 { // float16
				t.Fatalf("the pixel at %d, %d is %g, want %g", x, y, got.Image[at], alone)
			}
		}
	}
	// The loss is the mean of C^2, and dC/df of the wide splat 1/D.
	slope, near := 0.0, 0
	for _, i := range []int{1, 2} {
		x, y := int(p.XY[2*i]*float32(w)), int(p.XY[2*i+1]*float32(h))
		for row := y - 30; row < y+30; row++ {
			for column := x - 30; column < x+30; column++ {
				dx, dy := float64(column)+0.5-float64(p.XY[2*i])*float64(w), float64(row)+0.5-float64(p.XY[2*i+1])*float64(h)
				weight := math.Exp(-(dx*dx + dy*dy) / 32)
				d := 1 + weight + 1e-4
				slope += 2 * (0.5 + weight*float64(p.Feat[i])) / d / d
				near++
			}
		}
	}
	slope = (slope + float64(w*h-near)*2*alone/(1+1e-4)) / float64(w*h)
	if d := float64(got.Gradients.Feat[0])/slope - 1; !(math.Abs(d) < 2e-3) { // 65 790 sums of float32, one by one
		t.Errorf("gradient of the feature is %g, want %g: %.1g off", got.Gradients.Feat[0], slope, d)
	}
}
