package imageio

import (
	"fmt"
	"io"

	"igs/internal/fault"
	"igs/internal/oneline"
	"igs/internal/wholefile"
)

// WriteRows writes a picture as PNG, JPEG, QOI or TIFF, as the ending of its name says. It holds only a few rows in
// memory. One channel gives a grey file (except QOI, which has no grey), three give RGB. Two and four are grey and RGB with
// alpha, in the channels of Mix. They give straight colours and alpha, in a JPEG the picture over white. row fills dst,
// which has a slice of s.W samples for each channel, with row y. It is called once for every row, from the top. Samples
// are clamped to 0..1 and rounded to the nearest step; NaN becomes black. The file appears complete. When row or the disk
// fails, there is no file.
func WriteRows(path string, s Spec, row func(y int, dst [][]float32) error) error {
	w, err := writerFor(path)
	if err != nil {
		return fmt.Errorf("write %s: %w", oneline.Path(path), err)
	}
	return w.rows(path, s, row)
}

// rows writes a file in this format. After its first error, row is not called again.
func (w writer) rows(path string, s Spec, row rowFunc) error {
	if err := w.check(s); err != nil {
		return fmt.Errorf("write %s: %w", oneline.Path(path), err)
	}
	var failed error
	if HasAlpha(s.C) {
		s, row = w.withAlpha(s, row)
	}
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
		return fault.WithHint(fmt.Errorf("write %s: %w", oneline.Path(path), err), "check that the folder exists, that you may write to it, and that the disk has space")
	}
	return nil
}

// withAlpha converts rows in the channels of Mix to those of the file.
func (w writer) withAlpha(s Spec, row rowFunc) (Spec, rowFunc) {
	mixed := NewRow(s.C, s.W)
	if len(w.alpha) == 0 {
		s.C--
		return s, func(y int, dst [][]float32) error {
			err := row(y, mixed)
			Matte(mixed, 1, dst)
			return err
		}
	}
	s.C = max(s.C, w.alpha[0])
	return s, func(y int, dst [][]float32) error {
		if err := row(y, mixed); err != nil {
			return err
		}
		Unmix(mixed)
		last := len(dst) - 1
		for c := range last {
			copy(dst[c], mixed[min(c, len(mixed)-2)])
		}
		copy(dst[last], mixed[len(mixed)-1])
		return nil
	}
}

// toFile makes a write function for formats that are written from the first byte to the last.
func toFile(encode func(to io.Writer, s Spec, row rowFunc) error) func(string, Spec, rowFunc) error {
	return func(path string, s Spec, row rowFunc) error {
		return wholefile.Write(path, func(to io.Writer) error { return encode(to, s, row) })
	}
}

// NewRow allocates a row: a slice of w samples for each channel.
func NewRow(channels, w int) [][]float32 {
	row := make([][]float32, channels)
	for c := range row {
		row[c] = make([]float32, w)
	}
	return row
}

// level is the step of 0..top nearest to v. NaN gives 0: it fails the first comparison. The product
// is computed in float64, because in float32 the product with 65535 is sometimes off by a step.
func level(v float32, top float64) uint16 {
	if !(v > 0) {
		return 0
	}
	if v >= 1 {
		return uint16(top)
	}
	return uint16(float64(v)*top + 0.5)
}

// step is level for loops over many samples: it is inlined, and tests a sample of 0..1 only once.
func step(v float32, top int32) uint16 {
	n := int32(float64(v)*float64(top) + 0.5)
	if uint32(n) > uint32(top) { // v is negative, above 1 or NaN
		return level(v, float64(top))
	}
	return uint16(n)
}
