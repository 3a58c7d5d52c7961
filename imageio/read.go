package imageio

import (
	"bufio"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"unicode"

	"igs/internal/fault"
	"igs/internal/wholefile"
)

const large = 8 << 20 // samples from which it pays to give memory back: it takes some ms

// Read is ReadSamples in float32.
func Read(path string) (*Image, error) {
	s, err := ReadSamples(path)
	if err != nil {
		return nil, err
	}
	return s.Image(), nil
}

// ReadSamples decodes a PNG or JPEG file, told apart by content and not by name, at the
// full depth of the file: grey to C=1, anything else to C=3. The EXIF orientation of a
// JPEG is applied. Alpha is straight in these formats, so that dropping it leaves the
// colours as stored; unless it was opaque everywhere, a note says that it is gone.
func ReadSamples(path string) (*Samples, error) {
	f, size, err := open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s, err := decode(f, size)
	if err != nil {
		return nil, named(path, err)
	}
	// The decoder's own picture is garbage now, 133 MB at 8K. Nothing after this allocates
	// much, so that it would stay in the process for the whole run.
	if s.Pixels()*s.C >= large {
		debug.FreeOSMemory()
	}
	return s, nil
}

// Size is what the header of a picture tells: px after orientation, and the channels and bits
// a sample that Read would give.
type Size struct{ W, H, C, Depth int }

// ReadSize reads no more than the header.
func ReadSize(path string) (Size, error) {
	f, size, err := open(path)
	if err != nil {
		return Size{}, err
	}
	defer f.Close()
	head, err := readHeader(f, size)
	if err != nil {
		return Size{}, named(path, err)
	}
	s := Size{head.w, head.h, head.c, head.depth}
	if head.turn.swapsSides() {
		s.W, s.H = s.H, s.W
	}
	return s, nil
}

// decode reads the picture that fills r, of size bytes, from its first byte.
func decode(r io.ReaderAt, size int64) (*Samples, error) {
	head, err := readHeader(r, size)
	if err != nil {
		return nil, err
	}
	var img image.Image
	bytes := &untilEnd{Reader: bufio.NewReaderSize(io.NewSectionReader(r, 0, size), 1<<16)}
	if head.format == formatPNG {
		img, err = png.Decode(bytes)
	} else {
		img, err = jpeg.Decode(bytes)
	}
	switch {
	case err != nil && bytes.ended:
		return nil, damaged(head.format, io.ErrUnexpectedEOF)
	case err != nil:
		return nil, damaged(head.format, err)
	}
	if b := img.Bounds(); b.Dx() != head.w || b.Dy() != head.h {
		return nil, damaged(head.format, fmt.Errorf("header says %d x %d px, data %d x %d", head.w, head.h, b.Dx(), b.Dy()))
	}
	return planar(img, head)
}

// untilEnd notes that more bytes were asked for than there are. The decoders' own words
// for that depend on where the file was cut ("short Huffman data", "bad RST marker").
type untilEnd struct {
	io.Reader
	ended bool
}

func (u *untilEnd) Read(p []byte) (int, error) {
	n, err := u.Reader.Read(p)
	u.ended = u.ended || err == io.EOF && n == 0
	return n, err
}

// open stats before it opens, because opening a named pipe would wait for a writer.
func open(path string) (*os.File, int64, error) {
	const hint = "check the path; igs reads PNG and JPEG files"
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		return nil, 0, fault.New(fault.BadInput, "name the pictures in it, for example with a pattern like '*.png'", "%s: is a directory, not a picture", shown(path))
	}
	if err == nil && !info.Mode().IsRegular() {
		return nil, 0, fault.New(fault.BadInput, "write the picture to a file first", "%s: not a regular file", shown(path))
	}
	var f *os.File
	if err == nil {
		f, err = os.Open(path)
	}
	if err != nil {
		return nil, 0, fault.New(fault.BadInput, hint, "%s: %w", shown(path), wholefile.Unnamed(err))
	}
	return f, info.Size(), nil
}

// named puts the file in front of an error about its content.
func named(path string, err error) error {
	return fmt.Errorf("%s: %w", shown(path), err)
}

// damaged is the error for a file that begins as a picture and does not go on as one.
func damaged(f format, err error) error {
	const hint = "the file is incomplete or corrupt: fetch it or export it again"
	var pngUnsupported png.UnsupportedError
	var jpegUnsupported jpeg.UnsupportedError
	switch {
	case errors.As(err, &pngUnsupported), errors.As(err, &jpegUnsupported):
		return fault.New(fault.BadInput, convertHint, "%s of a kind igs cannot read: %w", f, err)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fault.New(fault.BadInput, hint, "%s is truncated: the file ends before the picture does", f)
	}
	return fault.New(fault.BadInput, hint, "%s is damaged: %w", f, err)
}

// shown is a path fit for a one-line message.
func shown(path string) string {
	if path == "" || strings.ContainsFunc(path, unicode.IsControl) {
		return strconv.Quote(path)
	}
	return path
}
