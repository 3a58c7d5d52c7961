package metric

import (
	"math"

	"igs/imageio"
	"igs/internal/parallel"
)

// The measures of whole pictures. Tests compare them with definitions, other programs and the Scorer. They are NaN for
// pictures without pixels and for pictures of different size or number of channels. NaN fails every comparison with a
// limit.

// MSE returns the mean squared difference over all samples.
func MSE(a, b *imageio.Image) float64 {
	if !alike(a, b) {
		return math.NaN()
	}
	const piece = 1 << 16 // the order of the sum depends on the pieces, not on the goroutines
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

// PSNR returns the peak signal-to-noise ratio in dB for a peak of 1. It is +Inf for equal pictures.
func PSNR(a, b *imageio.Image) float64 {
	return -10 * math.Log10(MSE(a, b))
}

func alike(a, b *imageio.Image) bool {
	return a.W == b.W && a.H == b.H && a.C == b.C && len(a.Pix) > 0 && len(a.Pix) == len(b.Pix)
}

// SSIM returns the structural similarity as the mean over all pixels and channels. Samples outside the picture are 0,
// and the weights are not renormalised, as in training.
func SSIM(a, b *imageio.Image) float64 {
	if !alike(a, b) {
		return math.NaN()
	}
	meter := NewSimilarity(a.W, a.H, a.C)
	for i := range a.C * a.H {
		c, y := i/a.H, i%a.H
		meter.Add(c, a.Plane(c)[y*a.W:(y+1)*a.W], b.Plane(c)[y*a.W:(y+1)*a.W])
	}
	return meter.Mean()
}

// MSSSIM returns the structural similarity over five scales (Wang, Simoncelli and Bovik 2003); see joined. It is NaN
// for a picture with a side of 160 px or less.
func MSSSIM(a, b *imageio.Image) float64 {
	if !alike(a, b) || min(a.W, a.H) < leastSide {
		return math.NaN()
	}
	pyramids := make([]*scale, a.C)
	parallel.Runs(a.C, func(first, end int) {
		for c := first; c < end; c++ {
			pyramids[c] = newPyramid(a.W, a.H, newMemory(1))
			for y := range a.H {
				pyramids[c].add([][]float32{a.Plane(c)[y*a.W : (y+1)*a.W]}, [][]float32{b.Plane(c)[y*a.W : (y+1)*a.W]})
			}
		}
	})
	return joined(pyramids)
}

// FLIP returns the mean of FLIPMap: 0 for no perceived difference, 1 for the maximum. It is NaN for pictures of
// different size.
func FLIP(reference, test *imageio.Image) float64 {
	if !alike(reference, test) {
		return math.NaN()
	}
	g := newFLIPMeter(reference.W, reference.H)
	g.add(reference.H, rowsOf(reference), rowsOf(test), nil)
	return g.mean()
}

// FLIPMap returns the LDR-FLIP of each pixel, 0..1, in one channel; see flipMeter. It is nil for pictures of different
// size.
func FLIPMap(reference, test *imageio.Image) *imageio.Image {
	if !alike(reference, test) {
		return nil
	}
	m := imageio.New(reference.W, reference.H, 1)
	newFLIPMeter(m.W, m.H).add(m.H, rowsOf(reference), rowsOf(test), func(y, left int, errors []float32) {
		copy(m.Pix[y*m.W+left:], errors)
	})
	return m
}

// rowsOf returns the function that gives red, green and blue of a picture. A picture with fewer channels is grey.
func rowsOf(m *imageio.Image) func(c, y int) []float32 {
	return func(c, y int) []float32 {
		if m.C < 3 {
			c = 0
		}
		return m.Plane(c)[y*m.W:]
	}
}
