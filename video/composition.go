package video

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"

	"igs/configs"

	"github.com/disintegration/imaging"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// ErrorGain is the factor on |render - target| in layout error. An error of 0.25 is white.
const ErrorGain = 4

// leastWidth is the width in px that the line of text below the panels needs.
const leastWidth = 320

var (
	ground = color.RGBA{17, 20, 24, 255}
	ink    = color.RGBA{232, 235, 240, 255}
	faint  = color.RGBA{84, 92, 104, 255}
	bright = color.RGBA{255, 176, 59, 255}
)

// composition draws whole frames of the video. From top to bottom: names, panels, a line of text, the curve of PSNR.
type composition struct {
	layout    configs.VideoLayout
	target    *image.RGBA // nil in layout render
	notes     []Note
	w, h      int // of a panel
	size      image.Point
	low, high float64 // of PSNR, dB
	face      font.Face
	em        int // font size, px
	top       int // of the panels, below their names

	base  *image.RGBA // what all frames share: background, target, names, the curve so far
	shown int         // number of notes whose part of the curve is bright
	frame *image.RGBA
}

// newComposition prepares panels of w × h px and draws what all frames share.
func newComposition(layout configs.VideoLayout, w, h int, target image.Image, notes []Note) (*composition, error) {
	s := &composition{layout: layout, notes: notes, w: w, h: h, low: math.Inf(1), high: math.Inf(-1)}
	for _, n := range notes {
		if v := float64(n.PSNR); !math.IsInf(v, 0) && !math.IsNaN(v) {
			s.low, s.high = min(s.low, v), max(s.high, v)
		}
	}
	if layout != configs.LayoutRender {
		s.target = image.NewRGBA(image.Rect(0, 0, w, h))
		s.put(s.target, s.target.Rect, target)
	}
	width := max(s.panels()*w, leastWidth)
	s.em = min(max(width/64, 11), 22)
	s.top = 2 * s.em
	s.size = image.Pt(width+width%2, s.top+h+5*s.em+s.em%2)
	parsed, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return nil, err
	}
	if s.face, err = opentype.NewFace(parsed, &opentype.FaceOptions{Size: float64(s.em), DPI: 72, Hinting: font.HintingFull}); err != nil {
		return nil, err
	}
	s.base, s.frame = image.NewRGBA(image.Rectangle{Max: s.size}), image.NewRGBA(image.Rectangle{Max: s.size})
	draw.Draw(s.base, s.base.Rect, image.NewUniform(ground), image.Point{}, draw.Src)
	if layout == configs.LayoutSide {
		draw.Draw(s.base, s.panel(0), s.target, image.Point{}, draw.Src)
	}
	for i, name := range map[configs.VideoLayout][]string{configs.LayoutSide: {"target", "render"}, configs.LayoutRender: {"render"}, configs.LayoutError: {fmt.Sprintf("error × %d", ErrorGain)}}[layout] {
		s.text(s.base, name, s.panel(i).Min.X+s.em/2, s.em*7/5)
	}
	for i := 1; i < len(notes); i++ {
		s.line(s.at(i-1), s.at(i), faint)
	}
	return s, nil
}

func (s *composition) panels() int {
	if s.layout == configs.LayoutSide {
		return 2
	}
	return 1
}

// panel is the rectangle of a panel. Panels are centred when they are narrower than the line of text.
func (s *composition) panel(i int) image.Rectangle {
	left := (s.size.X-s.panels()*s.w)/2 + i*s.w
	return image.Rect(left, s.top, left+s.w, s.top+s.h)
}

// draw is frame i. The picture is valid until the next call.
func (s *composition) draw(i int, render image.Image) *image.RGBA {
	for ; s.shown < i; s.shown++ {
		s.line(s.at(s.shown), s.at(s.shown+1), bright)
	}
	copy(s.frame.Pix, s.base.Pix)
	last := s.panel(s.panels() - 1)
	s.put(s.frame, last, render)
	if s.layout == configs.LayoutError {
		difference(s.frame, last, s.target)
	}
	s.dot(s.at(i))
	n := s.notes[i]
	text := fmt.Sprintf("step %d    PSNR %.2f dB    SSIM %.4f    %d splats", n.Step, float64(n.PSNR), float64(n.SSIM), n.Splats)
	s.text(s.frame, text, s.em/2, s.top+s.h+s.em*3/2)
	return s.frame
}

