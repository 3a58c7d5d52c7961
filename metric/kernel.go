package metric

import "math"

// pixelsPerDegree is the default of FLIP, 67.02: a screen 0.7 m wide with 3840 px at a distance of 0.7 m.
const pixelsPerDegree = 0.7 * 3840 / 0.7 * math.Pi / 180

// filterReach is ⌈3σ⌉ of the widest filter, px. The feature filters reach one pixel less and have a weight of 0 there.
const (
	filterReach  = 10
	featureReach = 9
	filterSize   = 2*filterReach + 1
)

// kernel is a filter along one axis. It stores the weights from the centre to one side. The other side has the same
// weights, or the negative ones if odd is true.
type kernel struct {
	weights [filterReach + 1]float64
	odd     bool
	reach   int // distance of the last weight that is not below leastWeight
}

// leastWeight is far below what a sum of weights near 1 shows in a mean of errors.
const leastWeight = 1e-6

// cut sets the reach of a kernel whose weights are known.
func (k *kernel) cut() {
	for x, w := range k.weights {
		if math.Abs(w) >= leastWeight {
			k.reach = x
		}
	}
}

// The filters of FLIP (Andersson and others, FLIP: A Difference Evaluator for Alternating Images, 2020). Each axis of
// YCxCz is blurred by the contrast sensitivity of the eye, a·√(π/b)·exp(−π²r²/b) with r in degrees. For yellow–blue it
// is the sum of two such terms.
var (
	blurLuminance = sensitivity(0.0047)
	blurRedGreen  = sensitivity(0.0053)
	blurYellow    = [2]kernel{sensitivity(0.04), sensitivity(0.025)}
	yellowShares  = shares([2]float64{34.1, 13.5}, [2]float64{0.04, 0.025})

	featureBlur  = feature(func(x float64) float64 { return 1 }, false)
	featureEdge  = feature(func(x float64) float64 { return x }, true)
	featurePoint = feature(func(x float64) float64 { return x*x - 1 }, false)
)

// falloff is exp(−π²r²/b) at x px from the centre.
func falloff(x int, b float64) float64 {
	r := float64(x) / pixelsPerDegree
	return math.Exp(-math.Pi * math.Pi * r * r / b)
}

// sensitivity returns a blur of width b, degrees², with the sum 1.
func sensitivity(b float64) (k kernel) {
	for x := range k.weights {
		k.weights[x] = falloff(x, b) / extent(b)
	}
	k.cut()
	return k
}

// extent returns the sum of the falloff over the window.
func extent(b float64) float64 {
	sum := 0.0
	for x := -filterReach; x <= filterReach; x++ {
		sum += falloff(x, b)
	}
	return sum
}

// shares returns the weights of two blurs with the sum 1 in a sum of two sensitivities in the plane.
func shares(a, b [2]float64) (s [2]float64) {
	for i := range s {
		s[i] = a[i] * math.Sqrt(math.Pi/b[i]) * extent(b[i]) * extent(b[i])
	}
	sum := s[0] + s[1]
	return [2]float64{s[0] / sum, s[1] / sum}
}

// feature returns a feature filter: a Gaussian times shape(x/σ), with a σ of half of 0.082 degrees. Its positive
// weights have the sum 1, its negative weights, if any, the sum −1.
func feature(shape func(x float64) float64, odd bool) (k kernel) {
	const sd = 0.5 * 0.082 * pixelsPerDegree
	positive, negative := 0.0, 0.0
	for x := -featureReach; x <= featureReach; x++ {
		u := float64(x) / sd
		w := math.Exp(-u*u/2) * shape(u)
		positive, negative = positive+max(w, 0), negative-min(w, 0)
		if x >= 0 {
			k.weights[x] = w
		}
	}
	for x, w := range k.weights {
		if w < 0 {
			k.weights[x] = w / negative
		} else {
			k.weights[x] = w / positive
		}
	}
	k.odd = odd
	k.cut()
	return k
}

// apply writes the filtered row to out. row returns the row at an offset along y, or the row shifted by an offset along
// x.
func (k *kernel) apply(out []float64, row func(offset int) []float64) {
	k.pass(out, row, 0)
	if k.reach > passReach {
		k.pass(out, row, passReach)
	}
}

// passReach is the number of weights on each side that a pass adds.
const passReach = reach

// pass adds the weights from one at distance `from`+1 on. The first pass, from 0, begins with the centre.
func (k *kernel) pass(out []float64, row func(offset int) []float64, from int) {
	rows, weights, sign := [size][]float64{out}, [size]float64{1}, 1. // what is already there
	if from == 0 {
		rows[0], weights[0] = row(0), k.weights[0]
	}
	if k.odd {
		sign = -1
	}
	for i := 1; i <= passReach; i++ {
		rows[2*i-1], weights[2*i-1] = row(from+i), k.weights[from+i]
		rows[2*i], weights[2*i] = row(-from-i), sign*k.weights[from+i]
	}
	weigh(out, &rows, &weights)
}
