package imageio

import (
	"image"
	"io"
)

// inStrips says whether the strips or rows of tiles of a TIFF are small enough to be decoded one after the other.
func (s source) inStrips() bool {
	p, _, err := s.openTIFF()
	return err == nil && p.height*s.head.w*s.head.c <= 8*bandSamples
}

// tiffBands decodes a TIFF strip by strip, or by rows of tiles, and gives the images of bands of rows to take.
func (s source) tiffBands(head header, take func(image.Image) error) (notes []string, err error) {
	p, notes, err := s.openTIFF()
	if err != nil {
		return nil, err
	}
	together := max(head.bandRows()/p.height, 1) // rows of blocks in a band
	for at := 0; at*p.height < head.h; at += together {
		first, end := at*p.across, min((at+together)*p.across, len(p.offsets), len(p.counts))
		if first >= end {
			return nil, io.ErrUnexpectedEOF
		}
		band, err := p.decode(min(together*p.height, head.h-at*p.height), p.offsets[first:end], p.counts[first:end])
		if err != nil {
			return nil, err
		}
		if err := take(band); err != nil {
			return nil, err
		}
	}
	return notes, nil
}
