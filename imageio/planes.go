package imageio

import (
	"fmt"
	"image"
	"sync/atomic"

	"igs/internal/fault"
	"igs/internal/parallel"
)

// overBlack is the note about an alpha channel with which colours are multiplied.
const overBlack = "alpha channel dropped: colours stay multiplied by it, as over black"

// planar copies the picture of a decoder to planes. It applies orientation, profile and alpha.
func planar(img image.Image, head header, how Alpha) (*Samples, error) {
	var s *Samples
	var opaque bool
	var err error
	if eight := rows8(img, head); eight != nil && head.depth == 8 {
		s, opaque, err = filled(eight, &head, how, func(s *Samples) []uint8 { return s.bytes })
	} else if sixteen := rows16(img, head); sixteen != nil && head.depth == 16 {
		s, opaque, err = filled(sixteen, &head, how, func(s *Samples) []uint16 { return s.words })
	} else {
		err = fault.New(fault.BadInput, convertHint, "%s of a kind igs cannot read: %T", head.format, img)
	}
	if err != nil {
		return nil, err
	}
	s.Layers = []Layer{head.layer()}
	s.Notes = append(s.Notes, head.notes...)
	if !opaque && head.associated {
		s.Notes = append(s.Notes, overBlack)
	} else if !opaque {
		s.Notes = append(s.Notes, "alpha channel dropped")
	}
	if head.turn > upright {
		s.Notes = append(s.Notes, fmt.Sprintf("turned as its EXIF orientation %d says", head.turn))
	}
	if head.profile != nil {
		s.Notes = append(s.Notes, converted(profileName(head.profile)))
	}
	if _, ok := img.(*image.CMYK); ok {
		s.Notes = append(s.Notes, "CMYK converted to RGB without a colour profile")
	}
	return s, nil
}

// filled makes the samples of the rows of a decoder. It sets the channels of head.
func filled[T sample](rows stored[T], head *header, how Alpha, planes func(*Samples) []T) (s *Samples, opaque bool, err error) {
	rows, err = blend(rows, inSRGB(rows, *head), head, how)
	if err != nil {
		return nil, false, err
	}
	s = NewSamples(head.w, head.h, head.c, head.depth)
	if head.turn.swapsSides() {
		s.W, s.H = s.H, s.W
	}
	return s, fill(planes(s), rows, *head), nil
}

// fill copies all rows to planes, on all cores. On one core, the conversion of an 8K picture takes
// about as long as a fast decoder.
func fill[T sample](planes []T, src stored[T], head header) (opaque bool) {
	var transparent atomic.Bool
	parallel.Runs(head.h, func(y0, y1 int) {
		if !fillBand(planes, src, head, y0, y1) {
			transparent.Store(true)
		}
	})
	return !transparent.Load()
}

// fillBand copies the stored rows y0 to y1-1.
func fillBand[T sample](planes []T, src stored[T], head header, y0, y1 int) (opaque bool) {
	opaque = true
	to := head.turn.place(head.w, head.h)
	row := make([][]T, head.c)
	if to.perX == 1 { // rows stay rows: decode into the planes
		for y := y0; y < y1; y++ {
			at := to.start + y*to.perY
			for c := range row {
				row[c] = line(planes, c, head.w*head.h)[at : at+head.w]
			}
			opaque = src.row(y, row) && opaque
		}
		return opaque
	}
	for c := range row {
		row[c] = make([]T, head.w)
	}
	for y := y0; y < y1; y++ {
		opaque = src.row(y, row) && opaque
		for c, samples := range row {
			plane, at := line(planes, c, head.w*head.h), to.start+y*to.perY
			for _, v := range samples {
				plane[at] = v
				at += to.perX
			}
		}
	}
	return opaque
}
