package golden

import (
	"math"

	"igs/imageio"
	"igs/metric"
)

func sameShape(a, b *imageio.Image) bool {
	return a.W == b.W && a.H == b.H && a.C == b.C && len(a.Pix) > 0 && len(a.Pix) == len(b.Pix)
}

// PSNR is the peak signal-to-noise ratio in dB for a peak of 1. It is +Inf for equal pictures and NaN for pictures of
// different shape.
func PSNR(a, b *imageio.Image) float64 {
	if !sameShape(a, b) {
		return math.NaN()
	}
	var sum float64
	for i, v := range a.Pix {
		d := float64(v) - float64(b.Pix[i])
		sum += d * d
	}
	return -10 * math.Log10(sum/float64(len(a.Pix)))
}

// SSIM is the SSIM of metric.Scorer. It is NaN for pictures of different shape.
func SSIM(a, b *imageio.Image) float64 {
	if !sameShape(a, b) {
		return math.NaN()
	}
	s := metric.NewScorer(a.W, a.H, a.C)
	target, render := imageio.NewRow(a.C, a.W), imageio.NewRow(a.C, a.W)
	for y := range a.H {
		for c := range a.C {
			a.Row(c, y, target[c])
			b.Row(c, y, render[c])
		}
		s.Add(target, render)
	}
	return s.Scores().SSIM
}

// WritePNG writes a picture with 8 or 16 bits a sample.
func WritePNG(path string, m *imageio.Image, depth int) error {
	return imageio.WriteRows(path, imageio.Spec{W: m.W, H: m.H, C: m.C, Depth: depth}, func(y int, dst [][]float32) error {
		for c := range dst {
			m.Row(c, y, dst[c])
		}
		return nil
	})
}
