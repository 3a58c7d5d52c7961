package imageio

import (
	"image/color"
	"math"

	"igs/internal/fault"
)

// A picture with alpha is trained in these channels: the colours over mid grey, q = p + (1 − α)/2 with colours p that are
// multiplied by α, and then the alpha as α·√n/2 for n colours. An error of p over black is Δq + Δα/2, and over white it
// is Δq − Δα/2. So the mean square of both, summed over the colours, is Σ Δq² + n/4 Δα²: the sum of the squares of the
// channels. A loss that knows nothing of alpha thus weighs the picture over black and over white alike, and the colours of
// invisible pixels have no weight.

// Alpha says what is done with the alpha of a picture. The zero value keeps it unless it is constant.
type Alpha struct {
	Drop bool      // colours stay as stored
	Over *[3]uint8 // red, green and blue of sRGB that lie behind the picture; nil: nothing does
}

// alphaShare is the factor of the alpha of a picture of n colours.
func alphaShare(n int) float32 { return float32(math.Sqrt(float64(n)) / 2) }

// HasAlpha says whether a file of c channels has alpha: grey and alpha, or RGB and alpha.
func HasAlpha(c int) bool { return c == 2 || c == 4 }

// Colours is the number of channels without alpha.
func (l Layer) Colours() int {
	if l.Alpha {
		return l.C - 1
	}
	return l.C
}

// Mix converts a row of straight colours and alpha, which comes last, to the channels of training. Values are clamped to
// 0..1, and NaN counts as 0.
func Mix(row [][]float32) {
	n := len(row) - 1
	share := alphaShare(n)
	for x, a := range row[n] {
		a = limited(a)
		for _, plane := range row[:n] {
			plane[x] = limited(plane[x])*a + (1-a)/2
		}
		row[n][x] = a * share
	}
}

// visible is the alpha of a sample of the last channel of n colours, within 0..1.
func visible(v float32, share float32) float32 { return max(0, min(v/share, 1)) }

// premultiplied is the colour, multiplied by the alpha a, of a sample over mid grey. It is within 0..a.
func premultiplied(v, a float32) float32 { return max(0, min(v-(1-a)/2, a)) }

// Unmix is the inverse of Mix. Colours and alpha are clamped to 0..1. A colour that is invisible at 16 bits is black.
func Unmix(row [][]float32) {
	const least = 0.5 / 65535
	n := len(row) - 1
	share := alphaShare(n)
	for x, v := range row[n] {
		a := visible(v, share)
		for _, plane := range row[:n] {
			p := premultiplied(plane[x], a)
			if a >= least {
				plane[x] = p / a
			} else {
				plane[x] = 0
			}
		}
		row[n][x] = a
	}
}

// Matte writes a row with alpha to dst as it looks over a grey of 0 (black) to 1 (white). dst has the colours only.
func Matte(row [][]float32, grey float32, dst [][]float32) {
	n := len(row) - 1
	share := alphaShare(n)
	for x, v := range row[n] {
		a := visible(v, share)
		for c := range dst {
			dst[c][x] = premultiplied(row[c][x], a) + (1-a)*grey
		}
	}
}

// transparent is a picture with alpha. transparency writes the alpha of row y to dst.
type transparent[T sample] interface {
	stored[T]
	transparency(y int, dst []T)
}

// blend prepares the rows of a picture with alpha as how says. plain are the rows as the decoder gives them, and converted are
// these in sRGB. Rows without alpha, and of constant alpha that is to be kept, stay as they are.
func blend[T sample](plain, converted stored[T], head *header, how Alpha) (stored[T], error) {
	alphas, ok := plain.(transparent[T])
	if !ok || !head.transparent || how.Drop {
		return converted, nil
	}
	colours := head.c
	if head.alphas == nil {
		span := spanOf(alphas, *head)
		head.alphas = &span
	}
	mode, err := head.alphas.apply(head, how)
	switch {
	case err != nil:
		return nil, err
	case mode == alphaFlattened:
		return flattened[T]{converted, alphas, head.associated, colours, how.matte(float64(^T(0)))}, nil
	case mode == alphaKept:
		return mixed[T]{converted, alphas, head.associated}, nil
	}
	return converted, nil
}

// alphaSpan is the least and the greatest alpha of a picture, and that of opaque pixels.
type alphaSpan struct{ low, high, top int }

type alphaMode int

const (
	alphaUnused alphaMode = iota
	alphaKept
	alphaFlattened
)

