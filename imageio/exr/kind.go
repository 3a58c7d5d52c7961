package exr

import (
	"encoding/binary"
	"math"
)

// kind is the type of the samples of a channel, as stored.
type kind uint32

const (
	kindUint  kind = 0
	kindHalf  kind = 1
	kindFloat kind = 2
)

func (k kind) bytes() int {
	if k == kindHalf {
		return 2
	}
	return 4
}

// values reads a row of samples.
func (k kind) values(raw []byte, out []float32) {
	switch k {
	case kindHalf:
		for i := range out {
			out[i] = half(binary.LittleEndian.Uint16(raw[2*i:]))
		}
	case kindFloat:
		for i := range out {
			out[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		}
	default:
		for i := range out {
			out[i] = float32(binary.LittleEndian.Uint32(raw[4*i:]))
		}
	}
}

// half is the number of a sign, 5 bits of exponent and 10 of mantissa (IEEE 754 binary16), as float32 has it.
func half(bits uint16) float32 {
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
