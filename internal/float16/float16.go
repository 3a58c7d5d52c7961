// Package float16 widens the floats of 16 bits that files and devices hold.
package float16

import "math"

// Wide is the number of a sign, 5 bits of exponent and 10 of mantissa (IEEE 754 binary16), as float32 has it.
func Wide(bits uint16) float32 {
	sign, exponent, mantissa := uint32(bits>>15)<<31, uint32(bits>>10&31), uint32(bits&1023)
	switch exponent {
	case 0: // a multiple of the smallest one, which float32 holds exactly
		const smallest = 1.0 / (1 << 24)
		return math.Float32frombits(sign | math.Float32bits(float32(mantissa)*smallest))
	case 31: // infinite, or no number
		return math.Float32frombits(sign | 255<<23 | mantissa<<13)
	}
	return math.Float32frombits(sign | (exponent+127-15)<<23 | mantissa<<13)
}
