package metric

import (
	"math"

	"igs/internal/parallel"
)

// gaze compares two pictures with the eyes of FLIP: LDR-FLIP (Andersson and others, FLIP: A Difference Evaluator for Alternating
// Images, 2020), with the constants of its authors' code, at 67.02 px a degree. The difference that a person sees at a pixel
// when the two pictures take turns is 0..1. Samples are sRGB, and what lies outside 0..1 counts as its end; the first three
// channels are red, green and blue, a picture with fewer is grey by its first. It works in columns of their own so that several can look at once. It takes their rows from the top
// and holds some: 2.5 MB for 1000 px of width.
type gaze struct {
	w, h    int
	columns []column
}

// column is a part of both pictures from top to bottom.
type column struct {
	reference, test *eye
	next            int // row to be compared
	errors          []float64
	sum             float64
}

// columnWidth is wide against what each column sees of its neighbours, px.
const columnWidth = 256

func newGaze(w, h int) *gaze {
	g := &gaze{w: w, h: h}
	for left := 0; left < w; left += columnWidth {
		wide := min(columnWidth, w-left)
		g.columns = append(g.columns, column{reference: newEye(w, h, left, wide), test: newEye(w, h, left, wide), errors: make([]float64, wide)})
	}
	return g
}

// look takes the rows up to end-1, of which channel gives red, green and blue, and hands take, if there is one, the errors of the rows that can be
// compared now: all but the last ten, which see rows to come. It is called in several goroutines.
func (g *gaze) look(end int, reference, test func(c, y int) []float32, take func(y, left int, errors []float64)) {
	parallel.Runs(len(g.columns), func(first, last int) {
		for i := first; i < last; i++ {
			c := &g.columns[i]
			c.reference.channel, c.test.channel = reference, test
			ready := end - eyeReach
			if end == g.h {
				ready = end
			}
			for ; c.next < ready; c.next++ {
				difference(c.errors, c.reference.row(c.next), c.test.row(c.next))
				c.sum += total(c.errors)
				if take != nil {
					take(c.next, c.reference.left, c.errors)
				}
			}
			c.reference.catchUp(end)
			c.test.catchUp(end)
		}
	})
}

// mean is the FLIP of all rows.
func (g *gaze) mean() float64 {
	sum := 0.0
	for i := range g.columns {
		sum += g.columns[i].sum
	}
	return sum / float64(g.w*g.h)
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
