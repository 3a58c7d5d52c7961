package session

import (
	"math"
	"testing"
)

// metrics.csv and summary.csv write the PSNR of identical pictures by the same word.
func TestDecibelsOfSummary(t *testing.T) {
	for v, want := range map[float64]string{math.Inf(1): "inf", 37.12344: "37.1234", 0: "0.0000"} {
		if got := decibels(v); got != want {
			t.Errorf("%v: %q, want %q", v, got, want)
		}
	}
}
