// Package sketch shows the splats instead of the picture: as ellipses, as dots, or each in a colour of its own. It
// draws ellipses and dots on the CPU, band by band, and delivers rows, so that a picture of any size fits in memory.
//
// Pixels and coordinates follow package splat, at the size of the drawing.
package sketch

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/vector"

	"igs/splat"
)

// Area is the part of a picture to draw: rows Top to Bottom-1 of W × H px.
type Area struct{ W, H, Top, Bottom int }

// Rows calls take for each row of a picture of three channels, from the top. A row is [channel][column] in 0..1 and
// valid during the call. Rows ends at the first error of take and returns it.
type Rows func(take func(y int, row [][]float32) error) error

// shape is an ellipse. Its radii are along its own axes, in px.
type shape struct {
	x, y     float64
	rx, ry   float64
	cos, sin float64
	colour   color.RGBA
}

// halves are the half-width and half-height of the box around a shape.
func (s shape) halves() (w, h float64) {
	return math.Hypot(s.rx*s.cos, s.ry*s.sin), math.Hypot(s.rx*s.sin, s.ry*s.cos)
}

// bandBytes is the memory of a band. It is a variable so that a test can draw several bands of a small picture.
var bandBytes = 16 << 20

// rowsOf draws shapes over each other, in their order.
func rowsOf(shapes []shape, a Area, ground color.Color) Rows {
	background := image.NewUniform(ground)
	return func(take func(y int, row [][]float32) error) error {
		row := [][]float32{make([]float32, a.W), make([]float32, a.W), make([]float32, a.W)}
		high := min(max(bandBytes/(4*a.W), 16), a.Bottom-a.Top)
		band := image.NewRGBA(image.Rect(0, 0, a.W, high))
		var pen vector.Rasterizer
		for top := a.Top; top < a.Bottom; top += high {
			band.Rect = image.Rect(0, top, a.W, min(top+high, a.Bottom))
			draw.Draw(band, band.Rect, background, image.Point{}, draw.Src)
			for _, s := range shapes {
				s.fill(&pen, band)
			}
			for y := top; y < band.Rect.Max.Y; y++ {
				line := band.Pix[(y-top)*band.Stride:]
				for x := range a.W {
					for c := range row {
						row[c][x] = float32(line[4*x+c]) / 255
					}
				}
				if err := take(y, row); err != nil {
					return err
				}
			}
		}
		return nil
	}
}

// fill draws the part of a shape that is in the band.
func (s shape) fill(pen *vector.Rasterizer, band *image.RGBA) {
	w, h := s.halves()
	if s.y+h < float64(band.Rect.Min.Y) || s.y-h > float64(band.Rect.Max.Y) || s.x+w < 0 || s.x-w > float64(band.Rect.Max.X) {
		return
	}
	box := image.Rect(int(math.Floor(s.x-w)), int(math.Floor(s.y-h)), int(math.Ceil(s.x+w))+1, int(math.Ceil(s.y+h))+1).Intersect(band.Rect)
	if box.Empty() {
		return
	}
	pen.Reset(box.Dx(), box.Dy())
	s.trace(pen, s.x-float64(box.Min.X), s.y-float64(box.Min.Y))
	pen.Draw(band, box, image.NewUniform(s.colour), image.Point{})
}

// arc is the distance of the control points of a cubic Bézier curve that approximates a quarter of a unit circle: 4/3
// (√2 - 1). The error is at most 0.03 % of the radius.
const arc = 0.5522847498

// trace adds the outline of the ellipse, with its centre at (x, y).
func (s shape) trace(pen *vector.Rasterizer, x, y float64) {
	at := func(u, v float64) (float32, float32) {
		u, v = u*s.rx, v*s.ry
		return float32(x + u*s.cos - v*s.sin), float32(y + u*s.sin + v*s.cos)
	}
	pen.MoveTo(at(1, 0))
	u, v := 1.0, 0.0
	for range 4 {
		bx, by := at(u-arc*v, v+arc*u)
		nextU, nextV := -v, u
		cx, cy := at(nextU+arc*nextV, nextV-arc*nextU)
		dx, dy := at(nextU, nextV)
		pen.CubeTo(bx, by, cx, cy, dx, dy)
		u, v = nextU, nextV
	}
	pen.ClosePath()
}

// at is a shape at the centre of splat i.
func at(m *splat.Model, a Area, i int) shape {
	return shape{x: float64(m.Splats.XY[2*i]) * float64(a.W), y: float64(m.Splats.XY[2*i+1]) * float64(a.H), cos: 1}
}
