package splat

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"

	"igs/imageio"
	"igs/internal/limits"
	"igs/splat/symbols"
)

const symbolsVersion = 2

// symbolsHeader is the fixed part of the header of format version 2. Gamma follows if the flag says so, then texts and
// layers.
type symbolsHeader struct {
	Magic       [4]byte
	Version     uint16
	Flags       uint8
	Layers      uint8
	TopK        uint8
	W, H        uint16
	N           uint32
	RecipeBytes uint8
	IgsBytes    uint8 // length of the version of igs
}

// The flags of a header and the kinds of values that they announce.
const (
	withGamma  = 1 // gamma is not 1
	withRanges = 2 // a layer has another range than 0 to 1
)

// symbolsLayer is followed by low and high if the flag says so, and by the name.
type symbolsLayer struct{ C, Depth, NameBytes uint8 }

// encodeSymbols returns the file of format version 2. Where a reader would refuse it, because so many splats are in so
// few bytes, it returns a file of version 1 with the same splats.
func encodeSymbols(m *Model) ([]byte, error) {
	set, err := Quantise(m, m.Grid)
	if err != nil {
		return nil, err
	}
	data, err := appendSymbolsHeader(nil, m)
	if err != nil {
		return nil, err
	}
	data = seal(append(data, set.Encode()...))
	if plausible(int64(set.N()), set.C, int64(len(data))) {
		return data, nil
	}
	plain := *m
	plain.Bits, plain.Grid = Lossless, symbols.Grid{}
	if plain.Splats, err = Dequantise(set, m); err != nil {
		return nil, err
	}
	return encode(&plain)
}

func appendSymbolsHeader(data []byte, m *Model) ([]byte, error) {
	h := symbolsHeader{
		Version: symbolsVersion, Layers: uint8(len(m.Layers)), TopK: uint8(m.TopK), W: uint16(m.W), H: uint16(m.H),
		N: uint32(m.Splats.N), RecipeBytes: uint8(len(m.Recipe)), IgsBytes: uint8(len(m.Version)),
	}
	copy(h.Magic[:], fileMagic)
	if m.Gamma != 1 {
		h.Flags |= withGamma
	}
	for _, l := range m.Layers {
		if l.Low != 0 || l.High != 1 {
			h.Flags |= withRanges
		}
	}
	data, err := binary.Append(data, order, &h)
	if err != nil {
		return nil, err
	}
	if h.Flags&withGamma != 0 {
		data = order.AppendUint64(data, math.Float64bits(m.Gamma))
	}
	data = append(append(data, m.Recipe...), m.Version...)
	for _, l := range m.Layers {
		data = append(data, layerChannels(l), uint8(l.Depth), uint8(len(l.Name)))
		if h.Flags&withRanges != 0 {
			data = appendFloats(data, l.Low, l.High)
		}
		data = append(data, l.Name...)
	}
	return data, nil
}

// decodeSymbols decodes a file of format version 2 with the given size. It leaves no data.
func decodeSymbols(r *reader, fileBytes int64) (*Model, error) {
	var h symbolsHeader
	r.fill(&h)
	m := &Model{W: int(h.W), H: int(h.H), TopK: int(h.TopK), Gamma: 1, Bits: Lossless}
	if h.Flags > withGamma|withRanges {
		return nil, fmt.Errorf("unknown flags %d", h.Flags)
	}
	if h.Flags&withGamma != 0 {
		r.fill(&m.Gamma)
	}
	m.Recipe, m.Version = string(r.take(int(h.RecipeBytes))), string(r.take(int(h.IgsBytes)))
	channels := 0
	for range h.Layers {
		var l symbolsLayer
		r.fill(&l)
		layer := imageio.Layer{C: int(l.C &^ withAlpha), Alpha: l.C&withAlpha != 0, Depth: int(l.Depth), High: 1}
		if h.Flags&withRanges != 0 {
			r.fill(&layer.Low)
			r.fill(&layer.High)
		}
		layer.Name = string(r.take(int(l.NameBytes)))
		m.Layers = append(m.Layers, layer)
		channels += layer.C
	}
	switch n := int64(h.N); {
	case r.short:
		return nil, errCut
	case channels < 1 || channels > limits.Channels:
		return nil, fmt.Errorf("%d channels", channels)
	case !plausible(n, channels, fileBytes):
		return nil, fmt.Errorf("%d splats in %d bytes", n, fileBytes)
	case m.W < 1 || m.H < 1:
		return nil, fmt.Errorf("a picture of %d×%d px", m.W, m.H)
	}
	set, err := symbols.Decode(r.take(len(r.data)), int(h.N), channels)
	if err != nil {
		return nil, err
	}
	m.Grid = set.Grid
	m.Splats, err = Dequantise(set, m)
	return m, err
}

// splatsPerByte is the maximum number of splats in a byte of a file. It bounds the time to decode a file. Splats of a
// training need several bytes each.
const splatsPerByte = 4

// plausible reports whether a file of the given size may have n splats. Decoding needs memory for their places, their
// symbols and their parameters.
func plausible(n int64, channels int, fileBytes int64) bool {
	return n*int64(8+2*4*(5+channels)) <= mostToDecode(fileBytes) && n <= splatsPerByte*fileBytes
}

// mostSymbolBytes is the maximum size of a file of format version 2 with this header. A symbol needs fewer than 64 bytes.
func mostSymbolBytes(head []byte) int64 {
	var h symbolsHeader
	(&reader{data: head}).fill(&h)
	const layer = 3 + 8 + maxText
	return int64(len(head)) + 8 + 2*maxText + int64(h.Layers)*layer + 1024 + 64*(5+limits.Channels)*int64(h.N) + crc32.Size
}
