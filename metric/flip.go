package metric

import (
	"math"

	"igs/imageio"
)

// FLIP is the mean of FLIPMap: 0 for pictures that look the same when they take turns on
// the screen, 1 for the greatest difference. Unlike pictures have none: NaN.
func FLIP(reference, test *imageio.Image) float64 {
	if !alike(reference, test) {
		return math.NaN()
	}
	sums := make([]float64, reference.H)
	flipRows(reference, test, func(y, _ int, errors []float64) { sums[y] += total(errors) })
	return total(sums) / float64(reference.W*reference.H)
}

// FLIPMap is the difference that a person sees at each pixel when the two pictures take
// turns, 0..1 in one channel: LDR-FLIP (Andersson and others, FLIP: A Difference Evaluator
// for Alternating Images, 2020), with the constants of its authors' code, at 67.02 px a
// degree. Samples are sRGB, 0..1, and what lies outside counts as its end; the first three
// channels are red, green and blue, a picture with fewer is grey by its first.
//
// It is nil for unlike pictures.
func FLIPMap(reference, test *imageio.Image) *imageio.Image {
	if !alike(reference, test) {
		return nil
	}
	m := imageio.New(reference.W, reference.H, 1)
	flipRows(reference, test, func(y, left int, errors []float64) {
		row := m.Pix[y*m.W+left:]
		for x, e := range errors {
			row[x] = float32(e)
		}
	})
	return m
}

// flipRows hands take the errors of each row, piece by piece from the left, valid during the
// call, in several goroutines. A goroutine holds a few rows of a piece in float64: 2.5 MB.
func flipRows(reference, test *imageio.Image, take func(y, left int, errors []float64)) {
	const piece = 1024 // px
	for left := 0; left < reference.W; left += piece {
		w := min(piece, reference.W-left)
		parallel(reference.H, func(first, end int) {
			r, t := newEye(reference, left, w, first), newEye(test, left, w, first)
			errors := make([]float64, w)
			for y := first; y < end; y++ {
				difference(errors, r.row(y), t.row(y))
				take(y, left, errors)
			}
		})
	}
}

// farthest is the colour difference of green and blue, the greatest that a screen can show.
var farthest = func() float64 {
	l1, a1, b1 := seen(opponent(0, 1, 0))
	l2, a2, b2 := seen(opponent(0, 0, 1))
	return colourError(hyab(l1, a1, b1, l2, a2, b2))
}()

// colourError makes small differences larger.
func colourError(distance float64) float64 { return math.Pow(distance, 0.7) }

// difference joins the differences of colour and of features: the latter makes an error of
// colour larger.
func difference(errors []float64, r, t view) {
	for x := range errors {
		colour := spread(colourError(hyab(r.l[x], r.a[x], r.b[x], t.l[x], t.a[x], t.b[x])))
		feature := max(math.Abs(r.edge[x]-t.edge[x]), math.Abs(r.point[x]-t.point[x]))
		errors[x] = math.Pow(colour, 1-math.Sqrt(feature/math.Sqrt2))
	}
}

// spread maps errors of colour to 0..1: the first 40 % take 95 % of it, because few
// differences are as great as that of green and blue.
func spread(e float64) float64 {
	const knee, share = 0.4, 0.95
	bend := knee * farthest
	if e < bend {
		return share / bend * e
	}
	return share + (1-share)*(e-bend)/(farthest-bend)
}

// lengths leaves in x the lengths of the vectors x, y.
func lengths(x, y []float64) {
	for i := range x {
		x[i] = math.Sqrt(x[i]*x[i] + y[i]*y[i])
	}
}
