package metric

import (
	"math"
)

// The window and the constants of SSIM, for a data range of 1. Samples outside the picture are 0, and the weights are
// not renormalised, as in training.
const (
	reach = 5 // the window is 11 x 11
	sigma = 1.5
	c1    = 0.01 * 0.01
	c2    = 0.03 * 0.03
)

// half is one half of the Gaussian window along one axis, from its centre. The whole window has 2·reach+1 weights with
// the sum 1.
var half = func() (w [reach + 1]float64) {
	sum := 0.0
	for i := range w {
		w[i] = math.Exp(-float64(i*i) / (2 * sigma * sigma))
		sum += 2 * w[i]
	}
	sum -= w[0]
	for i := range w {
		w[i] /= sum
	}
	return w
}()

// The four window means that SSIM needs. SSIM depends only on the sum of the two variances, so one mean holds the
// squares of both pictures.
const (
	meanA = iota
	meanB
	meanSquares
	meanProduct
	means
)

// index sums the SSIM of the pixels from first to end-1 of a row from its four means.
func index(column []float64, w, first, end int) float64 {
	sum := 0.0
	for x := first; x < end; x++ {
		a, b := column[meanA*w+x], column[meanB*w+x]
		squares, product := column[meanSquares*w+x], column[meanProduct*w+x]
		between := a*a + b*b
		sum += (2*a*b + c1) * (2*(product-a*b) + c2) /
			((between + c1) * (squares - between + c2))
	}
	return sum
}
