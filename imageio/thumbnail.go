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
	shrunk  *shrinker // nil: the copy is as large as the picture
	visited int
	linear  [][]float32
}

// Thumbnail is a copy of the picture, w px wide.
func (s *Samples) Thumbnail(w int) image.Image {
	t := NewThumbnail(s.W, s.H, s.C, w)
	s.rows(func(_ int, row [][]float32) error { t.Add(row); return nil }) // its visitor returns no errors
	return t.Image()
}

// NewThumbnail makes a copy, width px wide, of a picture of w × h px with c channels: 1 for grey, 3 for RGB.
func NewThumbnail(w, h, c, width int) *Thumbnail {
	to := Size{W: width, H: max(1, int(math.Round(float64(h)*float64(width)/float64(w)))), C: c}
	t := new(Thumbnail)
	if c == 1 {
		t.grey = image.NewGray(image.Rect(0, 0, to.W, to.H))
	} else {
		t.colour = image.NewRGBA(image.Rect(0, 0, to.W, to.H))
	}
	if width < w {
		t.linear = NewRow(c, w)
		t.shrunk = newShrinker(Size{W: w, H: h, C: c}, to, func(y int, row [][]float32) error {
			t.put(y, row, func(v float32) uint8 { return dark[int(4095*min(v, 1)+0.5)] })
			return nil
		})
	}
	return t
}

// Add takes the next row of the picture, from the top, as [channel][column] with display values of 0..1.
func (t *Thumbnail) Add(row [][]float32) {
	if t.shrunk == nil {
		t.put(t.visited, row, func(v float32) uint8 { return uint8(level(v, 255)) })
	} else {
		for c, line := range row {
			for x, v := range line {
				t.linear[c][x] = light[level(v, 1023)]
			}
		}
		t.shrunk.visit(t.visited, t.linear) // its visitor returns no errors
	}
	t.visited++
}

func (t *Thumbnail) put(y int, row [][]float32, sample func(float32) uint8) {
	if t.grey != nil {
		for x, v := range row[0] {
			t.grey.Pix[y*t.grey.Stride+x] = sample(v)
		}
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
	if t.grey != nil {
		return t.grey
	}
	return t.colour
}
