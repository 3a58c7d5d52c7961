package imageio

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"slices"
	"strings"
	"testing"
)

// reversed puts the entries of the directory of a TIFF of rawTIFF into reverse order.
func reversed(order binary.ByteOrder, file []byte) []byte {
	out := slices.Clone(file)
	at := int(order.Uint32(out[4:]))
	n := int(order.Uint16(out[at:]))
	for i := range n {
		copy(out[at+2+12*i:][:12], file[at+2+12*(n-1-i):])
	}
	return out
}

// changed changes the entry of a tag: its type, its number of values, and its first value.
func changed(file []byte, tag, kind, count, value int) []byte {
	order := binary.LittleEndian
	out := slices.Clone(file)
	at := int(order.Uint32(out[4:]))
	for i := range int(order.Uint16(out[at:])) {
		if e := out[at+2+12*i:]; int(order.Uint16(e)) == tag {
			order.PutUint16(e[2:], uint16(kind))
			order.PutUint32(e[4:], uint32(count))
			order.PutUint32(e[8:], uint32(value))
		}
	}
	return out
}

// libtiff reads these files, some with a warning.
func TestOddTIFF(t *testing.T) {
	little, big := binary.AppendByteOrder(binary.LittleEndian), binary.AppendByteOrder(binary.BigEndian)
	pixels := []byte{1, 2, 3, 4, 5, 6}
	grey := func(order binary.AppendByteOrder, more ...tiffField) []byte {
		return rawTIFF(order, pixels, plainTIFF(3, 2, tiffBlackIsZero, 1, 8, more...)...)
	}
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	z.Write(pixels)
	z.Close()
	deflated := rawTIFF(little, packed.Bytes(), plainTIFF(3, 2, tiffBlackIsZero, 1, 8, one(tagCompression, tiffDeflate))...)
	palette := rawTIFF(little, []byte{1, 0}, plainTIFF(2, 1, tiffPalette, 1, 8, tiffField{tag: tagColorMap, values: []int{1 << 8, 4 << 8, 2 << 8, 5 << 8, 3 << 8, 6 << 8}})...)
	const unsorted, computed = "its TIFF tags are out of order", "the sizes of its strips are missing or wrong, and are computed"
	for name, k := range map[string]struct {
		file []byte
		want []uint8
		note string
	}{
		"plain":              {grey(little), pixels, ""},
		"out of order":       {reversed(binary.LittleEndian, grey(little)), pixels, unsorted},
		"out of order, big":  {reversed(binary.BigEndian, grey(big)), pixels, unsorted},
		"a tag twice":        {rawTIFF(little, pixels, append(plainTIFF(3, 2, tiffBlackIsZero, 1, 8), one(tagWidth, 3))...), pixels, unsorted},
		"signed numbers":     {changed(grey(little), tagWidth, 8, 1, 3), pixels, ""},
		"long numbers":       {changed(grey(little), tagPhotometric, typeLong, 1, tiffBlackIsZero), pixels, ""},
		"many rows":          {grey(little, tiffField{tagStripRows, typeLong, []int{1<<32 - 1}}), pixels, ""},
		"no sizes":           {changed(grey(little), tagStripBytes, typeLong, 0, 0), pixels, computed},
		"size of 0":          {changed(grey(little), tagStripBytes, typeLong, 1, 0), pixels, computed},
		"short size":         {changed(grey(little), tagStripBytes, typeLong, 1, 4), pixels, computed},
		"great size":         {changed(grey(little), tagStripBytes, typeLong, 1, 1<<20), pixels, ""},
		"deflate, size of 0": {changed(deflated, tagStripBytes, typeLong, 1, 0), pixels, computed},
		"bits of one sample": {rawTIFF(little, pixels, plainTIFF(2, 1, tiffRGB, 1, 8, one(tagSamples, 3))...), []uint8{1, 4, 2, 5, 3, 6}, ""},
		"palette":            {reversed(binary.LittleEndian, palette), []uint8{4, 1, 5, 2, 6, 3}, unsorted},
	} {
		m, err := decodeBytes(k.file)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := m.Samples(8).bytes; !slices.Equal(got, k.want) || strings.Join(m.Notes, "; ") != k.note {
			t.Errorf("%s: %v, want %v; notes %q, want %q", name, got, k.want, m.Notes, k.note)
		}
	}
}
