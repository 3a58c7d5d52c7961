package imageio

import (
	"bufio"
	"errors"
	"fmt"
	"image"
	"io"
	"slices"
)

// A band has about bandSamples samples, but at most 1/bandShare of the picture.
const (
	bandSamples = 1 << 20
	bandShare   = 8
)

// bandRows is the number of rows of a band.
func (h header) bandRows() int { return max(1, min(bandSamples/(h.w*h.c), h.h/bandShare)) }

// bandBytes is about the memory of a band: as stored, as decoded, and in planes.
func (h header) bandBytes() int64 {
	return int64(h.bandRows()) * int64(h.w) * int64(h.c*h.depth) // 8 times its samples
}

// inBands says whether the format allows to decode a part of the rows at a time. Turned pictures are decoded whole,
// because their rows do not come from the top.
func (s source) inBands() bool {
	switch head := s.head; {
	case head.turn > mirrored:
		return false
	case head.format == formatPNG:
		return !head.interlaced
	case head.format == formatTIFF:
		return s.inStrips()
	default:
		return head.format == formatQOI || head.format == formatEXR
	}
}

// bands hands the samples of a picture of integers to take, in bands of rows, from the top. Band after band is decoded
// where inBands is true. It returns the layer and the notes.
func (s source) bands(how Alpha, take func(y int, band *Samples) error) (layer Layer, notes []string, err error) {
	if !s.inBands() {
		m, err := s.samples(how)
		if err != nil {
			return Layer{}, nil, err
		}
		return m.Layers[0], m.Notes, m.cut(s.head.bandRows(), take)
	}
	head, y := s.head, 0
	if head.transparent && !how.Drop {
		span, err := s.alphaSpan()
		if err != nil {
			return Layer{}, nil, err
		}
		head.alphas = &span
	}
	var changed []string // notes about the samples
	notes, err = s.images(func(img image.Image) error {
		part := head
		part.h, part.notes = img.Bounds().Dy(), nil
		band, err := planar(img, part, how)
		if err != nil {
			return err
		}
		layer = band.Layers[0]
		for _, note := range band.Notes {
			if !slices.Contains(changed, note) {
				changed = append(changed, note)
			}
		}
		y += part.h
		return take(y-part.h, band)
	})
	return layer, append(notes, changed...), err
}

// images decodes a picture of integers in bands, and gives their images to take. It returns the notes about the file.
func (s source) images(take func(image.Image) error) (notes []string, err error) {
	head, y := s.head, 0
	var stopped error // an error of take, which does not mean that the file is damaged
	each := func(img image.Image) error {
		y += img.Bounds().Dy()
		stopped = take(img)
		return stopped
	}
	bytes := &untilEnd{Reader: bufio.NewReaderSize(io.NewSectionReader(s.r, 0, s.size), 1<<16)}
	switch head.format {
	case formatPNG:
		notes, err = pngBands(bytes, head, each)
	case formatQOI:
		err = readQOI(bufio.NewReader(bytes), head, head.bandRows(), each)
	case formatTIFF:
		notes, err = s.tiffBands(head, each)
		bytes.ended = errors.Is(err, io.EOF)
	}
	switch {
	case stopped != nil:
		return nil, stopped
	case err != nil && bytes.ended:
		return nil, damaged(head.format, io.ErrUnexpectedEOF)
	case err != nil:
		return nil, damaged(head.format, err)
	case y != head.h:
		return nil, damaged(head.format, fmt.Errorf("header says %d rows, data %d", head.h, y))
	}
	return slices.Concat(head.notes, notes), nil
}

// errDecided ends the search for alpha.
var errDecided = errors.New("further rows change nothing")

// alphaSpan is the alpha of a picture that may have some.
func (s source) alphaSpan() (all alphaSpan, err error) {
	first, head := true, s.head
	join := func(img image.Image) error {
		part := head
		part.h = img.Bounds().Dy()
		span := alphaSpan{1, 1, 1} // opaque
		if rows, ok := rows8(img, part).(transparent[uint8]); ok {
			span = spanOf(rows, part)
		} else if rows, ok := rows16(img, part).(transparent[uint16]); ok {
			span = spanOf(rows, part)
		}
		if first {
			all, first = span, false
		}
		if all = all.join(span); all.decided() {
			return errDecided
		}
		return nil
	}
	if s.inBands() {
		_, err = s.images(join)
	} else if img, failed := s.decoded(&head); failed != nil {
		err = failed
	} else {
		err = join(img)
	}
	if errors.Is(err, errDecided) {
		err = nil
	}
	return all, err
}

// cut hands bands of a picture in memory to take.
func (s *Samples) cut(rows int, take func(y int, band *Samples) error) error {
	for y := 0; y < s.H; y += rows {
		band := NewSamples(s.W, min(rows, s.H-y), s.C, s.Depth)
		for i := range s.C * band.H {
			c, row := i/band.H, i%band.H
			if s.Depth == 16 {
				copy(band.Row16(c, row), s.Row16(c, y+row))
			} else {
				copy(band.Row8(c, row), s.Row8(c, y+row))
			}
		}
		if err := take(y, band); err != nil {
			return err
		}
	}
	return nil
}

// put stores a band in a picture on the disk, from row y and channel c on.
func (s *Samples) put(first, y int, band *Samples) {
	for i := range band.C * band.H {
		c, row := i/band.H, i%band.H
		if s.Depth == 16 {
			writeRow(s.disk, first+c, y+row, band.Row16(c, row))
		} else {
			writeRow(s.disk, first+c, y+row, band.Row8(c, row))
		}
	}
}
