package optim

import (
	"math"
	"testing"

	"igs/imageio"
	"igs/metric"
	"igs/splat"
	"igs/vk/vktest"
)

// A render at twice the size is the same picture, only sharper: averaged two by two it is the render at the size of training.
func TestRenderAtTwiceTheSizeHasNoShift(t *testing.T) {
	dev := vktest.Open(t)
	p, _ := splat.RandomScene(2, 64, 48, 40, 3)
	for i := range p.Scale { // nothing finer than 4 px, which averaging would lose
		p.Scale[i] = min(p.Scale[i], 0.25)
	}
	model := &splat.Model{Splats: p, W: 64, H: 48, Layers: splat.Plain(p.C, 8), Gamma: 1, TopK: 40}
	small, err := Render(dev, model, 64, 48)
	if err != nil {
		t.Fatal(err)
	}
	large, err := Render(dev, model, 128, 96)
	if err != nil {
		t.Fatal(err)
	}
	half := imageio.New(64, 48, 3)
	for c := range 3 {
		for y := range 48 {
			for x := range 64 {
				sum := large.At(c, 2*y, 2*x) + large.At(c, 2*y+1, 2*x) + large.At(c, 2*y, 2*x+1) + large.At(c, 2*y+1, 2*x+1)
				half.Plane(c)[y*64+x] = sum / 4
			}
		}
	}
	if psnr := metric.PSNR(half, small); psnr < 40 {
		t.Errorf("averaged 2x render and 1x render are %.1f dB apart", psnr)
	}
}

// Hairs of 0.1 x 40 px: where terms of the exponent cancel, no pass may stop before a splat that counts.
func TestThinSplatsAgreeWithReference(t *testing.T) {
	dev := vktest.Open(t)
	p, target := splat.RandomScene(4, 90, 70, 80, 3)
	for i := 0; i < p.N; i += 2 {
		p.Scale[2*i], p.Scale[2*i+1], p.Rot[i] = 10, 0.025, math.Pi/4+float32(i)*0.01
	}
	rows, err := compare(dev, p, target, splat.LossWeights{L2: 1}, setupFor(dev.Info(), 10))
	if err != nil {
		t.Fatal(err)
	}
	// The terms reach 1e5 and cancel to 1, so float32 leaves errors of 2e-3; a splat that is missed leaves tenths.
	for _, row := range rows {
		if !(row.Error < 5e-3) {
			t.Errorf("%s is %.3g off", row.What, row.Error)
		}
	}
}

// Splats that are no numbers, infinitely wide, or far outside are drawn as the reference draws them.
func TestDegenerateSplatsAgreeWithReference(t *testing.T) {
	dev := vktest.Open(t)
	p, target := splat.RandomScene(9, 48, 40, 40, 3)
	inf := float32(math.Inf(1))
	nan := inf - inf
	p.XY[0], p.XY[2], p.Scale[4], p.Rot[3] = nan, inf, nan, nan
	p.Scale[8], p.Scale[9] = 0, 0     // covers everything
	p.Scale[10], p.Scale[11] = 0, 0.5 // a stripe
	p.XY[12], p.XY[13] = 40, -40
	p.Scale[14], p.Scale[15] = 1e-30, 1e30
	p.Scale[16], p.Scale[17] = -0.2, 0.3 // the sign means nothing
	p.Rot[9] = 700
	rows, err := compare(dev, p, target, splat.LossWeights{L2: 1}, setupFor(dev.Info(), 10))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[:3] {
		if !row.OK {
			t.Errorf("%s is %.3g off, limit %.3g", row.What, row.Error, row.Limit)
		}
	}
}
