package imageio

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// The file has the same bytes as one that image/png makes of the whole picture. Each row is read
// once, from the top.
func TestWriteRowsIsWhatTheEncoderMakes(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, k := range []struct{ c, depth int }{{1, 8}, {3, 8}, {1, 16}, {3, 16}} {
		const w, h = 41, 23
		s := NewSamples(w, h, k.c, k.depth)
		area := image.Rect(0, 0, w, h)
		grey, rgb, grey16, rgb16 := image.NewGray(area), image.NewRGBA(area), image.NewGray16(area), image.NewRGBA64(area)
		for y := range h {
			for x := range w {
				var v [3]uint16
				for c := range k.c {
					if k.depth == 8 {
						v[c] = uint16(x*c*5+y+rng.IntN(4)) & 0xff
						s.Row8(c, y)[x] = uint8(v[c])
					} else {
						v[c] = uint16(rng.IntN(1 << 16))
						s.Row16(c, y)[x] = v[c]
					}
				}
				grey.SetGray(x, y, color.Gray{uint8(v[0])})
				rgb.SetRGBA(x, y, color.RGBA{uint8(v[0]), uint8(v[1]), uint8(v[2]), 255})
				grey16.SetGray16(x, y, color.Gray16{v[0]})
				rgb16.SetRGBA64(x, y, color.RGBA64{v[0], v[1], v[2], 65535})
			}
		}
		var want bytes.Buffer
		if err := png.Encode(&want, map[[2]int]image.Image{{1, 8}: grey, {3, 8}: rgb, {1, 16}: grey16, {3, 16}: rgb16}[[2]int{k.c, k.depth}]); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "out.png")
		next := 0
		err := WriteRows(path, Spec{W: w, H: h, C: k.c, Depth: k.depth}, func(y int, dst [][]float32) error {
			if y != next {
				t.Fatalf("row %d asked for, not %d", y, next)
			}
			next++
			for c := range dst {
				s.Row(c, y, dst[c])
			}
			return nil
		})
		if err != nil || next != h {
			t.Fatalf("%d rows, %v", next, err)
		}
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want.Bytes()) {
			t.Errorf("%d channels of %d bits: %d bytes that differ from the %d of image/png, %v", k.c, k.depth, len(got), want.Len(), err)
		}
	}
}
