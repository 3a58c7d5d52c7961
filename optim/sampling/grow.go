package sampling

import (
	"math"
	"math/rand/v2"

	"igs/splat"
)

// Grow makes splats where the render is worst: on pixels sampled in proportion to (mean over channels of |T − C|)². T
// is the blurred target and C the render, clamped to [0,1]. scale is the σ of the splats, px.
//
// The colour of a splat is T. Blending weights are normalised, so a splat shows its own colour and does not add a
// correction to the picture. The public code uses the error T − C as colour, which costs 1.6 dB directly after an
// addition; a part of this loss remains.
func Grow(target *Blurred, render RowSource, add int, scale float64, rng *rand.Rand) (*splat.Splats, error) {
	var err error
	squares := make([]float32, target.m.W)
	picks := drawWeighted(rng, func(take func(row []float32)) {
		err = render(func(y int, row [][]float32) error {
			squaredErrors(squares, target.row(y), row)
			take(squares)
			return nil
		})
	}, add)
	if err != nil {
		return nil, err
	}
	p := placeSeeds(target.m, picks, add, scale, rng)
	p.paint(target.at)
	return p.splats, nil
}

// squaredErrors computes the square of the mean absolute error of each pixel of a row.
func squaredErrors(to []float32, target, render [][]float32) {
	for x := range to {
		sum := 0.0
		for c := range target {
			sum += math.Abs(float64(target[c][x] - min(max(render[c][x], 0), 1)))
		}
		mean := sum / float64(len(target))
		to[x] = float32(mean * mean)
	}
}
