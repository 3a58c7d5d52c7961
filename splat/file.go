package splat

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"

	"igs/internal/fault"
	"igs/internal/wholefile"
)

// The .igsm file, format version 0. Version 0 is provisional: plain float32 without any
// compression. A later version replaces it and need not read it. Little endian:
//
//	fileHeader
//	recipe, version  the texts, as many bytes as the header says
//	xy, scale, rot, feat  float32 each
//	CRC-32C  u32, of all that precedes
const (
	fileMagic   = "IGSM"
	fileVersion = 0
)

// fileHeader is the fixed part; binary.Size gives its length.
type fileHeader struct {
	Magic      [4]byte
	Version    uint16
	Depth      uint16
	W, H       uint32
	N          uint32
	C          uint16
	TopK       uint16
	RecipeLen  uint16
	VersionLen uint16
}

var (
	headerBytes = int64(binary.Size(fileHeader{}))
	castagnoli  = crc32.MakeTable(crc32.Castagnoli)
)

// size is the length of a file with this header.
func (h *fileHeader) size() int64 {
	perSplat := 4 * (2 + 2 + 1 + int64(h.C))
	return headerBytes + int64(h.RecipeLen) + int64(h.VersionLen) + int64(h.N)*perSplat + crc32.Size
}

// Save writes the model so that path holds either what it held before or the whole file.
func Save(path string, m *Model) error {
	data, err := encode(m)
	if err == nil {
		err = wholefile.WriteBytes(path, data)
	}
	if err != nil {
		return fmt.Errorf("writing model %s: %w", path, wholefile.Unnamed(err))
	}
	return nil
}

// Load reads a model. Whatever is wrong with the file is a fault.BadInput naming it.
func Load(path string) (*Model, error) {
	m, err := load(path)
	if err == nil {
		return m, nil
	}
	hint := "igs reads models that it wrote itself (.igsm); train the picture again or copy the file again"
	if bare := wholefile.Unnamed(err); bare != err {
		err, hint = bare, "" // the file could not be opened or read: its content is not to blame
	}
	return nil, fault.New(fault.BadInput, hint, "model %s: %w", path, err)
}

// load compares the length that the header asks for with the length of the file before
// it reads the rest, so that no file makes it allocate more than the file's own size.
func load(path string) (*Model, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	data := make([]byte, min(headerBytes, info.Size()))
	if _, err := io.ReadFull(file, data); err != nil {
		return nil, err
	}
	if _, err := readHeader(data, info.Size()); err != nil {
		return nil, err
	}
	data = append(make([]byte, 0, info.Size()), data...)
	rest := data[len(data):cap(data)]
	if _, err := io.ReadFull(file, rest); err != nil {
		return nil, err
	}
	return decode(data[:cap(data)])
}

// encode gives the same bytes for the same model, always.
func encode(m *Model) ([]byte, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	p := m.Splats
	if uint64(p.N) > math.MaxUint32 {
		return nil, fmt.Errorf("%d splats do not fit the file format", p.N)
	}
	h := fileHeader{
		Version: fileVersion, Depth: uint16(m.Depth()),
		W: uint32(m.W), H: uint32(m.H), N: uint32(p.N), C: uint16(p.C), TopK: uint16(m.TopK),
		RecipeLen: uint16(len(m.Recipe)), VersionLen: uint16(len(m.Version)),
	}
	copy(h.Magic[:], fileMagic)
	data, err := binary.Append(make([]byte, 0, h.size()), binary.LittleEndian, &h)
	if err != nil {
		return nil, err
	}
	data = append(append(data, m.Recipe...), m.Version...)
	for _, t := range p.tensors() {
		for _, v := range t.values {
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
		}
	}
	return binary.LittleEndian.AppendUint32(data, crc32.Checksum(data, castagnoli)), nil
}

// readHeader checks all that the header says against the length of the whole file.
func readHeader(data []byte, length int64) (*fileHeader, error) {
	if !bytes.HasPrefix(data, []byte(fileMagic)) {
		return nil, errors.New("not an igs model")
	}
	var h fileHeader
	if _, err := binary.Decode(data, binary.LittleEndian, &h); err != nil {
		return nil, errors.New("cut short inside its header")
	}
	if h.Version != fileVersion {
		return nil, fmt.Errorf("format version %d; this igs reads version %d", h.Version, fileVersion)
	}
	if h.size() != length {
		return nil, fmt.Errorf("%d bytes long, but its header describes %d", length, h.size())
	}
	return &h, nil
}

// decode is the inverse of encode.
func decode(data []byte) (*Model, error) {
	h, err := readHeader(data, int64(len(data)))
	if err != nil {
		return nil, err
	}
	body := data[:len(data)-crc32.Size]
	if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(data[len(body):]) {
		return nil, errors.New("damaged: the checksum does not match")
	}
	body = body[headerBytes:]
	take := func(n int) []byte {
		part := body[:n]
		body = body[n:]
		return part
	}
	m := &Model{
		W: int(h.W), H: int(h.H), TopK: int(h.TopK), Layers: Plain(int(h.C), int(h.Depth)), Gamma: 1, Bits: Lossless,
		Recipe: string(take(int(h.RecipeLen))), Version: string(take(int(h.VersionLen))),
		Splats: New(int(h.N), int(h.C)),
	}
	for _, t := range m.Splats.tensors() {
		for i := range t.values {
			t.values[i] = math.Float32frombits(binary.LittleEndian.Uint32(take(4)))
		}
	}
	if err := m.Validate(); err != nil {
		return nil, err
	}
	return m, nil
}
