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
	h := header{format: formatEXR, w: f.W, h: f.H, c: f.C, depth: 16, turn: upright, transparent: f.Alpha}
	h.bits, h.packing = 8*f.RawBytes, int64(f.Packing)
	if f.Cropped {
		h.notes = append(h.notes, fmt.Sprintf("only its data window of %d x %d px is read", f.W, f.H))
	}
	if xy := f.Primaries; xy != nil && f.C == 3 && !isBT709(*xy) {
		h.notes = append(h.notes, notApplied(primariesName(*xy)))
	}
	return h, nil
}

// span is the range of the values of a float picture.
type span struct {
	low, high      float32 // of the finite values, then of what is trained as 0..1
	nans, infinite int     // numbers of values that are NaN and that are infinite
}

// floatRows reads a float picture twice after its alpha: first for its span, then for its samples.
func (s source) floatRows(how Alpha, visit visitor) (Layer, []string, error) {
	f, alpha, err := s.floats(how)
	if err != nil {
		return Layer{}, nil, err
	}
	in := span{low: math.MaxFloat32, high: -math.MaxFloat32}
	err = f.Rows(func(_ int, row [][]float32) error { alpha.widen(&in, alpha.values(row)); return nil })
	if err != nil {
		return Layer{}, nil, damaged(formatEXR, err)
	}
	in.settle()
	var stopped error // an error of visit, which does not mean that the file is damaged
	err = f.Rows(func(y int, row [][]float32) error {
		row = alpha.values(row)
		alpha.normalise(&in, row)
		stopped = visit(y, row)
		return stopped
	})
	if err != nil && stopped == nil {
		err = damaged(formatEXR, err)
	}
	layer := s.head.layer()
	layer.C, layer.Alpha = alpha.channels, alpha.kept
	layer.Low, layer.High = in.low, in.high
	notes := append([]string(nil), s.head.notes...)
	if s.head.c == 3 {
		notes = append(notes, linearNote)
	}
	if alpha.dropped {
		notes = append(notes, overBlack)
	}
	return layer, append(notes, in.notes()...), err
}

// linearNote is about colours of OpenEXR files, which are linear light by convention. They are not converted, because
// such a file may also hold normals or heights.
const linearNote = "float colours are linear light; PNG files that are written from them are linear too and look dark on a screen"

func (s *span) widen(plane []float32) {
	for _, v := range plane {
		switch {
		case v != v:
			s.nans++
		case math.IsInf(float64(v), 0):
			s.infinite++
		default:
			s.low, s.high = min(s.low, v), max(s.high, v)
		}
	}
}

// narrow is the share of the usual range below which a picture has a range of its own. The samples of a target have 16
// bits, so values that fill less than this share would keep fewer than 12.
const narrow = 1.0 / 16

// settle chooses the range that is trained as 0..1. It is 0 to 1 with all values: a picture of ordinary values keeps
// them. If the values fill only a small share of that range, it is the range of the values alone.
func (s *span) settle() {
	if s.low > s.high || s.nans > 0 { // NaN counts as 0
		s.low, s.high = min(s.low, 0), max(s.high, 0)
	}
	low, high := min(s.low, 0), max(s.high, 1)
	own, usual := float64(s.high)-float64(s.low), float64(high)-float64(low)
	if own == 0 || own >= narrow*usual {
		s.low, s.high = low, high
	}
}

// normalise maps values to 0..1. NaN counts as the value 0, and infinite values become 0 or 1.
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
	if s.nans > 0 {
		notes = append(notes, fmt.Sprintf("samples that are not a number count as 0: %d", s.nans))
	}
	if s.infinite > 0 {
		notes = append(notes, fmt.Sprintf("infinite samples count as the smallest or the largest finite one: %d", s.infinite))
	}
	if s.low != 0 || s.high != 1 {
		notes = append(notes, fmt.Sprintf("values from %.4g to %.4g are trained as 0..1", s.low, s.high))
	}
	return notes
}
