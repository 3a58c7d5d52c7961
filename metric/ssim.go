package metric

import (
	"math"

	"igs/imageio"
	"igs/internal/parallel"
)

// The window and the constants of SSIM, for a data range of 1.
const (
	reach = 5 // the window is 11 x 11
	sigma = 1.5
	c1    = 0.01 * 0.01
	c2    = 0.03 * 0.03
)

// half is the Gaussian window along one axis from its centre outwards; the whole of it,
// 2*reach+1 weights, sums to 1.
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

// SSIM is the structural similarity, the mean over all pixels and channels. Outside the
// picture samples count as 0 and the weights are not renormalised, as in training.
func SSIM(a, b *imageio.Image) float64 {
	if !alike(a, b) {
		return math.NaN()
	}
	rows := make([]float64, a.C*a.H)
	for c := range a.C {
		p := pair{a.Plane(c), b.Plane(c), a.W, a.H}
		parallel.Runs(a.H, func(first, end int) {
			p.eachRow(first, end, func(y int, column []float64) { rows[c*a.H+y] = index(column, p.w, 0, p.w) })
		})
	}
	return total(rows) / float64(len(a.Pix))
}

// pair is one channel of both pictures.
type pair struct {
	a, b []float32
	w, h int
}

// The four window means that SSIM needs. The variances enter only as their sum, so that
// the squares of both pictures share one mean.
const (
	meanA = iota
	meanB
	meanSquares
	meanProduct
	means
)

// eachRow hands take the four means of each row from first to end-1, side by side and valid
// during the call. The window is separable: rows are blurred once along x, kept in a ring
// of 11, and blurred along y.
func (p pair) eachRow(first, end int, take func(y int, column []float64)) {
	r := newRing(p.w)
	for y := first - reach; y < end+reach; y++ {
		if y < 0 || y >= p.h {
			r.clear(y)
		} else {
			r.fill(y, p.a[y*p.w:(y+1)*p.w], p.b[y*p.w:(y+1)*p.w])
		}
		if y >= first+reach {
			take(y-reach, r.means(y-reach))
		}
	}
}

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
