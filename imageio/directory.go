package imageio

import (
	"encoding/binary"
	"io"
)

// Tags of a TIFF directory (TIFF 6.0, Adobe, 1992).
const (
	tagWidth        = 256
	tagHeight       = 257
	tagBits         = 258
	tagCompression  = 259
	tagPhotometric  = 262
	tagFillOrder    = 266
	tagStripOffsets = 273
	tagOrientation  = 274
	tagSamples      = 277
	tagStripRows    = 278
	tagStripBytes   = 279
	tagPlanar       = 284
	tagPredictor    = 317
	tagColorMap     = 320
	tagTileWidth    = 322
	tagTileLength   = 323
	tagTileOffsets  = 324
	tagTileBytes    = 325
	tagExtraSamples = 338
	tagSampleFormat = 339
	tagICC          = 34675
)

const (
	typeByte      = 1
	typeShort     = 3
	typeLong      = 4
	typeUndefined = 7
)

// typeBytes are the sizes of the types of whole numbers. Some programs write signed ones.
var typeBytes = map[uint16]int64{typeByte: 1, typeShort: 2, typeLong: 4, 6: 1, typeUndefined: 1, 8: 2, 9: 4}

// directory is the first directory of a TIFF structure. TIFF files and EXIF blocks have that structure.
type directory struct {
	r       io.ReaderAt
	size    int64
	order   binary.ByteOrder
	entries []byte // 12 bytes each: tag 2, type 2, number of values 4, the value or the offset of the values 4
	more    bool   // another directory follows
}

// readDirectory reads as many entries as there are. A directory without entries is no error.
func readDirectory(r io.ReaderAt, size int64) (directory, bool) {
	d := directory{r: r, size: size}
	head := d.at(0, 8)
	if head == nil {
		return d, false
	}
	switch string(head[:4]) {
	case tiffLittle:
		d.order = binary.LittleEndian
	case tiffBig:
		d.order = binary.BigEndian
	default:
		return d, false
	}
	start := int64(d.order.Uint32(head[4:]))
	count := d.at(start, 2)
	if count == nil {
		return d, false
	}
	start += 2
	n := 12 * int64(d.order.Uint16(count))
	d.entries = d.at(start, min(n, (size-start)/12*12))
	if next := d.at(start+n, 4); next != nil {
		d.more = d.order.Uint32(next) != 0
	}
	return d, true
}

// at is n bytes from an offset, or nil when the structure is shorter.
func (d directory) at(from, n int64) []byte {
	if n < 0 || from < 0 || from > d.size-n {
		return nil
	}
	b := make([]byte, n)
	if got, _ := d.r.ReadAt(b, from); int64(got) < n {
		return nil
	}
	return b
}

// find gives at most most values of a tag as they are stored, and their type.
func (d directory) find(tag uint16, most int64) (raw []byte, kind uint16) {
	for e := d.entries; len(e) >= 12; e = e[12:] {
		if d.order.Uint16(e) != tag {
			continue
		}
		kind := d.order.Uint16(e[2:])
		width := typeBytes[kind]
		n := int64(d.order.Uint32(e[4:]))
		if n*width <= 4 {
			return e[8 : 8+n*width], kind
		}
		return d.at(int64(d.order.Uint32(e[8:])), min(n, most)*width), kind
	}
	return nil, 0
}

// values gives at most most numbers of a tag. Signed numbers count as unsigned ones: no tag here has negative values.
func (d directory) values(tag uint16, most int64) []uint32 {
	raw, kind := d.find(tag, most)
	var out []uint32
	switch width := typeBytes[kind]; width {
	case 1:
		for _, v := range raw {
			out = append(out, uint32(v))
		}
	case 2:
		for ; len(raw) >= 2; raw = raw[2:] {
			out = append(out, uint32(d.order.Uint16(raw)))
		}
	case 4:
		for ; len(raw) >= 4; raw = raw[4:] {
			out = append(out, d.order.Uint32(raw))
		}
	}
	return out
}

// numbers gives at most 16 values of a tag.
func (d directory) numbers(tag uint16) []int {
	var out []int
	for _, v := range d.values(tag, 16) {
		out = append(out, int(min(v, 1<<31-1)))
	}
	return out
}

// number is the first value of a tag, or missing when there is none.
func (d directory) number(tag uint16, missing int) int {
	if v := d.numbers(tag); len(v) > 0 {
		return v[0]
	}
	return missing
}

// orientation is upright when the tag is missing, malformed or out of range: broken metadata is no reason to refuse a
// picture. The standard allows only shorts, but some programs write longs.
func (d directory) orientation() orientation {
	if v := d.number(tagOrientation, 0); v >= 1 && v <= 8 {
		return orientation(v)
	}
	return upright
}
