package exr

import (
	"encoding/binary"
	"math"

	"igs/internal/float16"
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

// values decodes a row of samples.
func (k kind) values(raw []byte, out []float32) {
	switch k {
	case kindHalf:
		for i := range out {
			out[i] = float16.Wide(binary.LittleEndian.Uint16(raw[2*i:]))
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
