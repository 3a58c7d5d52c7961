package srgb

import (
	"math"
	"testing"
)

// Python computed these values from the formula of the standard.
func TestCurve(t *testing.T) {
	for _, k := range []struct{ sample, light float64 }{
		{0, 0}, {0.04, 0.003095975232198142}, {0.04045, 0.0031308049535603713}, {0.25, 0.05087608817155679},
		{0.5, 0.21404114048223255}, {0.75, 0.5225215539683921}, {1, 1},
	} {
		if got := Light(k.sample); math.Abs(got-k.light) > 1e-12 {
			t.Errorf("light of %g: %.17g, want %.17g", k.sample, got, k.light)
		}
		if got := Sample(k.light); math.Abs(got-k.sample) > 1e-6 {
			t.Errorf("sample of %g: %.17g, want %.17g", k.light, got, k.sample)
		}
	}
}

func TestSampleUndoesLight(t *testing.T) {
	for i := range 65536 {
		v := float64(i) / 65535
		if got := Sample(Light(v)); math.Abs(got-v) > 1e-7 {
			t.Fatalf("%g came back as %g", v, got)
		}
	}
}

// Rows have the light of their samples, with vectors and without, for every number of samples.
func TestLights(t *testing.T) {
	with := vectors
	defer func() { vectors = with }()
	for _, n := range []int{1, 7, 8, 9, 4001} {
		row := make([]float32, n)
		for x := range row {
			row[x] = float32(x)/4000*1.2 - 0.1
		}
		for _, vectors = range []bool{with, false} {
			out := make([]float32, n+1)
			out[n] = 7
			Lights(out, row)
			for x, v := range row {
				if want := Light(min(max(float64(v), 0), 1)); !(math.Abs(float64(out[x])-want) <= 2e-6) {
					t.Fatalf("vectors %v, light of %g: %g, want %g", vectors, v, out[x], want)
				}
			}
			if out[n] != 7 {
				t.Errorf("%d samples: the one behind them has changed", n)
			}
			sums := make([]float32, n+1)
			for x := range sums {
				sums[x] = 1
			}
			AddLights(sums, row, 0.5)
			for x, v := range out[:n] {
				if math.Abs(float64(sums[x]-1-v/2)) > 2e-6 {
					t.Fatalf("vectors %v, 1 and half of the light %g: %g", vectors, v, sums[x])
				}
			}
			if sums[n] != 1 {
				t.Errorf("%d samples: the sum behind them has changed", n)
			}
			same := append([]float32(nil), row...)
			if Lights(same, same); same[n-1] != out[n-1] {
				t.Errorf("%d samples in place: %g, want %g", n, same[n-1], out[n-1])
			}
			none := []float32{float32(math.NaN())}
			if Lights(none, none); !math.IsNaN(float64(none[0])) {
				t.Errorf("vectors %v: the light of NaN is %g", vectors, none[0])
			}
		}
	}
}
