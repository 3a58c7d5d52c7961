package imageio

import (
	"fmt"
	"image"
	"image/color"
)

// Samples is a picture with 8 or 16 bits a sample, as its file stores it, in planar order. A run keeps
// its target in this form, because float32 takes four times as much as 8 bits: 400 MB at 8K.
type Samples struct {
	W, H, C int
	Depth   int      // bits per sample: 8 or 16
	Notes   []string // what reading changed, e.g. "alpha channel dropped"
	Layers  []Layer  // the pictures of a stack in the order of their channels; none for a picture that was not read
	Source  File     // the file that was read; zero for a picture that was not read

	bytes []uint8  // [C][H][W], for a depth of 8
	words []uint16 // the same for a depth of 16
	disk  *scratch // instead of both, for a picture that the memory cannot hold

	reduced *Samples // a smaller copy of a picture on the disk
}

// NewSamples returns a black picture of 8 or 16 bits per sample.
func NewSamples(w, h, c, depth int) *Samples {
	s := &Samples{W: w, H: h, C: c, Depth: depth}
	switch depth {
	case 8:
		s.bytes = make([]uint8, w*h*c)
	case 16:
		s.words = make([]uint16, w*h*c)
	default:
		panic(fmt.Sprintf("imageio: samples of %d bits", depth))
	}
	return s
}

// Colours is the number of channels that are not alpha.
func (s *Samples) Colours() int {
	n := s.C
	for _, l := range s.Layers {
		n -= l.C - l.Colours()
	}
	return n
}

// Pixels is W·H.
func (s *Samples) Pixels() int { return s.W * s.H }

// Row8 is row y of channel c of a picture of depth 8. It shares memory with the picture, unless the picture is on the
// disk.
func (s *Samples) Row8(c, y int) []uint8 { return rowOf(s, s.bytes, c, y) }

// Row16 is the same for a depth of 16.
func (s *Samples) Row16(c, y int) []uint16 { return rowOf(s, s.words, c, y) }

func rowOf[T sample](s *Samples, planes []T, c, y int) []T {
	if s.disk == nil {
		return line(planes, c*s.H+y, s.W)
	}
	row := make([]T, s.W)
	readEvery(s.disk, c, y, 0, 1, row)
	return row
}

// Every8 writes the samples first, first+spacing, … of row y of channel c of a picture of depth 8 to dst. first is less
// than spacing. Beyond the end of the row the last sample is repeated.
func (s *Samples) Every8(c, y, first, spacing int, dst []uint8) {
	everyOf(s, s.bytes, c, y, first, spacing, dst)
}

// Every16 is the same for a depth of 16.
func (s *Samples) Every16(c, y, first, spacing int, dst []uint16) {
	everyOf(s, s.words, c, y, first, spacing, dst)
}

func everyOf[T sample](s *Samples, planes []T, c, y, first, spacing int, dst []T) {
	if s.disk != nil {
		readEvery(s.disk, c, y, first, spacing, dst)
		return
	}
	every(line(planes, c*s.H+y, s.W), first, spacing, dst)
}

// OnDisk says whether the rows are in a scratch file. All methods work then too, but a sample alone is slow to read.
func (s *Samples) OnDisk() bool { return s.disk != nil }

// Err is the first error of reading a picture on the disk. Samples that could not be read are 0. So whoever reads rows
// asks for the error afterwards.
func (s *Samples) Err() error {
	if s.disk == nil {
		return nil
	}
	return s.disk.err()
}

// Close removes the scratch file of a picture on the disk. For nil it does nothing.
func (s *Samples) Close() {
	if s != nil && s.disk != nil {
		s.disk.close()
	}
}

// Reduced is a smaller copy of a picture on the disk, made with a box filter. It is in memory. A picture in memory
// returns itself.
func (s *Samples) Reduced() *Samples {
	if s.reduced == nil {
		return s
	}
	return s.reduced
}

func line[T any](samples []T, i, w int) []T { return samples[i*w : (i+1)*w : (i+1)*w] }

// Row writes row y of channel c to dst, of W samples, as 0..1, and returns it.
func (s *Samples) Row(c, y int, dst []float32) []float32 {
	dst = dst[:s.W]
	if s.disk != nil {
		s.disk.rowTo(c, y, dst)
		return dst
	}
	if s.Depth == 16 {
		for x, v := range s.Row16(c, y) {
			dst[x] = from16(v)
		}
		return dst
	}
	widen(dst, s.Row8(c, y))
	return dst
}

