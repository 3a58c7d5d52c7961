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

// planar copies the picture of a decoder to planes. It applies orientation and profile.
func planar(img image.Image, head header) (*Samples, error) {
	s := NewSamples(head.w, head.h, head.c, head.depth)
	if head.turn.swapsSides() {
		s.W, s.H = s.H, s.W
	}
	var opaque bool
	if eight := rows8(img, head); eight != nil && head.depth == 8 {
		opaque = fill(s.bytes, inSRGB(eight, head), head)
	} else if sixteen := rows16(img, head); sixteen != nil && head.depth == 16 {
		opaque = fill(s.words, inSRGB(sixteen, head), head)
	} else {
		return nil, fault.New(fault.BadInput, convertHint, "%s of a kind igs cannot read: %T", head.format, img)
	}
	s.Notes = notesOf(img, head, opaque)
	return s, nil
}

// notesOf says what reading a picture changed.
func notesOf(img image.Image, head header, opaque bool) []string {
	notes := append([]string(nil), head.notes...)
	if !opaque && head.associated {
		notes = append(notes, overBlack)
	} else if !opaque {
		notes = append(notes, "alpha channel dropped")
	}
	if head.turn > upright {
		notes = append(notes, fmt.Sprintf("turned as its EXIF orientation %d says", head.turn))
	}
	if head.profile != nil {
		notes = append(notes, converted(profileName(head.profile)))
	}
	if _, ok := img.(*image.CMYK); ok {
		notes = append(notes, "CMYK converted to RGB without a colour profile")
	}
	return notes
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
