package imageio

import (
	"image"
	"math"

	"igs/internal/srgb"
)

// Tables of the curve of sRGB, so that a large picture takes no power for each sample.
var (
	light = func() (t [1024]float32) {
		for i := range t {
			t[i] = float32(srgb.Light(float64(i) / 1023))
		}
		return t
	}()
	dark = func() (t [4096]uint8) {
		for i := range t {
			t[i] = uint8(255*srgb.Sample(float64(i)/4095) + 0.5)
		}
		return t
	}()
)

// Thumbnail is a smaller copy of a picture, with 8 bits a sample. It is made row by row, so the picture never lies in
// memory. A pixel is the mean of the area that it covers. The mean is that of linear light, because a distant eye
// averages light. Samples count as sRGB.
type Thumbnail struct {
	grey    *image.Gray
	colour  *image.RGBA
	clear   *image.NRGBA // of a picture with alpha
	shrunk  *shrinker    // nil: the copy is as large as the picture
	visited int
	linear  [][]float32
}

// Thumbnail is a copy of the picture, or of the first of a stack, w px wide.
func (s *Samples) Thumbnail(w int) image.Image {
	first := s.C
	if len(s.Layers) > 0 {
		first = s.Layers[0].C
	}
	t := NewThumbnail(s.W, s.H, first, w)
	s.rows(func(_ int, row [][]float32) error { t.Add(row[:first]); return nil }) // its visitor returns no errors
	return t.Image()
}

// NewThumbnail makes a copy, width px wide, of a picture of w × h px with c channels: 1 for grey, 3 for RGB, and
// one more for alpha.
func NewThumbnail(w, h, c, width int) *Thumbnail {
	to := Size{W: width, H: max(1, int(math.Round(float64(h)*float64(width)/float64(w)))), C: c}
	t := new(Thumbnail)
	switch at := image.Rect(0, 0, to.W, to.H); {
	case c == 1:
		t.grey = image.NewGray(at)
	case HasAlpha(c):
		t.clear = image.NewNRGBA(at)
	default:
		t.colour = image.NewRGBA(at)
	}
	if width < w || t.clear != nil {
		t.linear = NewRow(c, w)
	}
	if width < w {
		t.shrunk = newShrinker(Size{W: w, H: h, C: c}, to, func(y int, row [][]float32) error {
			t.put(y, row, func(v float32) uint8 { return dark[int(4095*min(v, 1)+0.5)] })
			return nil
		})
	}
	return t
}

// Add takes the next row of the picture, from the top, as [channel][column] with display values of 0..1. A row with alpha
// has the channels of Mix.
func (t *Thumbnail) Add(row [][]float32) {
	if t.clear != nil {
		row = straight(row, t.linear)
	}
	if t.shrunk == nil {
		t.put(t.visited, row, func(v float32) uint8 { return uint8(level(v, 255)) })
	} else {
		t.enlighten(row)
		t.shrunk.visit(t.visited, t.linear) // its visitor returns no errors
	}
	t.visited++
}

// enlighten sets t.linear to the light of a row. Colours with alpha are multiplied by it, so that pixels count as much as
// they are visible.
func (t *Thumbnail) enlighten(row [][]float32) {
	colours := row
	if t.clear != nil {
		colours = row[:len(row)-1]
	}
	for c, line := range colours {
		for x, v := range line {
			t.linear[c][x] = light[step(v, 1023)]
			if t.clear != nil {
				t.linear[c][x] *= row[len(row)-1][x]
			}
		}
	}
}

// putClear writes a row of colours and alpha. Colours of a smaller copy are multiplied by alpha.
func (t *Thumbnail) putClear(y int, row [][]float32, sample func(float32) uint8) {
	last := len(row) - 1
	for x, a := range row[last] {
		pixel := t.clear.Pix[y*t.clear.Stride+4*x:][:4]
		for c := range 3 {
			v := row[min(c, last-1)][x]
			if t.shrunk != nil {
				v /= max(a, 1e-6)
			}
			pixel[c] = sample(v)
		}
		pixel[3] = uint8(level(a, 255))
	}
}

func (t *Thumbnail) put(y int, row [][]float32, sample func(float32) uint8) {
	if t.grey != nil {
		for x, v := range row[0] {
			t.grey.Pix[y*t.grey.Stride+x] = sample(v)
		}
		return
	}
	if t.clear != nil {
		t.putClear(y, row, sample)
		return
	}
	for x := range row[0] {
		pixel := t.colour.Pix[y*t.colour.Stride+4*x:][:4]
		for c := range 3 {
			pixel[c] = sample(row[c][x])
		}
		pixel[3] = 0xff
	}
}

// Image is the copy. It is complete after the last row.
func (t *Thumbnail) Image() image.Image {
	switch {
	case t.grey != nil:
		return t.grey
	case t.clear != nil:
		return t.clear
	}
	return t.colour
}
