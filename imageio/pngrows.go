package imageio

import (
	"image"
	"image/color"
	"image/png"
	"io"
)

func encodePNG(to io.Writer, s Spec, row rowFunc) error {
	rows := newPNGRows(s, row)
	if err := png.Encode(rows.until(to), rows); err != nil {
		return err
	}
	return rows.err // the encoder does not see an error of the last row
}

// pngRows is an image.Image that holds one row at a time. image/png reads every pixel once, row by
// row from the top (a test checks that). A row is made when its first pixel is read, and the next
// row replaces it.
//
// At returns a pointer to a pixel: a colour that is not a pointer would be an allocation for each of
// the 33 million pixels of an 8K picture. (For grey of 16 bits the encoder converts each colour
// anyway and leaves 2 bytes of garbage a pixel.)
type pngRows struct {
	w, h, depth int
	row         rowFunc
	err         error // of row; later rows repeat the last one

	y      int // index of the current row
	floats [][]float32
	pixels []pixel
}

// pixel is an opaque colour with 16 bits a channel.
type pixel struct{ r, g, b uint16 }

func (p *pixel) RGBA() (r, g, b, a uint32) {
	return uint32(p.r), uint32(p.g), uint32(p.b), 0xffff
}

func newPNGRows(s Spec, row rowFunc) *pngRows {
	return &pngRows{w: s.W, h: s.H, depth: s.Depth, row: row, y: -1, floats: NewRow(s.C, s.W), pixels: make([]pixel, s.W)}
}

func (p *pngRows) Bounds() image.Rectangle { return image.Rect(0, 0, p.w, p.h) }

// Opaque tells the encoder not to search all pixels for alpha.
func (p *pngRows) Opaque() bool { return true }

// ColorModel decides the colour type and depth of the file.
func (p *pngRows) ColorModel() color.Model {
	switch {
	case p.depth == 8 && len(p.floats) == 1:
		return color.GrayModel
	case p.depth == 8:
		return color.RGBAModel
	case len(p.floats) == 1:
		return color.Gray16Model
	}
	return color.RGBA64Model
}

func (p *pngRows) At(x, y int) color.Color {
	if y != p.y {
		p.turnTo(y)
	}
	return &p.pixels[x]
}

// turnTo makes row y. A sample of 8 bits becomes 16 bits by repeating the byte; the encoder keeps one of the two.
func (p *pngRows) turnTo(y int) {
	p.y = y
	if p.err != nil {
		return
	}
	if p.err = p.row(y, p.floats); p.err != nil {
		return
	}
	top, widen := 65535.0, uint16(1)
	if p.depth == 8 {
		top, widen = 255, 0x101
	}
	r, g, b := p.floats[0], p.floats[0], p.floats[0]
	if len(p.floats) == 3 {
		g, b = p.floats[1], p.floats[2]
	}
	for x := range p.pixels {
		p.pixels[x] = pixel{widen * level(r[x], top), widen * level(g[x], top), widen * level(b[x], top)}
	}
}

// until writes to w until row fails. Then writing fails too, which ends the encoder.
func (p *pngRows) until(w io.Writer) io.Writer { return failingWriter{w, p} }

type failingWriter struct {
	io.Writer
	rows *pngRows
}

func (w failingWriter) Write(b []byte) (int, error) {
	if w.rows.err != nil {
		return 0, w.rows.err
	}
	return w.Writer.Write(b)
}
