package metric

import (
	"errors"
	"math"
	"testing"
)

// The values come from scipy 1.10: PchipInterpolator over the logarithm of the rates, and its integrate.
func TestBDRateAgreesWithSciPy(t *testing.T) {
	steady := []RatePoint{{85.95, 31.42}, {157.11, 34.24}, {309.58, 37.18}, {686.76, 40.28}}
	dearer := []RatePoint{{112.75, 31.24}, {204.93, 34.17}, {407.8, 37.21}, {893.34, 40.39}}
	turning := []RatePoint{{260, 36}, {100, 30}, {200, 33}, {90, 31}, {210, 33.1}} // not in order, and 31 dB is cheaper than 30
	for _, c := range []struct {
		a, b []RatePoint
		want float64
	}{
		{steady, dearer, 31.3798782024},
		{dearer, steady, -23.8848434264},
		{turning, steady, -28.9669214007},
		{steady[1:3], turning, 32.0673395234}, // two points
		{steady, steady, 0},
	} {
		if got, err := BDRate(c.a, c.b); err != nil || math.Abs(got-c.want) > 1e-8 {
			t.Errorf("BDRate(%v, %v) = %.10f, %v; want %.10f", c.a, c.b, got, err, c.want)
		}
	}
}

func TestBDRateOfATenthMore(t *testing.T) {
	a, b := []RatePoint{{100, 30}, {150, 32}, {300, 37}}, []RatePoint{}
	for _, p := range a {
		b = append(b, RatePoint{1.1 * p.Rate, p.Quality})
	}
	if got, err := BDRate(a, b); err != nil || math.Abs(got-10) > 1e-9 {
		t.Errorf("%.12f %%, %v; want 10", got, err)
	}
}

func TestBDRateNeedsACommonQuality(t *testing.T) {
	a := []RatePoint{{100, 30}, {200, 33}}
	for name, b := range map[string][]RatePoint{
		"above": {{100, 33}, {200, 36}}, "one point": {{100, 31}}, "one quality": {{100, 31}, {200, 31}}, "none": nil,
		"no rate": {{0, 31}, {200, 32}}, "endless": {{100, 31}, {200, math.Inf(1)}}, "unknown": {{math.NaN(), 31}, {200, 32}},
	} {
		if got, err := BDRate(a, b); !errors.Is(err, ErrNoOverlap) || !math.IsNaN(got) {
			t.Errorf("%s: %v, %v; want NaN and ErrNoOverlap", name, got, err)
		}
	}
}

func TestRateAt(t *testing.T) {
	a := []RatePoint{{200, 33}, {100, 30}, {400, 36}} // straight in the logarithm
	for quality, want := range map[float64]float64{30: 100, 31.5: 100 * math.Sqrt2, 33: 200, 36: 400} {
		if got := RateAt(a, quality); math.Abs(got-want) > 1e-9 {
			t.Errorf("RateAt(%g) = %g; want %g", quality, got, want)
		}
	}
	for rate, want := range map[float64]float64{100: 30, 100 * math.Sqrt2: 31.5, 200: 33, 400: 36} {
		if got := QualityAt(a, rate); math.Abs(got-want) > 1e-9 {
			t.Errorf("QualityAt(%g) = %g; want %g", rate, got, want)
		}
	}
	if got := QualityAt(a, 99); !math.IsNaN(got) {
		t.Errorf("QualityAt(99) = %g; want NaN", got)
	}
	for _, outside := range []float64{29.9, 36.1, math.NaN()} {
		if got := RateAt(a, outside); !math.IsNaN(got) {
			t.Errorf("RateAt(%g) = %g; want NaN", outside, got)
		}
	}
}
