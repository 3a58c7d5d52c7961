package metric

import (
	"math"

	"igs/internal/parallel"
)

// flipMeter computes LDR-FLIP (Andersson and others, FLIP: A Difference Evaluator for Alternating Images, 2020), with
// the constants of its authors' code at 67.02 px per degree. FLIP is the difference, from 0 to 1, that a person
// perceives at a pixel when two pictures alternate on a screen. Samples are sRGB and clamped to 0..1. The first three
// channels are red, green and blue; a picture with fewer channels is grey.
//
// flipMeter reads the rows of both pictures from the top and keeps some of them, 2.5 MB for 1000 px of width. It
// divides the pictures into columns that are processed in parallel.
type flipMeter struct {
	w, h    int
	columns []column
}

// column is a part of both pictures from top to bottom.
type column struct {
	reference, test *observer
	next            int // the next row to compare
	errors          []float64
	sum             float64
}

// columnWidth is large compared with the reach of the filters into the neighbouring columns, px.
const columnWidth = 160

func newFLIPMeter(w, h int) *flipMeter {
	g := &flipMeter{w: w, h: h}
	for left := 0; left < w; left += columnWidth {
		wide := min(columnWidth, w-left)
		g.columns = append(g.columns, column{reference: newObserver(w, h, left, wide), test: newObserver(w, h, left, wide), errors: make([]float64, wide)})
	}
	return g
}

// add reads the rows up to end-1. reference and test return row y of channel c (red, green, blue). If take is not nil,
// add calls it with the errors of the rows that can be compared now, which are all but the last ten: these need later
// rows. add calls the functions from several goroutines.
func (g *flipMeter) add(end int, reference, test func(c, y int) []float32, take func(y, left int, errors []float64)) {
	parallel.Runs(len(g.columns), func(first, last int) {
		for i := first; i < last; i++ {
			c := &g.columns[i]
			c.reference.channel, c.test.channel = reference, test
			ready := end - filterReach
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

// mean returns the mean FLIP of all rows.
func (g *flipMeter) mean() float64 {
	sum := 0.0
	for i := range g.columns {
		sum += g.columns[i].sum
	}
	return sum / float64(g.w*g.h)
}

// farthest is the colour error of green and blue, which is the maximum in sRGB.
var farthest = func() float64 {
	l1, a1, b1 := perceived(opponent(0, 1, 0))
	l2, a2, b2 := perceived(opponent(0, 0, 1))
	return math.Pow(hyab(l1, a1, b1, l2, a2, b2), colourPower)
}()

// Colour differences to the power colourPower are mapped to 0..1. The lower 40 % of these errors are mapped to 0..0.95,
// because few differences are near the maximum.
const (
	colourPower = 0.7
	knee        = 0.4
	share       = 0.95
)

var (
	bend     = knee * farthest
	logBend  = math.Log(bend)
	logShare = math.Log(share / bend)
)

// logColour returns the logarithm of the mapped error of a colour difference. Logarithms save a power: the error is
// raised to another power next.
func logColour(distance float64) float64 {
	if distance == 0 {
		return -math.MaxFloat64 // finite, because the power 0 of no error is 1
	}
	power := colourPower * logarithm(distance)
	if power < logBend {
		return power + logShare
	}
	return math.Log(share + (1-share)*(math.Exp(power)-bend)/(farthest-bend)) // rare
}

// difference combines the differences of colour and of features. A difference of features increases the error of
// colour: the error is the power 1-feature of the error of colour.
func difference(errors []float64, r, t view) {
	for x := range errors {
		feature := max(math.Abs(r.edge[x]-t.edge[x]), math.Abs(r.point[x]-t.point[x]))
		colour := logColour(hyab(r.l[x], r.a[x], r.b[x], t.l[x], t.a[x], t.b[x]))
		errors[x] = exponential((1 - math.Sqrt(feature/math.Sqrt2)) * colour)
	}
}

// lengths replaces x by the lengths of the vectors (x, y).
func lengths(x, y []float64) {
	for i := range x {
		x[i] = math.Sqrt(x[i]*x[i] + y[i]*y[i])
	}
}
