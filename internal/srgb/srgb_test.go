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
