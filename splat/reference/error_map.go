package reference

import (
	"math"

	"igs/imageio"
	"igs/internal/parallel"
)

// ErrorWeights is the error of each pixel, [H][W], as it is and blurred with a Gaussian of
// sigma px; sigma 0 blurs nothing. docs/recipe.md adds splats by powers of these.
//
//	error = Σ_c (clamp(C, 0, 1) − T)²
func ErrorWeights(f *Frame, target *imageio.Image, sigma float64) (sharp, blurred []float64) {
	plane := f.W * f.H
	sharp = make([]float64, plane)
	for i, color := range f.Color {
		e := min(max(color, 0), 1) - float64(target.Pix[i])
		sharp[i%plane] += float64(e * e)
	}
	return sharp, blur(sharp, f.W, f.H, gaussian(sigma))
}

// gaussian is one axis of the blur: taps out to ⌈3σ⌉ on either side, of sum 1.
func gaussian(sigma float64) []float64 {
	if sigma <= 0 {
		return []float64{1}
	}
	radius := int(math.Ceil(3 * sigma))
	taps := make([]float64, 2*radius+1)
	sum := 0.0
	for i := range taps {
		x := float64(i-radius) / sigma
		taps[i] = math.Exp(-x * x / 2)
		sum += taps[i]
	}
	for i := range taps {
		taps[i] /= sum
	}
	return taps
}

// blur convolves a plane of w×h with the taps, rows first, then columns.
func blur(plane []float64, w, h int, taps []float64) []float64 {
	radius := len(taps) / 2
	across := make([]float64, len(plane))
	down := make([]float64, len(plane))
	parallel.Each(h, func(_, row int) {
		for column := range w {
			for k, tap := range taps {
				across[row*w+column] += float64(tap * plane[row*w+mirrored(column+k-radius, w)])
			}
		}
	})
	parallel.Each(h, func(_, row int) {
		for column := range w {
			for k, tap := range taps {
				down[row*w+column] += float64(tap * across[mirrored(row+k-radius, h)*w+column])
			}
		}
	})
	return down
}

// mirrored is the place of sample i on a line of n: −1 is 0, −2 is 1, n is n−1. The edge
// of the picture is the mirror. What lies beyond the mirror image is the last sample.
func mirrored(i, n int) int {
	if i < 0 {
		i = -1 - i
	}
	if i >= n {
		i = 2*n - 1 - i
	}
	return min(max(i, 0), n-1)
}
