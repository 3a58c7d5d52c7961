package reference

import (
	"math"

	"igs/imageio"
	"igs/internal/parallel"
)

// ErrorWeights returns the error of each pixel, [H][W], without a blur and blurred with a Gaussian of sigma px. With
// sigma 0 nothing is blurred. Splats are added in proportion to powers of these errors (docs/recipe.md).
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

// gaussian returns one axis of the blur: taps up to ⌈3σ⌉ on each side, with the sum 1.
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

// blur convolves a plane of w × h with the taps, first along rows, then along columns.
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

// mirrored returns the index of sample i in a row of n samples, reflected about the edge of the picture: −1 becomes 0,
// −2 becomes 1, n becomes n−1. Samples beyond the reflected picture become its last sample.
func mirrored(i, n int) int {
	if i < 0 {
		i = -1 - i
	}
	if i >= n {
		i = 2*n - 1 - i
	}
	return min(max(i, 0), n-1)
}
