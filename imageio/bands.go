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

// bands decodes a picture of integers, and hands it to take in bands of rows, from the top. Band after band is decoded
// where inBands is true. It returns the notes.
func (s source) bands(take func(y int, band *Samples) error) (notes []string, err error) {
	if !s.inBands() {
		m, err := s.samples()
		if err != nil {
			return nil, err
		}
		return m.Notes, m.cut(s.head.bandRows(), take)
	}
	head, y := s.head, 0
	var changed []string // notes about the samples
	var stopped error    // an error of take, which does not mean that the file is damaged
	each := func(img image.Image) error {
		part := head
		part.h, part.notes = img.Bounds().Dy(), nil
		band, err := planar(img, part)
		if err == nil {
			for _, note := range band.Notes {
				if !slices.Contains(changed, note) {
					changed = append(changed, note)
				}
			}
			err = take(y, band)
		}
		stopped = err
		y += part.h
		return err
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
	return slices.Concat(head.notes, notes, changed), nil
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
