package engine

import (
	"encoding/binary"
	"math"

	"igs/splat"
)

// The device stores parameters as planes of `stride` splats: x, y, t1, t2, rotation, then one plane per channel.

// Planes returns the parameters of splats in the layout of the device.
func Planes(p *splat.Splats, stride int) []float32 {
	flat := make([]float32, (5+p.C)*stride)
	for i := range p.N {
		flat[i] = p.XY[2*i]
		flat[stride+i] = p.XY[2*i+1]
		flat[2*stride+i] = p.Scale[2*i]
		flat[3*stride+i] = p.Scale[2*i+1]
		flat[4*stride+i] = p.Rot[i]
		for c := range p.C {
			flat[(5+c)*stride+i] = p.Feat[i*p.C+c]
		}
	}
	return flat
}

// FromPlanes is the inverse of Planes for the first n splats.
func FromPlanes(flat []float32, stride, n, channels int) *splat.Splats {
	p := splat.New(n, channels)
	for i := range n {
		p.XY[2*i] = flat[i]
		p.XY[2*i+1] = flat[stride+i]
		p.Scale[2*i] = flat[2*stride+i]
		p.Scale[2*i+1] = flat[3*stride+i]
		p.Rot[i] = flat[4*stride+i]
		for c := range channels {
			p.Feat[i*channels+c] = flat[(5+c)*stride+i]
		}
	}
	return p
}

// Encode returns the little-endian bytes of float32 values.
func Encode(v []float32) []byte {
	b := make([]byte, 4*len(v))
	for i, f := range v {
		binary.LittleEndian.PutUint32(b[4*i:], math.Float32bits(f))
	}
	return b
}

// Decode is the inverse of Encode.
func Decode(b []byte) []float32 {
	v := make([]float32, len(b)/4)
	for i := range v {
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return v
}
