package imageio

import (
	"fmt"
	"image"
	"image/png"
	"io"

	"igs/internal/fault"
	"igs/internal/wholefile"
)

// WritePNG writes the picture with 8 or 16 bits a sample, grey for C=1 and RGB for C=3.
// Samples are clamped to 0..1 and rounded to the nearest step; NaN becomes black. The
// file appears whole or not at all.
func WritePNG(path string, m *Image, depth int) error {
	if err := m.writable(depth); err != nil {
		return fmt.Errorf("write %s: %w", shown(path), err)
	}
	img := m.quantized(depth)
	err := wholefile.Write(path, func(w io.Writer) error { return png.Encode(w, img) })
	if err != nil {
		return fault.WithHint(fmt.Errorf("write %s: %w", shown(path), err), "check that the folder exists, may be written to and has space left")
	}
	return nil
}

func (m *Image) writable(depth int) error {
	switch {
	case depth != 8 && depth != 16:
		return fmt.Errorf("a PNG of %d bits a sample", depth)
	case m.C != 1 && m.C != 3:
		return fmt.Errorf("a PNG of %d channels", m.C)
	case m.W <= 0 || m.H <= 0 || len(m.Pix) != m.W*m.H*m.C:
		return fmt.Errorf("a picture of %d x %d px with %d samples", m.W, m.H, len(m.Pix))
	}
	return nil
}

// quantized gives one of the four types for which image/png writes exactly these samples
// in the smallest colour type: it looks for alpha and leaves it out when all is opaque.
func (m *Image) quantized(depth int) image.Image {
	area := image.Rect(0, 0, m.W, m.H)
	switch {
	case depth == 8 && m.C == 1:
		img := image.NewGray(area)
		m.put8(img.Pix, 1)
		return img
	case depth == 8:
		img := image.NewRGBA(area)
		m.put8(img.Pix, 4)
		for i := 3; i < len(img.Pix); i += 4 {
			img.Pix[i] = 0xff
		}
		return img
	case m.C == 1:
		img := image.NewGray16(area)
		m.put16(img.Pix, 2)
		return img
	default:
		img := image.NewRGBA64(area)
		m.put16(img.Pix, 8)
		for i := 6; i < len(img.Pix); i += 8 {
			img.Pix[i], img.Pix[i+1] = 0xff, 0xff
		}
		return img
	}
}

func (m *Image) put8(pix []byte, step int) {
	for c := range m.C {
		for i, v := range m.Plane(c) {
			pix[i*step+c] = byte(level(v, 255))
		}
	}
}

func (m *Image) put16(pix []byte, step int) {
	for c := range m.C {
		for i, v := range m.Plane(c) {
			n := level(v, 65535)
			pix[i*step+2*c], pix[i*step+2*c+1] = byte(n>>8), byte(n)
		}
	}
}

// level is the step of 0..top nearest to v. The first comparison also catches NaN. In
// float32 the product with 65535 would already be off by a step at times.
func level(v float32, top float64) uint16 {
	if !(v > 0) {
		return 0
	}
	if v >= 1 {
		return uint16(top)
	}
	return uint16(float64(v)*top + 0.5)
}
