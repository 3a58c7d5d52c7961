package metric

import (
	"math"

	"igs/imageio"
)

// scaleWeights are the exponents of MS-SSIM from the finest scale to the coarsest (Wang,
// Simoncelli and Bovik, Multiscale structural similarity for image quality assessment, 2003).
var scaleWeights = [...]float64{0.0448, 0.2856, 0.3001, 0.2363, 0.1333}

// leastSide is the smallest side that still holds a window at the coarsest scale.
const leastSide = 2*reach<<(len(scaleWeights)-1) + 1

// MSSSIM is the structural similarity over five scales of Wang, Simoncelli and Bovik
// (2003): contrast and structure of the four finer ones, all of SSIM on the coarsest. It
// agrees with the package pytorch_msssim, which the figures of Image-GS come from: only
// windows that lie inside the picture count, a scale on which a channel is worse than
// unlike counts as 0, scales multiply, channels are averaged.
//
// A picture with a side of 160 px or less has no MS-SSIM: NaN.
func MSSSIM(a, b *imageio.Image) float64 {
	if !alike(a, b) || min(a.W, a.H) < leastSide {
		return math.NaN()
	}
	sum := 0.0
	for c := range a.C {
		sum += multiscale(pair{a.Plane(c), b.Plane(c), a.W, a.H})
	}
	return sum / float64(a.C)
}

// multiscale is the MS-SSIM of one channel.
func multiscale(p pair) float64 {
	product := 1.0
	for i, weight := range scaleWeights {
		if i > 0 {
			p = p.halved()
		}
		kind := contrast
		if i == len(scaleWeights)-1 {
			kind = index
		}
		product *= math.Pow(max(p.inside(kind), 0), weight)
	}
	return product
}

// inside is the mean over the windows that lie inside the picture.
func (p pair) inside(kind func(column []float64, w, first, end int) float64) float64 {
	w, h := p.w-2*reach, p.h-2*reach
	rows := make([]float64, h)
	parallel(h, func(first, end int) {
		p.eachRow(reach+first, reach+end, func(y int, column []float64) {
			rows[y-reach] = kind(column, p.w, reach, p.w-reach)
		})
	})
	return total(rows) / float64(w*h)
}

// contrast sums what is left of SSIM without its comparison of luminances.
func contrast(column []float64, w, first, end int) float64 {
	sum := 0.0
	for x := first; x < end; x++ {
		a, b := column[meanA*w+x], column[meanB*w+x]
		squares, product := column[meanSquares*w+x], column[meanProduct*w+x]
		sum += (2*(product-a*b) + c2) / (squares - (a*a + b*b) + c2)
	}
	return sum
}

// halved is the next coarser scale: means of 2 x 2 samples. Before an odd side stands a
// line of zeros that counts, as in pytorch_msssim.
func (p pair) halved() pair {
	w, h := (p.w+1)/2, (p.h+1)/2
	out := pair{make([]float32, w*h), make([]float32, w*h), w, h}
	parallel(h, func(first, end int) {
		for y := first; y < end; y++ {
			p.halve(p.a, out.a[y*w:(y+1)*w], y)
			p.halve(p.b, out.b[y*w:(y+1)*w], y)
		}
	})
	return out
}

// halve fills row y of the coarser scale.
func (p pair) halve(from, row []float32, y int) {
	left, top := p.w%2, 2*y-p.h%2
	for x := range row {
		sum := 0.0
		for v := max(top, 0); v < top+2; v++ {
			for u := max(2*x-left, 0); u < 2*x-left+2; u++ {
				sum += float64(from[v*p.w+u])
			}
		}
		row[x] = float32(sum / 4)
	}
}
