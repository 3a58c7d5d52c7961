package imageio

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
	"os"
	"slices"

	"igs/internal/wholefile"
)

// stripBytes is the size of a strip before compression.
const stripBytes = 1 << 18

// tiffFile writes a TIFF strip by strip. golang.org/x/image/tiff cannot do that: it writes RGB with an alpha channel,
// and it needs the whole picture, and the compressed file, in memory.
type tiffFile struct {
	Spec
	rows           int // of a strip
	to             io.Writer
	at             int64 // bytes written
	packer         *zlib.Writer
	packed         bytes.Buffer
	line           []byte
	offsets, sizes []uint32
}

// writeTIFF writes a little-endian file of strips with deflate and differences between neighbours. The directory comes
// last; then its offset is written into the header.
func writeTIFF(path string, s Spec, row rowFunc) error {
	return wholefile.Produce(path, func(temporary string) error {
		f, err := os.OpenFile(temporary, os.O_RDWR, 0)
		if err != nil {
			return wholefile.Unnamed(err)
		}
		buffered := bufio.NewWriterSize(f, 1<<16)
		t := &tiffFile{Spec: s, to: buffered, line: make([]byte, s.W*s.C*s.Depth/8)}
		t.rows = min(max(stripBytes/len(t.line), 1), s.H)
		directory, err := t.write(row)
		if err == nil {
			err = buffered.Flush()
		}
		if err == nil {
			_, err = f.WriteAt(binary.LittleEndian.AppendUint32(nil, uint32(directory)), 4)
		}
		if closed := f.Close(); err == nil {
			err = closed
		}
		return wholefile.Unnamed(err)
	})
}

// write writes the whole file, and returns the offset of the directory.
func (t *tiffFile) write(row rowFunc) (directory int64, err error) {
	t.packer = zlib.NewWriter(&t.packed)
	if err := t.put([]byte(tiffLittle + "\x00\x00\x00\x00")); err != nil {
		return 0, err
	}
	floats := NewRow(t.C, t.W)
	for y := 0; y < t.H; y++ {
		if err := row(y, floats); err != nil {
			return 0, err
		}
		t.pack(floats)
		if _, err := t.packer.Write(t.line); err != nil {
			return 0, err
		}
		if (y+1)%t.rows == 0 || y+1 == t.H {
			if err := t.endStrip(); err != nil {
				return 0, err
			}
		}
	}
	if t.at%2 == 1 { // the directory must begin at an even offset
		if err := t.put([]byte{0}); err != nil {
			return 0, err
		}
	}
	directory = t.at
	return directory, t.put(t.directory())
}

func (t *tiffFile) put(data []byte) error {
	n, err := t.to.Write(data)
	t.at += int64(n)
	return err
}

func (t *tiffFile) endStrip() error {
	if err := t.packer.Close(); err != nil {
		return err
	}
	t.offsets, t.sizes = append(t.offsets, uint32(t.at)), append(t.sizes, uint32(t.packed.Len()))
	err := t.put(t.packed.Bytes())
	t.packed.Reset()
	t.packer.Reset(&t.packed)
	return err
}

// pack sets t.line to the differences between the samples of a row and their left neighbours.
func (t *tiffFile) pack(row [][]float32) {
	for c, values := range row {
		var left uint16
		for x, v := range values {
			at := x*t.C + c
			if t.Depth == 8 {
				here := level(v, 255)
				t.line[at] = byte(here - left)
				left = here
				continue
			}
			here := level(v, 65535)
			binary.LittleEndian.PutUint16(t.line[2*at:], here-left)
			left = here
		}
	}
}

// directory has the tags in their order, and after them the values that are too long for a tag.
func (t *tiffFile) directory() []byte {
	bits := []uint32{uint32(t.Depth)}
	photometric := uint32(tiffBlackIsZero)
	if t.C >= 3 {
		photometric, bits = tiffRGB, slices.Repeat(bits, t.C)
	}
	one := func(v uint32) []uint32 { return []uint32{v} }
	tags := []struct {
		tag, kind uint16
		values    []uint32
	}{
		{tagWidth, typeLong, one(uint32(t.W))},
		{tagHeight, typeLong, one(uint32(t.H))},
		{tagBits, typeShort, bits},
		{tagCompression, typeShort, one(tiffDeflate)},
		{tagPhotometric, typeShort, one(photometric)},
		{tagStripOffsets, typeLong, t.offsets},
		{tagSamples, typeShort, one(uint32(t.C))},
		{tagStripRows, typeLong, one(uint32(t.rows))},
		{tagStripBytes, typeLong, t.sizes},
		{tagPlanar, typeShort, one(1)},
		{tagPredictor, typeShort, one(tiffDifference)},
		{tagExtraSamples, typeShort, one(tiffStraight)},
	}
	if t.C < 4 {
		tags = tags[:len(tags)-1]
	}
	order := binary.LittleEndian
	head := order.AppendUint16(nil, uint16(len(tags)))
	var tail []byte
	behind := t.at + int64(2+12*len(tags)+4)
	for _, e := range tags {
		var data []byte
		for _, v := range e.values {
			if e.kind == typeShort {
				data = order.AppendUint16(data, uint16(v))
			} else {
				data = order.AppendUint32(data, v)
			}
		}
		head = order.AppendUint16(order.AppendUint16(head, e.tag), e.kind)
		head = order.AppendUint32(head, uint32(len(e.values)))
		if len(data) > 4 {
			head = order.AppendUint32(head, uint32(behind)+uint32(len(tail)))
			tail = append(tail, data...) // an even number of bytes
			continue
		}
		head = append(head, append(data, 0, 0, 0, 0)[:4]...)
	}
	return append(append(head, 0, 0, 0, 0), tail...) // no further directory
}