// apply decides what is done with the alpha, and sets the channels of the header.
func (a alphaSpan) apply(head *header, how Alpha) (alphaMode, error) {
	switch {
	case a.low == a.top:
		return alphaUnused, nil
	case a.high == 0:
		return alphaUnused, errInvisible()
	case how.Over != nil:
		if !how.grey() {
			head.c = 3
		}
		return alphaFlattened, nil
	case a.low == a.high:
		return alphaUnused, nil
	}
	head.c++
	head.alpha = true
	return alphaKept, nil
}

// join adds the alpha of further rows.
func (a alphaSpan) join(b alphaSpan) alphaSpan {
	return alphaSpan{min(a.low, b.low), max(a.high, b.high), a.top}
}

// decided says whether further rows change nothing.
func (a alphaSpan) decided() bool { return a.low < a.high }

func errInvisible() error {
	return fault.New(fault.BadInput, `input.alpha = "drop" trains the colours that are stored under it`, "every pixel is transparent (alpha 0), so there is nothing to see")
}

// grey says whether the colour behind the picture is grey.
func (a Alpha) grey() bool { return a.Over[0] == a.Over[1] && a.Over[1] == a.Over[2] }

// matte is the colour behind the picture, in samples of 0..top.
func (a Alpha) matte(top float64) (m [3]float64) {
	for c, v := range a.Over {
		m[c] = float64(v) / 255 * top
	}
	return m
}

// spanOf is the alpha of a picture, or of as many rows as decide what is done with it.
func spanOf[T sample](rows transparent[T], head header) alphaSpan {
	low, high, line := ^T(0), T(0), make([]T, head.w)
	for y := range head.h {
		rows.transparency(y, line)
		for _, v := range line {
			low, high = min(low, v), max(high, v)
		}
		if low < high { // further pixels change nothing
			break
		}
	}
	return alphaSpan{int(low), int(high), int(^T(0))}
}

// mixed is a picture whose alpha is kept, in the channels of training.
type mixed[T sample] struct {
	stored[T]
	alphas     transparent[T]
	associated bool
}

func (m mixed[T]) row(y int, dst [][]T) bool {
	n := len(dst) - 1
	m.stored.row(y, dst[:n])
	m.alphas.transparency(y, dst[n])
	top, share := float64(^T(0)), float64(alphaShare(n))
	for x, alpha := range dst[n] {
		a := float64(alpha) / top
		for _, plane := range dst[:n] {
			p := float64(plane[x])
			if !m.associated {
				p *= a
			}
			plane[x] = T(min(p, float64(alpha)) + (top-float64(alpha))/2 + 0.5)
		}
		dst[n][x] = T(float64(alpha)*share + 0.5)
	}
	return true
}

// flattened is a picture over a colour.
type flattened[T sample] struct {
	stored[T]
	alphas     transparent[T]
	associated bool
	colours    int        // of the picture; a grey one may lie over a colour
	matte      [3]float64 // in units of a sample
}

func (f flattened[T]) row(y int, dst [][]T) bool {
	f.stored.row(y, dst[:f.colours])
	alphas, top := make([]T, len(dst[0])), float64(^T(0))
	f.alphas.transparency(y, alphas)
	for c := len(dst) - 1; c >= 0; c-- { // a grey sample is in dst[0], which comes last
		from := dst[min(c, f.colours-1)]
		for x, alpha := range alphas {
			a := float64(alpha) / top
			p := float64(from[x])
			if !f.associated {
				p *= a
			}
			dst[c][x] = T(min(p, float64(alpha)) + (1-a)*f.matte[c] + 0.5)
		}
	}
	return true
}

// straight returns a row in the channels of Mix as straight colours and alpha, in the memory of dst.
func straight(row, dst [][]float32) [][]float32 {
	for c, plane := range row {
		copy(dst[c], plane)
	}
	Unmix(dst)
	return dst
}

// Straight is the colour of a pixel of a picture with alpha, the first of a stack, as a color.NRGBA or color.NRGBA64.
func (s *Samples) Straight(x, y int) color.Color {
	row := NewRow(s.Layers[0].C, 1)
	for c := range row {
		row[c][0] = s.At(c, y, x)
	}
	Unmix(row)
	last := len(row) - 1
	if s.Depth == 16 {
		v := func(c int) uint16 { return level(row[c][0], 65535) }
		return color.NRGBA64{v(0), v(min(1, last-1)), v(min(2, last-1)), v(last)}
	}
	v := func(c int) uint8 { return uint8(level(row[c][0], 255)) }
	return color.NRGBA{v(0), v(min(1, last-1)), v(min(2, last-1)), v(last)}
}
