package imageio

import (
	"bytes"
	"image"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/image/tiff"
)

// golang.org/x/image/tiff reads back every sample, with one strip and with many, and with rows of odd length.
func TestTIFFIsExact(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for _, k := range []struct{ w, h, c, depth int }{{1, 1, 1, 8}, {41, 23, 1, 8}, {41, 23, 3, 8}, {33, 9, 1, 16}, {33, 9, 3, 16}, {900, 700, 3, 8}, {1000, 300, 3, 16}} {
		s := NewSamples(k.w, k.h, k.c, k.depth)
		for i := range s.bytes {
			s.bytes[i] = uint8(rng.IntN(256))
		}
		for i := range s.words {
			s.words[i] = uint16(rng.IntN(1 << 16))
		}
		path := filepath.Join(t.TempDir(), "out.tif")
		if err := WriteRows(path, Spec{W: k.w, H: k.h, C: k.c, Depth: k.depth}, rowsOf(s)); err != nil {
			t.Fatal(err)
		}
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := tiff.Decode(bytes.NewReader(file))
		if err != nil {
			t.Fatalf("%+v: %v", k, err)
		}
		if b := got.Bounds(); b.Dx() != k.w || b.Dy() != k.h {
			t.Fatalf("%+v: read as %v", k, b)
		}
		if grey, deep := isGrey(got), isDeep(got); grey != (k.c == 1) || deep != (k.depth == 16) {
			t.Errorf("%+v: read as %T", k, got)
		}
		for y := range k.h {
			for x := range k.w {
				r, g, b, _ := got.At(x, y).RGBA()
				for c, v := range []uint32{r, g, b}[:k.c] {
					want := uint32(s.At(c, y, x)*65535 + 0.5)
					if v != want {
						t.Fatalf("%+v: channel %d, row %d, column %d is %d, want %d", k, c, y, x, v, want)
					}
				}
			}
		}
	}
}

func isGrey(m image.Image) bool {
	switch m.(type) {
	case *image.Gray, *image.Gray16:
		return true
	}
	return false
}

func isDeep(m image.Image) bool {
	switch m.(type) {
	case *image.Gray16, *image.RGBA64, *image.NRGBA64:
		return true
	}
	return false
}

// rowsOf gives the rows of a picture.
func rowsOf(s *Samples) rowFunc {
	return func(y int, dst [][]float32) error {
		for c := range dst {
			s.Row(c, y, dst[c])
		}
		return nil
	}
}
