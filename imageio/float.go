package imageio

import (
	"fmt"
	"io"
	"math"

	"igs/imageio/exr"
)

func readEXRHeader(r io.ReaderAt, size int64) (header, error) {
	f, err := exr.Open(r, size)
	if err != nil {
		return header{}, damaged(formatEXR, err)
	}
	h := header{format: formatEXR, w: f.W, h: f.H, c: f.C, depth: 16, turn: upright}
	h.bits, h.packing = 8*f.RawBytes, int64(f.Packing)
	if f.Cropped {
		h.notes = append(h.notes, fmt.Sprintf("only its data window of %d x %d px is taken", f.W, f.H))
	}
	if xy := f.Primaries; xy != nil && f.C == 3 && !isBT709(*xy) {
		h.notes = append(h.notes, keptOut(primariesName(*xy)))
	}
	return h, nil
}

// span is what the values of a picture of floats are found to be.
type span struct {
	low, high        float32 // of the finite values, 0 and 1 included
	nameless, beyond int     // values that are no number, and infinite ones
	seenThrough      bool    // alpha is not 1 everywhere
}

// floatRows reads a picture of floats twice: for its span, and for the samples that lie in it.
func (s source) floatRows(visit visitor) (Layer, []string, error) {
	f, err := exr.Open(s.r, s.size)
	if err != nil {
		return Layer{}, nil, damaged(formatEXR, err)
	}
	in := span{high: 1}
	err = f.Rows(func(_ int, row [][]float32) error {
		for _, plane := range row[:f.C] {
			in.widen(plane)
		}
		for _, plane := range row[f.C:] {
			for _, v := range plane {
				in.seenThrough = in.seenThrough || v != 1
			}
		}
		return nil
	})
	if err != nil {
		return Layer{}, nil, damaged(formatEXR, err)
	}
	var stopped error // by visit, whose errors are its own
	err = f.Rows(func(y int, row [][]float32) error {
		for _, plane := range row[:f.C] {
			in.normalise(plane)
		}
		stopped = visit(y, row[:f.C])
		return stopped
	})
	if err != nil && stopped == nil {
		err = damaged(formatEXR, err)
	}
	layer := s.head.layer()
	layer.Low, layer.High = in.low, in.high
	notes := append([]string(nil), s.head.notes...)
	if s.head.c == 3 {
		notes = append(notes, linearNote)
	}
	return layer, append(notes, in.notes()...), err
}

// linearNote is for colours of OpenEXR, which by convention are linear light. They are kept as they are: a file may as well hold normals.
const linearNote = "colours in floats are linear light, and so are the PNGs that are written of them: they look dark on a screen"

func (s *span) widen(plane []float32) {
	for _, v := range plane {
		switch {
		case v != v:
			s.nameless++
		case math.IsInf(float64(v), 0):
			s.beyond++
		default:
			s.low, s.high = min(s.low, v), max(s.high, v)
		}
	}
}

// normalise brings values to 0..1: what is no number as 0 is, infinite ones to the ends.
func (s *span) normalise(plane []float32) {
	low, size := float64(s.low), float64(s.high)-float64(s.low)
	for i, v := range plane {
		if v != v {
			v = 0
		}
		plane[i] = float32((float64(max(s.low, min(v, s.high))) - low) / size)
	}
}

func (s *span) notes() []string {
	var notes []string
	if s.seenThrough {
		notes = append(notes, overBlack)
	}
	if s.nameless > 0 {
		notes = append(notes, fmt.Sprintf("samples that are no number are taken as 0: %d", s.nameless))
	}
	if s.beyond > 0 {
		notes = append(notes, fmt.Sprintf("infinite samples are taken as the smallest or the largest finite one: %d", s.beyond))
	}
	if s.low < 0 || s.high > 1 {
		notes = append(notes, fmt.Sprintf("values from %.4g to %.4g are trained as 0..1", s.low, s.high))
	}
	return notes
}
