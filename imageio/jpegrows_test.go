package imageio

import (
	"bytes"
	"image"
	"image/jpeg"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// The decoded picture has the same samples as a file that image/jpeg wrote at once. Sizes that are no multiple of a
// block, and more than eight restarts, after which their numbers repeat, are tested.
func TestJPEGIsWhatTheEncoderMakes(t *testing.T) {
	for _, k := range []struct{ w, h, c, quality int }{{1, 1, 1, 50}, {17, 33, 1, 90}, {40, 24, 1, 75}, {1, 1, 3, 90}, {50, 200, 3, 90}, {64, 16, 3, 30}, {33, 310, 3, 100}, {70, 170, 1, 0}} {
		s := NewSamples(k.w, k.h, k.c, 8)
		area := image.Rect(0, 0, k.w, k.h)
		grey, colour := image.NewGray(area), image.NewRGBA(area)
		for y := range k.h {
			for x := range k.w {
				for c := range k.c {
					v := uint8(127 + 100*math.Sin(float64(x*(c+1))/5+float64(y)/9) + float64(x*y%25))
					s.Row8(c, y)[x], colour.Pix[y*colour.Stride+4*x+c], grey.Pix[y*grey.Stride+x] = v, v, v
				}
			}
		}
		var plain image.Image = colour
		if k.c == 1 {
			plain = grey
		}
		quality := k.quality
		if quality == 0 {
			quality = DefaultQuality
		}
		var whole bytes.Buffer
		if err := jpeg.Encode(&whole, plain, &jpeg.Options{Quality: quality}); err != nil {
			t.Fatal(err)
		}
		want, err := jpeg.Decode(&whole)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "out.jpg")
		if err := WriteRows(path, Spec{W: k.w, H: k.h, C: k.c, Depth: 8, Quality: k.quality}, rowsOf(s)); err != nil {
			t.Fatal(err)
		}
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := jpeg.Decode(bytes.NewReader(file))
		if err != nil {
			t.Fatalf("%+v: %v", k, err)
		}
		if isGrey(got) != (k.c == 1) || got.Bounds() != want.Bounds() {
			t.Fatalf("%+v: read as %T of %v", k, got, got.Bounds())
		}
		for y := range k.h {
			for x := range k.w {
				if got.At(x, y) != want.At(x, y) {
					t.Fatalf("%+v: row %d, column %d is %v, want %v", k, y, x, got.At(x, y), want.At(x, y))
				}
			}
		}
	}
}
