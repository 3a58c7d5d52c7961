package imageio

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// The file is, byte for byte, what image/png makes of the whole picture in the type for
// it, and each row is asked for once, from the top.
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
		err := WriteRows(path, w, h, k.c, k.depth, func(y int, dst [][]float32) error {
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

// A row that fails ends the writing soon, leaves no file, and comes back as the error.
func TestWriteRowsPassesOnTheErrorOfARow(t *testing.T) {
	dir := t.TempDir()
	lost := errors.New("device lost")
	for _, bad := range []int{0, 7, 1999} {
		asked := 0
		err := WriteRows(filepath.Join(dir, "out.png"), 100, 2000, 3, 8, func(y int, dst [][]float32) error {
			asked++
			if y == bad {
				return lost
			}
			return nil
		})
		if !errors.Is(err, lost) || asked != bad+1 {
			t.Errorf("row %d failed: %d rows were asked for, error %v", bad, asked, err)
		}
		if left, _ := os.ReadDir(dir); len(left) != 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}

// Nothing that grows with the height is allocated.
func TestWriteRowsHoldsAFewRows(t *testing.T) {
	for _, k := range []struct{ c, depth int }{{1, 8}, {3, 8}, {3, 16}} {
		allocated := func(h int) uint64 {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := WriteRows(filepath.Join(t.TempDir(), "out.png"), 500, h, k.c, k.depth, func(y int, dst [][]float32) error {
				dst[0][y%500] = float32(y%300) / 300
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			runtime.ReadMemStats(&after)
			return after.TotalAlloc - before.TotalAlloc
		}
		low, high := allocated(10), allocated(1010)
		if math.Abs(float64(high)-float64(low)) > 100e3 { // 500 000 pixels
			t.Errorf("%d channels of %d bits: %d bytes for 10 rows, %d for 1010", k.c, k.depth, low, high)
		}
	}
}
