package imageio

import (
	"igs/imageio/exr"
	"igs/internal/srgb"
)

// floatAlpha says what happens to the alpha of a float picture. The colours of OpenEXR are multiplied by it.
type floatAlpha struct {
	colours  int // of the file
	channels int // of the samples
	kept     bool
	dropped  bool      // it is not 1 everywhere
	matte    []float32 // the colour behind the picture, in linear light; nil: none
}

// floats opens a float picture. It reads the alpha, if there is one.
func (s source) floats(how Alpha) (*exr.File, floatAlpha, error) {
	f, err := exr.Open(s.r, s.size)
	if err != nil {
		return nil, floatAlpha{}, damaged(formatEXR, err)
	}
	a := floatAlpha{colours: f.C, channels: f.C}
	if !f.Alpha {
		return f, a, nil
	}
	low, high := float32(1), float32(0)
	err = f.Rows(func(_ int, row [][]float32) error {
		for _, v := range row[f.C] {
			v = limited(v)
			low, high = min(low, v), max(high, v)
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, a, damaged(formatEXR, err)
	case low == 1:
	case how.Drop:
		a.dropped = true
	case high == 0:
		return nil, a, errInvisible()
	case how.Over != nil:
		for _, v := range how.Over {
			a.matte = append(a.matte, float32(srgb.Light(float64(v)/255)))
		}
		if !how.grey() {
			a.channels = 3
		}
	case low == high:
		a.dropped = true
	default:
		a.kept = true
		a.channels++
	}
	return f, a, nil
}

// limited is a value of 0..1. NaN counts as 0.
func limited(v float32) float32 {
	if !(v > 0) {
		return 0
	}
	return min(v, 1)
}

// values are the values of a row of the file that become samples. Alpha that is kept comes last, within 0..1.
func (a floatAlpha) values(row [][]float32) [][]float32 {
	if a.kept {
		for x, v := range row[a.colours] {
			row[a.colours][x] = limited(v)
		}
		return row
	}
	if a.matte == nil {
		return row[:a.colours]
	}
	out := NewRow(a.channels, len(row[0]))
	for c, plane := range out {
		from := row[min(c, a.colours-1)]
		for x, v := range row[a.colours] {
			plane[x] = from[x] + (1-limited(v))*a.matte[c]
		}
	}
	return out
}

// widen adds a row of values to the range of the picture. With alpha, the range is wide enough for the colours over mid
// grey, which have less room where the picture is opaque in part only.
func (a floatAlpha) widen(in *span, row [][]float32) {
	if !a.kept {
		for _, plane := range row {
			in.widen(plane)
		}
		return
	}
	line := []float32{0}
	in.widen(line) // black is in the range
	line = make([]float32, len(row[0]))
	for _, plane := range row[:a.colours] {
		for x, v := range plane {
			line[x] = 2 * v / (1 + row[a.colours][x])
		}
		in.widen(line)
	}
}

// normalise maps a row of values to samples. A colour p with alpha α is (p − α·low) / (high − low), over mid grey.
func (a floatAlpha) normalise(in *span, row [][]float32) {
	if !a.kept {
		for _, plane := range row {
			in.normalise(plane)
		}
		return
	}
	zero := in.low / (in.high - in.low)
	share := alphaShare(a.colours)
	for _, plane := range row[:a.colours] {
		in.normalise(plane)
		for x, alpha := range row[a.colours] {
			plane[x] += (1 - alpha) * (zero + 0.5)
		}
	}
	for x, alpha := range row[a.colours] {
		row[a.colours][x] = alpha * share
	}
}
