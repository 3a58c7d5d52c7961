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
// flipMeter reads the rows of both pictures from the top and keeps some of them, 0.8 MB for 1000 px of width. It
// divides the pictures into columns that are processed in parallel.
type flipMeter struct {
	w, h    int
	columns []column
}

// column is a part of both pictures from top to bottom.
type column struct {
	reference, test *observer
	next            int // the next row to compare
	errors          []float32
	sum             float64
}

// The width of a column is large compared with the reach of the filters into the neighbouring columns, px. It is so small
// that the rows of a column stay in a cache, and that 16 cores have columns of a picture from 3072 px on. It does not depend
// on the number of cores, which would change the sums.
const (
	columnLeast = 192
	columnMost  = 12*block - 2*filterReach // with its neighbours, whole blocks
	columnParts = 16                       // columns of a picture of medium width
)

func newFLIPMeter(w, h int) *flipMeter {
	g := &flipMeter{w: w, h: h}
	width := min(max(w/columnParts, columnLeast), columnMost)
	for left := 0; left < w; left += width {
		wide := min(width, w-left)
		g.columns = append(g.columns, column{reference: newObserver(w, h, left, wide), test: newObserver(w, h, left, wide), errors: newLine(wide)})
	}
	return g
}

// add reads the rows up to end-1. reference and test return row y of channel c (red, green, blue). If take is not nil,
// add calls it with the errors of the rows that can be compared now, which are all but the last ten: these need later
// rows. add calls the functions from several goroutines.
func (g *flipMeter) add(end int, reference, test func(c, y int) []float32, take func(y, left int, errors []float32)) {
	parallel.Runs(len(g.columns), func(first, last int) {
		for i := first; i < last; i++ {
			c := &g.columns[i]
			c.reference.channel, c.test.channel = reference, test
			ready := end - filterReach
			if end == g.h {
				ready = end
			}
			for ; c.next < ready; c.next++ {
				compare(c.errors, c.reference.row(c.next), c.test.row(c.next))
				c.sum += sum(c.errors)
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

// seen is a pixel of a view.
type seen struct{ l, a, b, edge, point float64 }

// at returns the pixel of a column.
func (v *view) at(x int) seen {
	length := func(of *[2][]float32) float64 { return math.Hypot(float64(of[0][x]), float64(of[1][x])) }
	return seen{float64(v.colour[0][x]), float64(v.colour[1][x]), float64(v.colour[2][x]), length(&v.edge), length(&v.point)}
}

// leastFeature is nearly twice the largest difference of features that rounding makes in flat parts of a picture. The square
// root of a feature would make it large.
const leastFeature = 1.2e-7

// difference combines the differences of colour and of features, the lengths of whose vectors are 0..√2. A difference of
// features increases the error of colour: the error is the power 1-feature of the error of colour.
func difference(r, t seen) float64 {
	feature := max(math.Abs(r.edge-t.edge), math.Abs(r.point-t.point))
	if feature < leastFeature {
		feature = 0
	}
	colour := logColour(hyab(r.l, r.a, r.b, t.l, t.a, t.b))
	return exponential((1 - math.Sqrt(feature/math.Sqrt2)) * colour)
}
