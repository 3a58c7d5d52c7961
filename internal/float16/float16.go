// Package float16 converts floats of 16 bits, which files and devices hold, to float32.
package float16

import "math"

// Wide converts a float of 16 bits (IEEE 754 binary16: a sign, 5 bits of exponent, 10 bits of mantissa) to float32. The
// result is exact.
func Wide(bits uint16) float32 {
	sign, exponent, mantissa := uint32(bits>>15)<<31, uint32(bits>>10&31), uint32(bits&1023)
	switch exponent {
	case 0: // zero or a denormal: a multiple of the smallest one
		const smallest = 1.0 / (1 << 24)
		return math.Float32frombits(sign | math.Float32bits(float32(mantissa)*smallest))
	case 31: // infinity or NaN
		return math.Float32frombits(sign | 255<<23 | mantissa<<13)
	}
	return math.Float32frombits(sign | (exponent+127-15)<<23 | mantissa<<13)
}
