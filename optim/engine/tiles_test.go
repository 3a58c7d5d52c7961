package engine

import (
	"math"
	"slices"
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
	target := imageio.NewSamples(w, h, 1, 8)
	request := RequestFor(&imageio.Image{W: w, H: h, C: 1, Depth: 8}, p)
	request.Shape.Pointwise, request.Shape.Half = true, true
	set := SetupFor(dev.Info(), p.N) // all splats count
	set.KeepGradients = true
	e := opened(t, dev, target, p, request, set)
	got, err := e.probeStep(shaders.Terms{L2: 1}, Offset{})
	if err != nil {
		t.Fatal(err)
	}
	// The loss is the mean of C^2, and dC/df of the wide splat 1/D.
	const alone = 0.5 / (1 + 1e-4) // the colour of pixels that no other splat reaches
	loss, slope, near := 0.0, 0.0, 0
	for _, i := range []int{1, 2} {
		x, y := int(p.XY[2*i]*float32(w)), int(p.XY[2*i+1]*float32(h))
		for row := y - 30; row < y+30; row++ {
			for column := x - 30; column < x+30; column++ {
				dx, dy := float64(column)+0.5-float64(p.XY[2*i])*float64(w), float64(row)+0.5-float64(p.XY[2*i+1])*float64(h)
				weight := math.Exp(-(dx*dx + dy*dy) / 32)
				d := 1 + weight + 1e-4
				c := (0.5 + weight*float64(p.Feat[i])) / d
				loss, slope = loss+c*c, slope+2*c/d
				near++
			}
		}
	}
	loss = (loss + float64(w*h-near)*alone*alone) / float64(w*h)
	if d := got.Means.L2/loss - 1; !(math.Abs(d) < 4e-6) { // a tile that is not rendered changes it by 1.5e-5
		t.Errorf("the loss is %g, want %g: %.1g off", got.Means.L2, loss, d)
	}
	slope = (slope + float64(w*h-near)*2*alone/(1+1e-4)) / float64(w*h)
	if d := float64(got.Gradients.Feat[0])/slope - 1; !(math.Abs(d) < 2e-3) { // 65 790 sums of float32, one by one
		t.Errorf("gradient of the feature is %g, want %g: %.1g off", got.Gradients.Feat[0], slope, d)
	}
	// The same holds for what is drawn: no band lacks its last tile row.
	line, drawn := make([]float32, w), 0
	if err := e.render(func(v view) error {
		begin, end := v.rows()
		drawn += end - begin
		if !slices.ContainsFunc(e.bands, func(b memory.Band) bool { return v.row == b.DrawEnd-1 }) {
			return nil
		}
		for y := begin; y < end; y++ {
			v.line(y, 0, line)
			for _, x := range []int{0, w - 1} {
				if !(math.Abs(float64(line[x])-alone) < 5e-4) { // float16
					t.Errorf("the pixel at %d, %d is %g, want %g", x, y, line[x], alone)
				}
			}
		}
		return nil
	}); err != nil || drawn != h {
		t.Errorf("%d rows of %d, %v", drawn, h, err)
	}
}
