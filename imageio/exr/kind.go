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
			out[i] = halves[binary.LittleEndian.Uint16(raw[2*i:])]
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

// halves holds the value of every half: a sign, 5 bits of exponent, 10 of mantissa (IEEE 754 binary16).
var halves = func() *[1 << 16]float32 {
	t := new([1 << 16]float32)
	for bits := range 1 << 16 {
		exponent, mantissa := bits>>10&31, float64(bits&1023)
		v := math.Ldexp(1024+mantissa, exponent-25)
		switch {
		case exponent == 0:
			v = math.Ldexp(mantissa, -24)
		case exponent == 31 && mantissa == 0:
			v = math.Inf(1)
		case exponent == 31:
			v = math.NaN()
		}
		if bits>>15 == 1 {
			v = -v
		}
		t[bits] = float32(v)
	}
	return t
}()