// Every writes the samples first, first+spacing, … of row y of channel c to dst, as 0..1, and returns them.
func (s *Samples) Every(c, y, first, spacing int, dst []float32) []float32 {
	if spacing == 1 {
		return s.Row(c, y, dst)
	}
	dst = dst[:(s.W-first+spacing-1)/spacing]
	if s.Depth == 16 {
		row := make([]uint16, len(dst))
		s.Every16(c, y, first, spacing, row)
		for x, v := range row {
			dst[x] = from16(v)
		}
		return dst
	}
	row := make([]uint8, len(dst))
	s.Every8(c, y, first, spacing, row)
	for x, v := range row {
		dst[x] = from8[v]
	}
	return dst
}

// set is SetRow for a row of exactly W samples.
func (s *Samples) set(c, y int, row []float32) {
	if s.disk != nil {
		s.disk.setRow(c, y, row)
		return
	}
	if s.Depth == 16 {
		out := s.Row16(c, y)
		for x, v := range row {
			out[x] = level(v, 65535)
		}
		return
	}
	out := s.Row8(c, y)
	for x, v := range row {
		out[x] = uint8(level(v, 255))
	}
}

// At is the sample of channel c at row y, column x, as 0..1.
func (s *Samples) At(c, y, x int) float32 {
	if s.disk != nil {
		return s.disk.sample(c, y, x)
	}
	if s.Depth == 16 {
		return from16(s.words[(c*s.H+y)*s.W+x])
	}
	return from8[s.bytes[(c*s.H+y)*s.W+x]]
}

// Image is the picture in float32.
func (s *Samples) Image() *Image {
	m := New(s.W, s.H, s.C)
	m.Depth, m.Notes, m.Layers = s.Depth, append([]string(nil), s.Notes...), append([]Layer(nil), s.Layers...)
	for i := range s.C * s.H {
		s.Row(i/s.H, i%s.H, line(m.Pix, i, s.W))
	}
	return m
}

// Samples is the picture with 8 or 16 bits a sample, clamped to 0..1 and rounded to the nearest step. NaN
// becomes black.
func (m *Image) Samples(depth int) *Samples {
	s := NewSamples(m.W, m.H, m.C, depth)
	s.Notes, s.Layers = append([]string(nil), m.Notes...), append([]Layer(nil), m.Layers...)
	for i := range m.C * m.H {
		s.set(i/m.H, i%m.H, line(m.Pix, i, m.W))
	}
	return s
}

// from8 holds v/255 for every byte, correctly rounded.
var from8 = func() (t [256]float32) {
	for v := range t {
		t[v] = float32(v) / 255
	}
	return t
}()

func from16(v uint16) float32 { return float32(v) / 65535 }

// Rows delivers the samples row by row. The caller says their gamma.
func (s *Samples) Rows(gamma float64) Rows {
	return Rows{Gamma: gamma, Each: func(take func(y int, row [][]float32) error) error { return s.rows(take) }}
}

// Grey says whether the picture is shown as grey: it has fewer than three channels, or the first picture of the stack
// has.
func (s *Samples) Grey() bool { return s.C < 3 || len(s.Layers) > 0 && s.Layers[0].C < 3 }

// Picture is an image.Image of the samples for display, raised to 1/gamma, with 8 bits a channel. It copies no samples.
// For a stack it shows the first picture.
func (s *Samples) Picture(gamma float64) image.Image { return picture{s, gamma} }

type picture struct {
	*Samples
	gamma float64
}

func (p picture) ColorModel() color.Model { return color.RGBAModel }
func (p picture) Bounds() image.Rectangle { return image.Rect(0, 0, p.W, p.H) }
func (p picture) At(x, y int) color.Color {
	v := [3]uint8{}
	grey := p.Grey()
	for k := range v {
		c := k
		if grey {
			c = 0
		}
		switch {
		case p.gamma != 1:
			v[k] = uint8(level(ShownSample(p.Samples.At(c, y, x), p.gamma), 255))
		case p.Depth == 8:
			v[k] = p.Row8(c, y)[x]
		default:
			v[k] = uint8(level(p.Samples.At(c, y, x), 255))
		}
	}
	return color.RGBA{v[0], v[1], v[2], 255}
}
