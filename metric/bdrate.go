package metric

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
)

// RatePoint is a point of a rate–distortion curve.
type RatePoint struct {
	Rate    float64 // bytes, or bits per pixel; above 0
	Quality float64 // dB, or any other score that grows with the quality
}

// ErrNoOverlap reports two curves that have no range of qualities in common, so no rates can be compared.
var ErrNoOverlap = errors.New("the curves have no quality in common")

// BDRate returns the Bjøntegaard delta rate: how many percent more rate curve b needs than curve a at equal quality, on
// average over the qualities that both curves have. A negative number means that b needs less. Both curves need two points of
// different quality, in any order, and rates of the same unit. The error wraps ErrNoOverlap if the curves cannot be compared.
//
// The logarithm of the rate is interpolated over the quality by piecewise cubics that keep the shape of the points
// (PCHIP), as in the common test conditions of JVET. Source: G. Bjøntegaard, VCEG-M33 (2001), and JCTVC-L1100 (2013).
func BDRate(a, b []RatePoint) (percent float64, err error) {
	first, err := newRateCurve(a)
	if err != nil {
		return math.NaN(), err
	}
	second, err := newRateCurve(b)
	if err != nil {
		return math.NaN(), err
	}
	low := max(first.quality[0], second.quality[0])
	high := min(first.quality[len(first.quality)-1], second.quality[len(second.quality)-1])
	if !(low < high) {
		return math.NaN(), fmt.Errorf("qualities from %.4g and from %.4g on: %w", first.quality[0], second.quality[0], ErrNoOverlap)
	}
	mean := (second.integral(low, high) - first.integral(low, high)) / (high - low)
	return 100 * (math.Exp(mean) - 1), nil
}

// RateAt returns the rate that a curve needs for a quality. It is NaN outside the qualities of the points.
func RateAt(points []RatePoint, quality float64) float64 {
	c, err := newRateCurve(points)
	if err != nil || !(quality >= c.quality[0] && quality <= c.quality[len(c.quality)-1]) {
		return math.NaN()
	}
	return math.Exp(c.at(quality))
}

// QualityAt returns the quality of a curve at a rate, from a piecewise cubic over the logarithm of the rate. It is NaN
// outside the rates of the points.
func QualityAt(points []RatePoint, rate float64) float64 {
	turned := make([]RatePoint, len(points))
	for i, p := range points {
		turned[i] = RatePoint{Rate: math.Exp(p.Quality / 20), Quality: math.Log(p.Rate)} // its logarithm is interpolated
	}
	return 20 * math.Log(RateAt(turned, math.Log(rate)))
}

// rateCurve is the logarithm of the rate over the quality, in pieces of cubics.
type rateCurve struct {
	quality, rate, slope []float64 // at the points, in ascending order of quality; rate is the logarithm
}

func newRateCurve(points []RatePoint) (*rateCurve, error) {
	sorted := slices.Clone(points)
	slices.SortFunc(sorted, func(p, q RatePoint) int {
		return cmp.Or(cmp.Compare(p.Quality, q.Quality), cmp.Compare(p.Rate, q.Rate))
	})
	c := &rateCurve{}
	for _, p := range sorted {
		switch n := len(c.quality); {
		case !(p.Rate > 0) || math.IsInf(p.Rate, 0) || math.IsNaN(p.Quality) || math.IsInf(p.Quality, 0):
			return nil, fmt.Errorf("a rate of %g at a quality of %g: %w", p.Rate, p.Quality, ErrNoOverlap)
		case n > 0 && c.quality[n-1] == p.Quality: // the smaller rate is there already
		default:
			c.quality, c.rate = append(c.quality, p.Quality), append(c.rate, math.Log(p.Rate))
		}
	}
	if len(c.quality) < 2 {
		return nil, fmt.Errorf("a curve of %d points: %w", len(c.quality), ErrNoOverlap)
	}
	c.slope = pchipSlopes(c.quality, c.rate)
	return c, nil
}

// pchipSlopes returns the slopes of a piecewise cubic at its points. Source: F. N. Fritsch and J. Butland, SIAM J. Sci. Stat.
// Comput. 5 (1984); the ends take the three-point formula of C. Moler, Numerical Computing with MATLAB, section 3.6.
func pchipSlopes(x, y []float64) []float64 {
	n := len(x) - 1
	wide, rise := make([]float64, n), make([]float64, n)
	for i := range n {
		wide[i] = x[i+1] - x[i]
		rise[i] = (y[i+1] - y[i]) / wide[i]
	}
	if n == 1 {
		return []float64{rise[0], rise[0]}
	}
	slope := make([]float64, n+1)
	slope[0] = pchipEnd(wide[0], wide[1], rise[0], rise[1])
	slope[n] = pchipEnd(wide[n-1], wide[n-2], rise[n-1], rise[n-2])
	for i := 1; i < n; i++ {
		if rise[i-1]*rise[i] > 0 {
			before, after := 2*wide[i]+wide[i-1], wide[i]+2*wide[i-1]
			slope[i] = (before + after) / (before/rise[i-1] + after/rise[i])
		}
	}
	return slope
}

// pchipEnd is the slope at an end, from the two pieces nearest to it.
func pchipEnd(near, far, rise, next float64) float64 {
	slope := ((2*near+far)*rise - near*next) / (near + far)
	switch {
	case slope*rise <= 0:
		return 0
	case rise*next <= 0 && math.Abs(slope) > 3*math.Abs(rise):
		return 3 * rise
	}
	return slope
}

// at is the logarithm of the rate at a quality within the range.
func (c *rateCurve) at(quality float64) float64 {
	i := min(max(0, sortedBefore(c.quality, quality)), len(c.quality)-2)
	h := c.quality[i+1] - c.quality[i]
	t := (quality - c.quality[i]) / h
	return c.rate[i]*(1+2*t)*(1-t)*(1-t) + c.rate[i+1]*t*t*(3-2*t) + h*(c.slope[i]*t*(1-t)*(1-t)-c.slope[i+1]*t*t*(1-t))
}

// sortedBefore is the index of the last value that is at most x; -1 if there is none.
func sortedBefore(values []float64, x float64) int {
	at, found := slices.BinarySearch(values, x)
	if !found {
		at--
	}
	return at
}

// integral integrates the logarithm of the rate over a part of the range. Simpson's rule is exact for cubics.
func (c *rateCurve) integral(low, high float64) (sum float64) {
	for i := range len(c.quality) - 1 {
		from, to := max(low, c.quality[i]), min(high, c.quality[i+1])
		if from < to {
			sum += (to - from) / 6 * (c.at(from) + 4*c.at((from+to)/2) + c.at(to))
		}
	}
	return sum
}
