package imageio

import (
	"image"
	"io"
	"math"

	"igs/internal/srgb"
)

// dark is the curve of sRGB, so that no pixel takes a power.
var dark = func() (t [1 << 14]uint8) {
	for i := range t {
		t[i] = uint8(255*srgb.Sample(float64(i)/float64(len(t)-1)) + 0.5)
	}
	return t
}()

// Thumbnail is a smaller copy of a picture, with 8 bits a sample. It is made row by row, so the picture never lies in
// memory. A pixel is the mean of the area that it covers. The mean is that of linear light, because a distant eye
// averages light. Samples count as sRGB.
type Thumbnail struct {
	grey    *image.Gray
	colour  *image.RGBA
	clear   *image.NRGBA // of a picture with alpha
	shrunk  *shrinker    // makes rows narrower; nil: the copy is as large as the picture
	h       int          // of the picture, px
	visited int
	opaque  [][]float32 // a row of straight colours, of a picture with alpha
	light   []float32   // the light of a channel of a row, of a picture with alpha
	sums    [][]float32 // of the rows that a row of the copy covers, times their shares
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
	if t.clear != nil {
		t.opaque = NewRow(c, w)
	}
	if width < w {
		t.h, t.light, t.sums = h, make([]float32, w), NewRow(c, w)
		t.shrunk = newShrinker(Size{W: w, H: to.H, C: c}, to, func(y int, row [][]float32) error {
			t.put(y, row, func(v float32) uint8 { return dark[int((1<<14-1)*min(v, 1)+0.5)] })
			return nil
		})
	}
	return t
}

// Add takes the next row of the picture, from the top, as [channel][column] with display values of 0..1. A row with alpha
// has the channels of Mix.
func (t *Thumbnail) Add(row [][]float32) {
	if t.clear != nil {
		row = straight(row, t.opaque)
	}
	if t.shrunk == nil {
		t.put(t.visited, row, func(v float32) uint8 { return uint8(level(v, 255)) })
	} else {
		t.shrink(t.visited, row)
	}
	t.visited++
}

// shrink adds row y of the picture to the row of the copy that it belongs to, and to the next one if it belongs to two,
// as shrinker.visit does. Rows are added before they are made narrower, which takes less time.
func (t *Thumbnail) shrink(y int, row [][]float32) {
	top, bottom := y*t.shrunk.h, (y+1)*t.shrunk.h
	i := top / t.h
	end := (i + 1) * t.h
	here, below := float32(min(bottom, end)-top)/float32(t.h), float32(bottom-end)/float32(t.h)
	for c, line := range row {
		t.add(c, line, row[len(row)-1], here)
	}
	if bottom < end {
		return
	}
	t.shrunk.visit(i, t.sums) // its visitor returns no errors
	for c, line := range row {
		clear(t.sums[c])
		if below > 0 {
			t.add(c, line, row[len(row)-1], below)
		}
	}
}

// add adds the light of a channel, times a weight, to its sums. Colours with alpha are multiplied by it, so that pixels
// count as much as they are visible.
func (t *Thumbnail) add(c int, line, alpha []float32, weight float32) {
	switch {
	case t.clear == nil:
		srgb.AddLights(t.sums[c], line, weight)
		return
	case c == len(t.sums)-1:
		copy(t.light, alpha)
	default:
		srgb.Lights(t.light, line)
		for x, a := range alpha {
			t.light[x] *= a
		}
	}
	for x, v := range t.light {
		t.sums[c][x] += weight * v
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

// Write writes the copy as a PNG, after the last row.
func (t *Thumbnail) Write(to io.Writer) error {
	pixels, channels, step := []uint8(nil), 3, 4
	switch {
	case t.grey != nil:
		pixels, channels, step = t.grey.Pix, 1, 1
	case t.clear != nil:
		pixels, channels = t.clear.Pix, 4
	default:
		pixels = t.colour.Pix
	}
	size := t.Image().Bounds()
	spec := Spec{W: size.Dx(), H: size.Dy(), C: channels, Depth: 8}
	return encodePNG(to, spec, func(y int, dst [][]float32) error {
		line := pixels[y*spec.W*step:][:spec.W*step]
		for c, samples := range dst {
			for x := range samples {
				samples[x] = from8[line[x*step+c]]
			}
		}
		return nil
	})
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
