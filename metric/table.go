package metric

import "math"

// table holds values of a function at equal steps of 0..1. Between them it is linear. The functions of FLIP cost 10 to
// 60 ns each, a table 2 ns.
type table []float64

// newTable makes a table with the given number of steps.
func newTable(steps int, f func(float64) float64) table {
	t := make(table, steps+1)
	for i := range t {
		t[i] = f(float64(i) / float64(steps))
	}
	return t
}

// at returns the value at v, which is clamped to 0..1. NaN gives NaN.
func (t table) at(v float64) float64 {
	last := len(t) - 1
	if !(v > 0) {
		return t[0] + 0*v
	}
	if v >= 1 {
		return t[last]
	}
	v *= float64(last)
	i := int(v)
	return t[i] + (v-float64(i))*(t[i+1]-t[i])
}

// A float64 has fractionBits of fraction. Its exponent is exponentBias for 1.
const (
	fractionBits = 52
	exponentBias = 1023
)

var (
	logs   = newTable(2048, math.Log1p)
	powers = newTable(2048, math.Exp2)
)

// logarithm is the natural logarithm of a positive number, with an error below 3e-8.
func logarithm(v float64) float64 {
	bits := math.Float64bits(v)
	fraction := math.Float64frombits(bits&(1<<fractionBits-1) | exponentBias<<fractionBits)
	return float64(int(bits>>fractionBits)-exponentBias)*math.Ln2 + logs.at(fraction-1)
}

// exponential is e to the power v ≤ 0, with an error below 2e-8. NaN gives NaN.
func exponential(v float64) float64 {
	v *= math.Log2E
	if v <= -exponentBias {
		return 0
	}
	whole := math.Floor(v)
	return math.Float64frombits(uint64(int(whole)+exponentBias)<<fractionBits) * powers.at(v-whole)
}
