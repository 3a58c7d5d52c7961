// Package exr reads OpenEXR pictures: one part of scan lines, with channels R, G, B or Y of half, float or uint
// samples, packed with RLE, ZIPS, ZIP or PIZ or not at all. It follows the "OpenEXR File Layout" of the Academy
// Software Foundation; how PIZ packs is written down nowhere but in the OpenEXR library.
//
// Values are those of the file: linear light without an upper end, negative, infinite or no number at times.
// The picture is the data window, row 0 its top.
//
// Errors are Unsupported, io.ErrUnexpectedEOF for a file that ends early, or else say what is damaged. No header
// makes the reader allocate more than some rows of the picture.
package exr

import (
	"encoding/binary"
	"fmt"
	"io"
)

// Magic is how every OpenEXR file begins.
const Magic = "v/1\x01"

// Unsupported is the error for a sound file of a kind that this package does not read.
type Unsupported string

func (u Unsupported) Error() string { return string(u) }

// File is a picture whose header has been read.
type File struct {
	W, H     int  // of the data window, px
	C        int  // 1 for Y, 3 for R, G and B
	Alpha    bool // there is an alpha channel; colours are multiplied by it
	Cropped  bool // the data window is not the display window
	RawBytes int  // of a pixel, unpacked
	Packing  int  // how many times smaller the packing makes pixels at most

	Primaries *[8]float64 // CIE x and y of red, green, blue and white, if the file has them

	r       io.ReaderAt
	size    int64
	pack    compression
	top     int64 // y of the first row in the coordinates of the file
	planes  []channel
	offsets int64             // where the table of offsets lies
	name    [maxName + 1]byte // room for one of the header
}

// Open reads the header of a picture that fills r, of size bytes. W and H are at least 1 and else unchecked.
func Open(r io.ReaderAt, size int64) (*File, error) {
	f := &File{r: r, size: size}
	if err := f.readHeader(); err != nil {
		return nil, err
	}
	return f, nil
}

// blocks is the number of pieces that the rows are packed in.
func (f *File) blocks() int { return (f.H + f.pack.rows() - 1) / f.pack.rows() }

// Rows hands the rows to visit, from the top, one slice of W values a channel in the order R, G, B, and alpha at
// the end if there is one. The slices are the reader's own. An error of visit ends it and is returned.
func (f *File) Rows(visit func(y int, row [][]float32) error) error {
	out := make([][]float32, len(f.planes))
	for i := range out {
		out[i] = make([]float32, f.W)
	}
	d := f.newUnpacker()
	for block := range f.blocks() {
		first := block * f.pack.rows()
		rows := min(f.pack.rows(), f.H-first)
		packed, err := f.block(block, rows, d)
		if err != nil {
			return err
		}
		raw, err := d.unpack(packed, rows)
		if err != nil {
			return fmt.Errorf("rows from %d: %w", first, err)
		}
		for i := range rows {
			raw = f.unpackRow(raw, out)
			if err := visit(first+i, out); err != nil {
				return err
			}
		}
	}
	return nil
}

// block reads the packed bytes of a block of rows into the memory of d.
func (f *File) block(block, rows int, d *unpacker) ([]byte, error) {
	var b [8]byte
	if err := f.readAt(b[:], f.offsets+8*int64(block)); err != nil {
		return nil, err
	}
	at := binary.LittleEndian.Uint64(b[:])
	if at == 0 || at > uint64(f.size) { // zero in a file whose writer was stopped
		return nil, io.ErrUnexpectedEOF
	}
	if err := f.readAt(b[:], int64(at)); err != nil {
		return nil, err
	}
	y, n := int32(binary.LittleEndian.Uint32(b[:])), int32(binary.LittleEndian.Uint32(b[4:]))
	if want := f.top + int64(block*f.pack.rows()); int64(y) != want {
		return nil, fmt.Errorf("a block of row %d where that of row %d belongs", y, want)
	}
	if n < 0 || int(n) > rows*f.W*f.RawBytes {
		return nil, fmt.Errorf("a block of %d bytes", n)
	}
	packed := grown(&d.packed, int(n))
	return packed, f.readAt(packed, int64(at)+8)
}

// readAt fills b from a place in the file.
func (f *File) readAt(b []byte, at int64) error {
	if at < 0 || at > f.size-int64(len(b)) {
		return io.ErrUnexpectedEOF
	}
	_, err := f.r.ReadAt(b, at)
	if err == io.EOF {
		err = nil // all of b was there
	}
	return err
}

// unpackRow takes the values of a row off the front of raw, in which channels are in alphabetical order.
func (f *File) unpackRow(raw []byte, out [][]float32) (rest []byte) {
	for _, p := range f.planes {
		n := f.W * p.kind.bytes()
		p.kind.values(raw[:n], out[p.place])
		raw = raw[n:]
	}
	return raw
}

// grown is n bytes of *b, which is made longer if need be.
func grown[T any](b *[]T, n int) []T {
	if cap(*b) < n {
		*b = make([]T, n)
	}
	return (*b)[:n]
}
