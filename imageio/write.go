package imageio

import (
	"fmt"
	"image/png"
	"io"

	"igs/internal/fault"
	"igs/internal/wholefile"
)

// WritePNG writes the picture with 8 or 16 bits a sample, as WriteRows does.
func WritePNG(path string, m *Image, depth int) error {
	if len(m.Pix) != m.W*m.H*m.C {
		return fmt.Errorf("write %s: a picture of %d x %d px with %d samples", shown(path), m.W, m.H, len(m.Pix))
	}
	return WriteRows(path, m.W, m.H, m.C, depth, func(y int, dst [][]float32) error {
		for c := range dst {
			copy(dst[c], m.Plane(c)[y*m.W:])
		}
		return nil
	})
}

// WriteRows writes a PNG of w x h px with 8 or 16 bits a sample, grey for c=1 and RGB for
// c=3, and holds no more of it than a few rows. row fills dst, a slice of w samples a
// channel, with row y; it is asked for every row once, from the top. Samples are clamped
// to 0..1 and rounded to the nearest step; NaN becomes black. The file appears whole or,
// when row or the disk fails, not at all.
func WriteRows(path string, w, h, c, depth int, row func(y int, dst [][]float32) error) error {
	if err := writable(w, h, c, depth); err != nil {
		return fmt.Errorf("write %s: %w", shown(path), err)
	}
	rows := newPNGRows(w, h, c, depth, row)
	err := wholefile.Write(path, func(to io.Writer) error {
		if err := png.Encode(rows.until(to), rows); err != nil {
			return err
		}
		return rows.err // of the last row, after the last write
	})
	if rows.err != nil {
		return fmt.Errorf("write %s: %w", shown(path), rows.err)
	}
	if err != nil {
		return fault.WithHint(fmt.Errorf("write %s: %w", shown(path), err), "check that the folder exists, may be written to and has space left")
	}
	return nil
}

func writable(w, h, c, depth int) error {
	switch {
	case depth != 8 && depth != 16:
		return fmt.Errorf("a PNG of %d bits a sample", depth)
	case c != 1 && c != 3:
		return fmt.Errorf("a PNG of %d channels", c)
	case w <= 0 || h <= 0:
		return fmt.Errorf("a picture of %d x %d px", w, h)
	}
	return nil
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
