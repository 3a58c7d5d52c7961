// Package float16 converts floats of 16 bits, which files and devices hold, to float32.
package float16

import "math"

// Wide converts a float of 16 bits (IEEE 754 binary16: a sign, 5 bits of exponent, 10 bits of mantissa) to float32. The
// result is exact.
func Wide(bits uint16) float32 {
	sign, rest := uint32(bits>>15)<<31, uint32(bits&0x7fff)<<13
	if rest >= 31<<23 { // infinity or NaN
		return math.Float32frombits(sign | 255<<23 | rest)
	}
	return math.Float32frombits(sign | math.Float32bits(scale*math.Float32frombits(rest)))
}

// scale is the factor from float32 with the exponent and the mantissa of a float of 16 bits to the number: the
// difference of both biases. The product is exact, for denormals too.
const scale = 0x1p112
