package imageio

import (
	"fmt"
	"io"

	"igs/internal/fault"
	"igs/internal/oneline"
	"igs/internal/wholefile"
)

// WriteRows writes a picture file in the format that its name ends in, and holds no more of it than a few rows: PNG, JPEG,
// QOI or TIFF, grey for one channel (but QOI, which has none) and RGB for three. row fills dst, a slice of s.W samples a channel, with row y; it is asked for
// every row once, from the top. Samples are clamped to 0..1 and rounded to the nearest step; NaN becomes black. The file
// appears whole or, when row or the disk fails, not at all.
func WriteRows(path string, s Spec, row func(y int, dst [][]float32) error) error {
	w, err := writerFor(path)
	if err != nil {
		return fmt.Errorf("write %s: %w", oneline.Path(path), err)
	}
	return w.rows(path, s, row)
}

// rows writes in this format. After the first error of row it is asked for no more.
func (w writer) rows(path string, s Spec, row rowFunc) error {
	if err := w.check(s); err != nil {
		return fmt.Errorf("write %s: %w", oneline.Path(path), err)
	}
	var failed error
	err := w.write(path, s, func(y int, dst [][]float32) error {
		if failed == nil {
			failed = row(y, dst)
		}
		return failed
	})
	if failed != nil {
		return fmt.Errorf("write %s: %w", oneline.Path(path), failed)
	}
	if err != nil {
		return fault.WithHint(fmt.Errorf("write %s: %w", oneline.Path(path), err), "check that the folder exists, may be written to and has space left")
	}
	return nil
}

// toFile is for formats that are written from the first byte to the last.
func toFile(encode func(to io.Writer, s Spec, row rowFunc) error) func(string, Spec, rowFunc) error {
	return func(path string, s Spec, row rowFunc) error {
		return wholefile.Write(path, func(to io.Writer) error { return encode(to, s, row) })
	}
}

// NewRow is room for a row of every channel.
func NewRow(channels, w int) [][]float32 {
	row := make([][]float32, channels)
	for c := range row {
		row[c] = make([]float32, w)
	}
	return row
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
