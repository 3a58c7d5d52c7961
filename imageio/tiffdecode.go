package imageio

import (
	"encoding/binary"
	"image"
	"io"
	"math"
	"slices"

	"golang.org/x/image/tiff"
)

// tiffPicture is the first picture of a TIFF. Its directory is written anew for golang.org/x/image/tiff, which refuses
// what libtiff reads with a warning: tags out of order or of an odd type, sizes of strips that are missing or wrong.
type tiffPicture struct {
	source
	directory
	blocks
	fields []field // all but the height and the blocks
}

func (s source) openTIFF() (p tiffPicture, notes []string, err error) {
	d, ok := readDirectory(s.r, s.size)
	if !ok {
		return p, nil, io.ErrUnexpectedEOF
	}
	p = tiffPicture{s, d, blocksOf(d, s.head), []field{{tagBits, slices.Repeat([]uint32{uint32(s.head.bits / s.head.samples)}, s.head.samples)}}}
	for _, tag := range []uint16{tagWidth, tagCompression, tagPhotometric, tagStripRows, tagPredictor, tagTileWidth, tagTileLength, tagExtraSamples} {
		if v := d.values(tag, 1); v != nil {
			p.fields = append(p.fields, field{tag, v})
		}
	}
	if colours := d.values(tagColorMap, 3*256+1); colours != nil {
		p.fields = append(p.fields, field{tagColorMap, colours})
	}
	if !d.sorted() {
		notes = append(notes, "its TIFF tags are out of order")
	}
	if p.repaired {
		notes = append(notes, "the sizes of its strips are missing or wrong, and are computed")
	}
	return p, notes, nil
}

// decode decodes rows that are in the given strips or tiles.
func (p tiffPicture) decode(rows int, offsets, counts []uint32) (image.Image, error) {
	fields := append(p.fields[:len(p.fields):len(p.fields)], field{tagHeight, []uint32{uint32(rows)}}, field{p.tags[0], offsets}, field{p.tags[1], counts})
	return tiff.Decode(io.NewSectionReader(p.withDirectory(p.order, fields), 0, math.MaxInt64))
}

// decodeTIFF decodes the whole picture.
func (s source) decodeTIFF(head *header) (image.Image, error) {
	p, notes, err := s.openTIFF()
	if err != nil {
		return nil, err
	}
	head.notes = slices.Concat(head.notes, notes)
	return p.decode(head.h, p.offsets, p.counts)
}

// sorted says whether the tags increase, as TIFF 6.0 demands.
func (d directory) sorted() bool {
	last := -1
	for e := d.entries; len(e) >= 12; e = e[12:] {
		tag := int(d.order.Uint16(e))
		if tag <= last {
			return false
		}
		last = tag
	}
	return true
}

// blocks are the strips or tiles of a picture.
type blocks struct {
	height, across  int       // of a block, px, and the number of blocks side by side
	tags            [2]uint16 // of the offsets and of the sizes
	offsets, counts []uint32
	repaired        bool // a size was computed
}

// blocksOf reads where the strips or tiles are. A size that is missing is computed as libtiff does: from the size of the
// rows without compression, else from where the next block begins.
func blocksOf(d directory, h header) blocks {
	tileW, tileH := d.number(tagTileWidth, 0), d.number(tagTileLength, 0)
	b := blocks{tags: [2]uint16{tagStripOffsets, tagStripBytes}}
	rows := d.number(tagStripRows, h.h)
	if rows < 1 || rows > h.h {
		rows = h.h
	}
	across, down := 1, (h.h+rows-1)/rows
	if tileW > 0 && tileH > 0 {
		b.tags = [2]uint16{tagTileOffsets, tagTileBytes}
		across, down = (h.w+tileW-1)/tileW, (h.h+tileH-1)/tileH
	}
	b.height, b.across = rows, across
	if tileW > 0 && tileH > 0 {
		b.height = tileH
	}
	most := int64(across) * int64(down)
	b.offsets, b.counts = d.values(b.tags[0], most), d.values(b.tags[1], most)
	plain := tileW == 0 && h.packing == 1
	var sorted []uint32
	line := (int64(h.w)*int64(h.bits) + 7) / 8
	for i, at := range b.offsets {
		if i == len(b.counts) {
			b.counts = append(b.counts, 0)
		}
		whole := line * int64(min(rows, h.h-i*rows))
		switch stored := int64(b.counts[i]); {
		case plain && (stored == whole || int64(at)+whole > d.size):
		case plain:
			b.repaired = b.repaired || stored < whole
			b.counts[i] = uint32(whole)
		case stored == 0:
			b.repaired = true
			if sorted == nil {
				sorted = slices.Sorted(slices.Values(b.offsets))
			}
			b.counts[i] = d.until(sorted, at)
		}
	}
	return b
}

// until is the number of bytes from an offset to the next one, or to the end of the file.
func (d directory) until(sorted []uint32, at uint32) uint32 {
	end := d.size
	if i, _ := slices.BinarySearch(sorted, at+1); i < len(sorted) && sorted[i] > at {
		end = int64(sorted[i])
	}
	return uint32(max(end-int64(at), 0))
}

// field is an entry of a directory. All values are written as longs.
type field struct {
	tag    uint16
	values []uint32
}

// rewritten is a file with another header, and with a directory behind its end.
type rewritten struct {
	io.ReaderAt
	size      int64
	head      []byte
	directory []byte
}

// withDirectory gives the file with another directory. A file that ends too near to 4 GiB for that stays as it is.
func (s source) withDirectory(order binary.ByteOrder, fields []field) io.ReaderAt {
	slices.SortFunc(fields, func(a, b field) int { return int(a.tag) - int(b.tag) })
	start := s.size
	entries := make([]byte, 2+12*len(fields)+4)
	order.PutUint16(entries, uint16(len(fields)))
	var long []byte
	for i, f := range fields {
		e := entries[2+12*i:]
		order.PutUint16(e, f.tag)
		order.PutUint16(e[2:], typeLong)
		order.PutUint32(e[4:], uint32(len(f.values)))
		if len(f.values) == 1 {
			order.PutUint32(e[8:], f.values[0])
			continue
		}
		order.PutUint32(e[8:], uint32(start+int64(len(entries)+len(long))))
		at := len(long)
		long = append(long, make([]byte, 4*len(f.values))...)
		for k, v := range f.values {
			order.PutUint32(long[at+4*k:], v)
		}
	}
	out := rewritten{ReaderAt: s.r, size: s.size, head: []byte(tiffLittle + "\x00\x00\x00\x00"), directory: append(entries, long...)}
	if start+int64(len(out.directory)) > math.MaxUint32 {
		return s.r
	}
	if order == binary.ByteOrder(binary.BigEndian) {
		copy(out.head, tiffBig)
	}
	order.PutUint32(out.head[4:], uint32(start))
	return out
}

func (r rewritten) ReadAt(p []byte, at int64) (n int, err error) {
	for n < len(p) && err == nil {
		from, part := at+int64(n), 0
		switch {
		case from < int64(len(r.head)):
			part = copy(p[n:], r.head[from:])
		case from < r.size:
			part, err = r.ReaderAt.ReadAt(p[n:min(int64(len(p)), int64(n)+r.size-from)], from)
			if part > 0 && err == io.EOF {
				err = nil
			}
		case from-r.size < int64(len(r.directory)):
			part = copy(p[n:], r.directory[from-r.size:])
		default:
			err = io.EOF
		}
		n += part
	}
	return n, err
}
