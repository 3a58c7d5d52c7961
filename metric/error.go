// Package metric says how close two pictures are: MSE, PSNR, SSIM, MS-SSIM and FLIP on
// planar float32 samples of data range 1.
//
// Nothing is clamped, save by FLIP: who compares a render with a target clamps it first. Sums are
// float64, taken in an order that the number of processors does not change, so that every
// run gives the same value. Pictures of different size or number of channels
// have no distance: NaN, which fails every comparison with a limit. The same goes for
// pictures without pixels.
package metric

import (
	"math"

	"igs/imageio"
	"igs/internal/parallel"
)

// MSE is the mean squared difference over all samples.
func MSE(a, b *imageio.Image) float64 {
	if !alike(a, b) {
		return math.NaN()
	}
	const piece = 1 << 16 // the pieces, not the goroutines, fix the order of the sum
	pieces := (len(a.Pix) + piece - 1) / piece
	sums := make([]float64, pieces)
	parallel.Runs(pieces, func(first, end int) {
		for i := first; i < end; i++ {
			stop := min((i+1)*piece, len(a.Pix))
			sums[i] = squares(a.Pix[i*piece:stop], b.Pix[i*piece:stop])
		}
	})
	return total(sums) / float64(len(a.Pix))
}

func squares(a, b []float32) float64 {
	sum := 0.0
	for i, v := range a {
		d := float64(v) - float64(b[i])
		sum += d * d
	}
	return sum
}

// PSNR is the peak signal-to-noise ratio in dB for a peak of 1: +Inf when equal.
func PSNR(a, b *imageio.Image) float64 {
	return -10 * math.Log10(MSE(a, b))
}

func alike(a, b *imageio.Image) bool {
	return a.W == b.W && a.H == b.H && a.C == b.C && len(a.Pix) > 0 && len(a.Pix) == len(b.Pix)
}
