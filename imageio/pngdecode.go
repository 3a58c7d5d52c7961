package imageio

import (
	"encoding/binary"
	"errors"
	"hash"
	"hash/crc32"
	"image"
	"image/png"
	"io"
	"slices"
	"strings"
)

// decodePNG decodes a PNG as libpng does: damage outside of the pixels and their colours is no reason to refuse it, but
// a note says what is ignored. A file may also end after its last pixel.
func decodePNG(file io.Reader, head *header) (image.Image, error) {
	f := &pngFilter{r: file, colour: head.pngColour}
	img, err := png.Decode(f)
	if err != nil {
		return nil, err
	}
	head.notes = slices.Concat(head.notes, f.notes())
	return img, nil
}

// notes says what was ignored.
func (f *pngFilter) notes() (notes []string) {
	if f.ignored != nil {
		notes = append(notes, "damaged chunks are ignored: "+strings.Join(f.ignored, ", "))
	}
	if f.unended {
		notes = append(notes, "its end is missing; all pixels are there")
	}
	return notes
}

// pngFilter gives image/png the chunks that it needs for the pixels. Others may be damaged, and image/png would refuse
// the file. Only a chunk of transparency is checked here, because libpng ignores a damaged one.
type pngFilter struct {
	r      io.Reader
	colour byte // colour type of the picture

	ready   []byte      // bytes that come next
	left    int64       // then so many bytes of the current chunk
	sum     hash.Hash32 // of the current chunk so far
	kind    string
	begun   bool     // an IDAT was seen
	clear   bool     // a tRNS was passed on
	done    bool     // after IEND
	unended bool     // the file ended early
	ignored []string // kinds of damaged chunks
}

func (f *pngFilter) Read(p []byte) (int, error) {
	for len(f.ready) == 0 {
		if f.left > 0 {
			n, err := f.r.Read(p[:min(int64(len(p)), f.left)])
			f.sum.Write(p[:n])
			if f.left -= int64(n); f.left == 0 {
				f.ready = f.stored()
			}
			return n, unexpected(err, n)
		}
		if f.done {
			return 0, io.EOF
		}
		if err := f.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, f.ready)
	f.ready = f.ready[n:]
	return n, nil
}

// unexpected is the error for a file that ends inside a chunk.
func unexpected(err error, n int) error {
	if n > 0 {
		return nil
	}
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// next reads the head of a chunk, and leaves it out or makes it ready.
func (f *pngFilter) next() error {
	if f.sum == nil { // the first 8 bytes are no chunk
		f.sum, f.ready = crc32.NewIEEE(), []byte(pngMagic)
		_, err := io.CopyN(io.Discard, f.r, int64(len(pngMagic)))
		return err
	}
	var b [8]byte
	_, err := io.ReadFull(f.r, b[:])
	n := int64(binary.BigEndian.Uint32(b[:]))
	f.kind = string(b[4:])
	if err == nil && (n > 1<<31-1 || strings.ContainsFunc(f.kind, notLetter)) {
		err = png.FormatError("bad chunk")
	}
	if err != nil {
		return f.ended(err)
	}
	f.sum.Reset()
	f.sum.Write(b[4:])
	switch {
	case f.kind == "tRNS" && n <= 256 && !f.begun && !f.clear:
		return f.transparency(b[:], n)
	case f.kind == "IDAT", f.kind == "IHDR", f.kind == "PLTE" && f.colour == pngPalette:
		f.begun = f.begun || f.kind == "IDAT"
		f.ready, f.left = b[:], n
		if n == 0 {
			f.ready = append(f.ready, f.stored()...)
		}
		return nil
	}
	if _, err := io.CopyN(f.sum, f.r, n); err != nil {
		return f.ended(err)
	}
	f.ignore(f.stored())
	if f.kind == "IEND" && f.begun {
		f.ready, f.done = []byte(pngEnd), true
	}
	return nil
}

// pngEnd is an IEND chunk.
const pngEnd = "\x00\x00\x00\x00IEND\xaeB`\x82"

func notLetter(c rune) bool { return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') }

// transparency passes on a chunk with the right length and checksum.
func (f *pngFilter) transparency(head []byte, n int64) error {
	data := make([]byte, n)
	if _, err := io.ReadFull(f.r, data); err != nil {
		return err
	}
	f.sum.Write(data)
	stored := f.stored()
	if n == 0 || f.colour != pngPalette && n != map[byte]int64{pngGrey: 2, pngRGB: 6}[f.colour] {
		stored = nil
	}
	if f.clear = f.ignore(stored); f.clear {
		f.ready = slices.Concat(head, data, stored)
	}
	return nil
}

// stored reads the checksum of the current chunk. If the file ends there, it is the one that the data have: image/png
// finds missing pixels itself.
func (f *pngFilter) stored() []byte {
	b := make([]byte, 4)
	if _, err := io.ReadFull(f.r, b); err != nil {
		f.unended = true
		return f.sum.Sum(nil)
	}
	return b
}

// ignore compares the checksum of a chunk with its data, and remembers the chunk when they differ.
func (f *pngFilter) ignore(stored []byte) (good bool) {
	if good = string(stored) == string(f.sum.Sum(nil)); !good && !slices.Contains(f.ignored, f.kind) {
		f.ignored = append(f.ignored, f.kind)
	}
	return good
}

// ended is called where no other chunk can be read. After the pixels, an IEND takes its place.
func (f *pngFilter) ended(err error) error {
	if !f.begun {
		if errors.Is(err, io.EOF) {
			return io.ErrUnexpectedEOF
		}
		return err
	}
	f.unended, f.done = true, true
	f.ready = []byte(pngEnd)
	return nil
}
