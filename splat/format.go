package splat

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"

	"igs/imageio"
	"igs/internal/fault"
	"igs/internal/limits"
	"igs/splat/symbols"
)

// The .igsm file. docs/format.md specifies both versions of the format. Version 1 stores planes of numbers with a given
// number of bits. Version 2 stores entropy-coded symbols (version2.go).
const (
	fileMagic   = "IGSM"
	fileVersion = 1
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// fileHeader is the fixed part of the header. Texts and layers follow.
type fileHeader struct {
	Magic       [4]byte
	Version     uint16
	Layers      uint8
	TopK        uint8
	Bits        [4]uint8 // of xy, scale, rot, feat
	W, H, N     uint32
	Gamma       float64
	RecipeBytes uint8
	IgsBytes    uint8 // length of the version of igs
}

// withAlpha is added to the channels of a layer whose last channel is alpha.
const withAlpha = 0x80

// layerChannels is the number of channels of a layer as a file has it.
func layerChannels(l imageio.Layer) uint8 {
	if l.Alpha {
		return uint8(l.C) | withAlpha
	}
	return uint8(l.C)
}

// layerHeader is followed by the name.
type layerHeader struct {
	C, Depth  uint8
	Low, High float32
	NameBytes uint8
}

var (
	headerBytes = binary.Size(fileHeader{})
	layerBytes  = binary.Size(layerHeader{})
	order       = binary.LittleEndian
)

// encode returns the file of a model. The same model always gives the same bytes.
func encode(m *Model) ([]byte, error) { return encodeWith(m, true) }

// encodeWith is encode; without compression only for a file of version 1.
func encodeWith(m *Model, compressed bool) ([]byte, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	if uint64(m.Splats.N) > math.MaxUint32 {
		return nil, fmt.Errorf("%d splats do not fit the file format", m.Splats.N)
	}
	if m.Grid != (symbols.Grid{}) {
		return encodeSymbols(m)
	}
	data, err := appendHeader(nil, m)
	if err != nil {
		return nil, err
	}
	coders := m.Splats.coders(m.Bits)
	if err := check(coders); err != nil {
		return nil, err
	}
	body := pack(m.Splats, coders, compressed)
	if whole := int64(len(data) + len(body) + crc32.Size); m.Splats.bytesToDecode() > mostToDecode(whole) {
		body = pack(m.Splats, coders, false) // a decoder would refuse a file that needs so much more memory than its size
	}
	return seal(append(data, body...)), nil
}

// seal appends the checksum.
func seal(data []byte) []byte { return order.AppendUint32(data, crc32.Checksum(data, castagnoli)) }

func appendHeader(data []byte, m *Model) ([]byte, error) {
	b := m.Bits
	h := fileHeader{
		Version: fileVersion, Layers: uint8(len(m.Layers)), TopK: uint8(m.TopK),
		Bits: [4]uint8{uint8(b.XY), uint8(b.Scale), uint8(b.Rot), uint8(b.Feat)},
		W:    uint32(m.W), H: uint32(m.H), N: uint32(m.Splats.N), Gamma: m.Gamma,
		RecipeBytes: uint8(len(m.Recipe)), IgsBytes: uint8(len(m.Version)),
	}
	copy(h.Magic[:], fileMagic)
	data, err := binary.Append(data, order, &h)
	if err != nil {
		return nil, err
	}
	data = append(append(data, m.Recipe...), m.Version...)
	for _, l := range m.Layers {
		head := layerHeader{C: layerChannels(l), Depth: uint8(l.Depth), Low: l.Low, High: l.High, NameBytes: uint8(len(l.Name))}
		if data, err = binary.Append(data, order, &head); err != nil {
			return nil, err
		}
		data = append(data, l.Name...)
	}
	return data, nil
}

// reader reads a file from its first byte. After an attempt to read beyond the end, short is true and all further reads
// return nothing.
type reader struct {
	data  []byte
	short bool
}

func (r *reader) take(n int) []byte {
	if r.short || n > len(r.data) {
		r.short = true
		return nil
	}
	part := r.data[:n]
	r.data = r.data[n:]
	return part
}

func (r *reader) fill(to any) {
	if part := r.take(binary.Size(to)); part != nil {
		binary.Decode(part, order, to) // the length is right, so there is no error
	}
}

var errCut = errors.New("cut short")

// recognise returns an error if a file is not a model of a known version.
func recognise(data []byte) error {
	switch {
	case len(data) < len(fileMagic) || string(data[:len(fileMagic)]) != fileMagic:
		return errors.New("not an igs model")
	case len(data) < headerBytes+crc32.Size:
		return errCut
	case versionOf(data) > symbolsVersion:
		return fault.New(fault.BadInput, "install a newer igs; igs version prints that of this one", "its format version %d needs a newer igs; this igs reads versions 1 to %d", versionOf(data), symbolsVersion)
	case versionOf(data) < fileVersion:
		return fmt.Errorf("format version %d; this igs reads versions 1 to %d", versionOf(data), symbolsVersion)
	}
	return nil
}

func versionOf(data []byte) uint16 { return order.Uint16(data[len(fileMagic):]) }

// decode is the inverse of encode.
func decode(data []byte) (*Model, error) {
	if err := recognise(data); err != nil {
		return nil, err
	}
	body := data[:len(data)-crc32.Size]
	if crc32.Checksum(body, castagnoli) != order.Uint32(data[len(body):]) {
		return nil, errors.New("damaged or cut short: the checksum does not match")
	}
	r := &reader{data: body}
	decode := decodePlanes
	if versionOf(data) == symbolsVersion {
		decode = decodeSymbols
	}
	m, err := decode(r, int64(len(data)))
	if err != nil {
		return nil, err
	}
	if len(r.data) > 0 {
		return nil, fmt.Errorf("%d bytes too many", len(r.data))
	}
	if err := m.Validate(); err != nil {
		return nil, err
	}
	return m, nil
}

// decodePlanes decodes a file of format version 1 with the given size.
func decodePlanes(r *reader, fileBytes int64) (*Model, error) {
	m, n, channels := readHeader(r)
	if r.short {
		return nil, errCut
	}
	if err := m.Bits.Validate(); err != nil {
		return nil, err
	}
	if channels < 1 || channels > limits.Channels {
		return nil, fmt.Errorf("%d channels", channels)
	}
	if bytesToDecode(int64(n), channels) > mostToDecode(fileBytes) {
		return nil, fmt.Errorf("%d splats in %d bytes", n, fileBytes)
	}
	var err error
	m.Splats, err = unpack(r, n, channels, m.Bits)
	return m, err
}

// readHeader reads the header. It also returns the number of splats and of channels.
func readHeader(r *reader) (m *Model, n, channels int) {
	var h fileHeader
	r.fill(&h)
	m = &Model{
		W: int(h.W), H: int(h.H), TopK: int(h.TopK), Gamma: h.Gamma,
		Bits:   Bits{int(h.Bits[0]), int(h.Bits[1]), int(h.Bits[2]), int(h.Bits[3])},
		Recipe: string(r.take(int(h.RecipeBytes))), Version: string(r.take(int(h.IgsBytes))),
	}
	for range h.Layers {
		var l layerHeader
		r.fill(&l)
		m.Layers = append(m.Layers, imageio.Layer{
			Name: string(r.take(int(l.NameBytes))), C: int(l.C &^ withAlpha), Alpha: l.C&withAlpha != 0, Depth: int(l.Depth), Low: l.Low, High: l.High,
		})
		channels += int(l.C &^ withAlpha)
	}
	return m, int(h.N), channels
}

// bytesToDecode is the memory that decoding n splats needs: for the splats, the integers of two planes and the bytes of
// a section. A file must not make its reader allocate much more than the size of the file.
func bytesToDecode(n int64, channels int) int64 { return n * int64(4*(5+channels)+8+8+1) }

func (p *Splats) bytesToDecode() int64 { return bytesToDecode(int64(p.N), p.C) }

// alwaysDecoded is the memory that every file may need. Tests lower it.
var alwaysDecoded int64 = 48 << 20

// mostToDecode is the maximum memory that a reader allocates for a file of the given size.
func mostToDecode(fileBytes int64) int64 { return alwaysDecoded + 12*fileBytes }

// mostBytes is the maximum size of a file with this header.
func mostBytes(head []byte) int64 {
	if versionOf(head) == symbolsVersion {
		return mostSymbolBytes(head)
	}
	var h fileHeader
	(&reader{data: head}).fill(&h)
	const plane = 2*4 + 1 + 8*4 // range, encoding, sizes of the sections
	return int64(headerBytes) + 2*maxText + int64(h.Layers)*int64(layerBytes+maxText) + (5+limits.Channels)*(plane+4*int64(h.N)) + crc32.Size
}