func (s *composition) text(on *image.RGBA, text string, x, y int) {
	d := font.Drawer{Dst: on, Src: image.NewUniform(ink), Face: s.face, Dot: fixed.P(x, y)}
	d.DrawString(text)
}

// at is the point of note i on the curve. Steps go to the right, dB go up.
func (s *composition) at(i int) (p [2]float32) {
	margin := float64(s.em) / 2
	left, right := margin, float64(s.size.X)-margin
	bottom, top := float64(s.size.Y)-margin, float64(s.top+s.h)+2.25*float64(s.em)
	n := s.notes[i]
	x, y := left, (bottom+top)/2
	if first, last := s.notes[0].Step, s.notes[len(s.notes)-1].Step; last > first {
		x += (right - left) * float64(n.Step-first) / float64(last-first)
	}
	if v := float64(n.PSNR); s.high > s.low && !math.IsNaN(v) {
		y = bottom + (top-bottom)*(min(max(v, s.low), s.high)-s.low)/(s.high-s.low)
	}
	return [2]float32{float32(x), float32(y)}
}

// line draws a line between two points of the curve on the base.
func (s *composition) line(a, b [2]float32, c color.Color) {
	dx, dy := b[0]-a[0], b[1]-a[1]
	length := float32(math.Hypot(float64(dx), float64(dy)))
	if length == 0 {
		return
	}
	half := float32(s.em) / 14
	nx, ny := -dy/length*half, dx/length*half
	fill(s.base, c, [][2]float32{{a[0] + nx, a[1] + ny}, {b[0] + nx, b[1] + ny}, {b[0] - nx, b[1] - ny}, {a[0] - nx, a[1] - ny}})
}

// dot marks the current frame on the curve.
func (s *composition) dot(p [2]float32) {
	const corners = 16
	var ring [][2]float32
	for k := range corners {
		sin, cos := math.Sincos(2 * math.Pi * float64(k) / corners)
		ring = append(ring, [2]float32{p[0] + float32(s.em)/4*float32(cos), p[1] + float32(s.em)/4*float32(sin)})
	}
	fill(s.frame, bright, ring)
}

// fill draws a polygon with antialiased edges.
func fill(on *image.RGBA, c color.Color, corners [][2]float32) {
	low, high := corners[0], corners[0]
	for _, p := range corners {
		low, high = [2]float32{min(low[0], p[0]), min(low[1], p[1])}, [2]float32{max(high[0], p[0]), max(high[1], p[1])}
	}
	box := image.Rect(int(low[0])-1, int(low[1])-1, int(high[0])+2, int(high[1])+2).Intersect(on.Rect)
	if box.Empty() {
		return
	}
	r := vector.NewRasterizer(box.Dx(), box.Dy())
	for i, p := range corners {
		x, y := p[0]-float32(box.Min.X), p[1]-float32(box.Min.Y)
		if i == 0 {
			r.MoveTo(x, y)
		} else {
			r.LineTo(x, y)
		}
	}
	r.ClosePath()
	r.Draw(on, box, image.NewUniform(c), image.Point{})
}

// difference replaces a panel by its absolute difference from the target, times ErrorGain.
func difference(on *image.RGBA, panel image.Rectangle, target *image.RGBA) {
	for y := range panel.Dy() {
		row := on.Pix[on.PixOffset(panel.Min.X, panel.Min.Y+y):][:4*panel.Dx()]
		want := target.Pix[target.PixOffset(0, y):]
		for i := range row {
			if i%4 == 3 {
				continue
			}
			d := int(row[i]) - int(want[i])
			row[i] = uint8(min(ErrorGain*max(d, -d), 255))
		}
	}
}

// put resizes a picture to the size of a panel and draws it there.
func (s *composition) put(on *image.RGBA, panel image.Rectangle, m image.Image) {
	if m.Bounds().Size() != panel.Size() {
		m = imaging.Resize(m, s.w, s.h, imaging.Box)
	}
	draw.Draw(on, panel, m, m.Bounds().Min, draw.Src)
}
