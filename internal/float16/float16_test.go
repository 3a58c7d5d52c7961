package float16

import (
	"math"
	"testing"
)

// Every float of 16 bits has the value of its definition.
func TestHalf(t *testing.T) {
	for bits := range 1 << 16 {
		exponent, mantissa := bits>>10&31, float64(bits&1023)
		want := math.Ldexp(1024+mantissa, exponent-25)
		switch {
		case exponent == 0:
			want = math.Ldexp(mantissa, -24)
		case exponent == 31 && mantissa == 0:
			want = math.Inf(1)
		case exponent == 31:
			want = math.NaN()
		}
		want *= float64(1 - 2*(bits>>15))
		got := float64(Wide(uint16(bits)))
		if got != want && !(math.IsNaN(got) && math.IsNaN(want)) || math.Signbit(got) != (bits>>15 == 1) {
			t.Fatalf("%#04x is %g, want %g", bits, got, want)
		}
	}
}
