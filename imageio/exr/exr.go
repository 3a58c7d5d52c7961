// Package exr reads OpenEXR pictures of one part of scan lines. Channels are R, G and B, or Y, with half, float or uint
// samples. Compression is RLE, ZIPS, ZIP, PIZ or none. The source is the "OpenEXR File Layout" of the Academy Software
// Foundation; for PIZ the only description is the OpenEXR library.
//
// Values are those of the file: linear light, which may be above 1, negative, infinite or NaN. The picture is the data
// window, with row 0 at its top.
//
// An error is Unsupported, or io.ErrUnexpectedEOF for a file that ends early, or says what is damaged. For any header,
// the reader allocates no more than some rows of the picture.
package exr

import (
	"encoding/binary"
	"fmt"
	"io"
)

// Magic is the beginning of every OpenEXR file.
const Magic = "v/1\x01"

// Unsupported is the error for a valid file of a kind that this package does not read.
type Unsupported string

func (u Unsupported) Error() string { return string(u) }

// File is a picture whose header has been read.
type File struct {
	W, H     int  // of the data window, px
	C        int  // 1 for Y, 3 for R, G and B
	Alpha    bool // the picture has an alpha channel, and colours are multiplied by it
	Cropped  bool // the data window is not the display window
	RawBytes int  // bytes of a pixel without compression
	Packing  int  // largest factor of the compression

	Primaries *[8]float64 // CIE x and y of red, green, blue and white, if the file has them

	r       io.ReaderAt
	size    int64
	pack    compression
	top     int64 // y of the first row in the coordinates of the file
	planes  []channel
	offsets int64             // offset of the table of offsets
	name    [maxName + 1]byte // buffer for a name of the header
}

// Open reads the header of a file of size bytes. W and H are at least 1; the caller checks their upper limit.
func Open(r io.ReaderAt, size int64) (*File, error) {
	f := &File{r: r, size: size}
	if err := f.readHeader(); err != nil {
		return nil, err
	}
	return f, nil
}

// blocks is the number of compressed blocks of rows.
func (f *File) blocks() int { return (f.H + f.pack.rows() - 1) / f.pack.rows() }

// Rows calls visit for each row from the top. A row has a slice of W values for each channel, in the order R, G, B, and
// alpha last if there is one. The slices are valid during the call. Rows ends at an error of visit and returns it.
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

// block reads the compressed bytes of a block of rows into a buffer of d.
func (f *File) block(block, rows int, d *unpacker) ([]byte, error) {
	var b [8]byte
	if err := f.readAt(b[:], f.offsets+8*int64(block)); err != nil {
		return nil, err
	}
	at := binary.LittleEndian.Uint64(b[:])
	if at == 0 || at > uint64(f.size) { // it is zero when the writer did not finish the file
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

// readAt fills b from an offset of the file.
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

// unpackRow decodes a row from the front of raw, in which channels have alphabetical order. It returns the rest of raw.
func (f *File) unpackRow(raw []byte, out [][]float32) (rest []byte) {
	for _, p := range f.planes {
		n := f.W * p.kind.bytes()
		p.kind.values(raw[:n], out[p.place])
		raw = raw[n:]
	}
	return raw
}

// grown is the first n elements of *b. It allocates *b again when it is too short.
func grown[T any](b *[]T, n int) []T {
	if cap(*b) < n {
		*b = make([]T, n)
	}
	return (*b)[:n]
}
