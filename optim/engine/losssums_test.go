package engine

import (
	"math"
	"testing"

	"igs/imageio"
	"igs/internal/golden"
	"igs/shaders"
	"igs/splat/reference"
	"igs/vk/vktest"
)

// Sums that have more than one part of 4096, of errors and of SSIM, agree with those of the picture.
func TestManySumsAreThoseOfThePicture(t *testing.T) {
	dev := vktest.Open(t)
	for _, test := range []struct {
		w, h, channels int
		pointwise      bool
		sums           int // at least
	}{{1040, 1056, 1, true, 4200}, {24, 1400, 3, false, 4200}, {24, 48, 3, false, 1}} {
		p, target := reference.RandomScene(8, test.w, test.h, 40, test.channels)
		set, request := SetupFor(dev.Info(), 10), RequestFor(target, p)
		set.Limits.Fused, request.Shape.Pointwise = 0, test.pointwise
		e := opened(t, dev, target.Samples(8), p, request, set)
		got, err := e.Probe(shaders.Terms{L1: 1, L2: 1, SSIM: 0.1})
		if err != nil {
			t.Fatal(err)
		}
		if sums := max(e.sums.errorCount, e.sums.ssimCount); sums < test.sums {
			t.Errorf("%+v: %d sums", test, sums)
		}
		drawn := imageio.New(target.W, target.H, target.C)
		var l1, l2 float64
		for i, v := range got.Image {
			drawn.Pix[i] = float32(v)
			d := v - float64(target.Pix[i])
			l1, l2 = l1+math.Abs(d)/float64(len(got.Image)), l2+d*d/float64(len(got.Image))
		}
		ssim := 0.0
		if !test.pointwise { // a pointwise loss has no SSIM
			ssim = golden.SSIM(drawn, target)
		}
		if !(math.Abs(got.Means.L1/l1-1) < 1e-5 && math.Abs(got.Means.L2/l2-1) < 1e-5 && math.Abs(got.Means.SSIM-ssim) < 1e-4) {
			t.Errorf("%+v: %.7g, %.7g, %.7g on the device; %.7g, %.7g, %.7g of the picture", test, got.Means.L1, got.Means.L2, got.Means.SSIM, l1, l2, ssim)
		}
	}
}
