package imageio

import (
	"bufio"
	"errors"
	"fmt"
	"image"
	"io"

	"golang.org/x/image/webp"
)

// source is a picture whose header has been read: size bytes from the first of r.
type source struct {
	r    io.ReaderAt
	size int64
	head header
}

func newSource(r io.ReaderAt, size int64) (source, error) {
	head, err := readHeader(r, size)
	return source{r, size, head}, err
}

// visitor is given the rows of a picture in turn, from the top, one slice a channel. It may change them, but not
// keep them.
type visitor func(y int, row [][]float32) error

// sides are the width and the height of the picture as it is meant to be seen.
func (s source) sides() (w, h int) {
	if s.head.turn.swapsSides() {
		return s.head.h, s.head.w
	}
	return s.head.w, s.head.h
}

// rows hands the samples of the picture to visit, as 0..1. The layer has no name yet.
func (s source) rows(how Alpha, visit visitor) (Layer, []string, error) {
	if s.head.format == formatEXR {
		return s.floatRows(how, visit)
	}
	layer, notes, err := s.bands(how, func(from int, band *Samples) error {
		return band.rows(func(y int, row [][]float32) error { return visit(from+y, row) })
	})
	return layer, notes, err
}

// channels is the number of channels of the samples. Only a picture that may have alpha is decoded for it.
func (s source) channels(how Alpha) (int, error) {
	head := s.head
	switch {
	case !head.transparent || how.Drop:
		return head.c, nil
	case head.format == formatEXR:
		_, alpha, err := s.floats(how)
		return alpha.channels, err
	}
	span, err := s.alphaSpan()
	if err != nil {
		return 0, err
	}
	_, err = span.apply(&head, how)
	return head.c, err
}

// rows hands the samples to visit, as 0..1.
func (s *Samples) rows(visit visitor) error {
	row := NewRow(s.C, s.W)
	for y := range s.H {
		for c := range row {
			s.Row(c, y, row[c])
		}
		if err := visit(y, row); err != nil {
			return err
		}
	}
	return nil
}

// samples are those of a picture of integers.
func (s source) samples(how Alpha) (*Samples, error) {
	head := s.head
	img, err := s.decoded(&head)
	if err != nil {
		return nil, err
	}
	return planar(img, head, how)
}

// decoded is a picture of integers as its decoder gives it.
func (s source) decoded(head *header) (image.Image, error) {
	section := io.NewSectionReader(s.r, 0, s.size)
	bytes := &untilEnd{Reader: bufio.NewReaderSize(section, 1<<16)}
	var img image.Image
	var err error
	switch head.format {
	case formatPNG:
		img, err = decodePNG(bytes, head)
	case formatJPEG:
		img, err = s.decodeJPEG(bytes, head)
	case formatWebP:
		img, err = webp.Decode(bytes)
	case formatQOI:
		img, err = decodeQOI(bufio.NewReader(bytes), *head)
	case formatTIFF: // which it reads here and there
		img, err = s.decodeTIFF(head)
		bytes.ended = errors.Is(err, io.EOF)
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
	return img, nil
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
