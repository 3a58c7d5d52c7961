package imageio

import (
	"bytes"
	"image/png"
	"testing"
)

func TestThumbnailTakesMeansInLinearLight(t *testing.T) {
	m := New(4, 2, 3)
	for i := range m.Pix { // columns black, white, black, white
		m.Pix[i] = float32(i % 2)
	}
	for _, depth := range []int{8, 16} {
		img := m.Samples(depth).Thumbnail(2)
		if b := img.Bounds(); b.Dx() != 2 || b.Dy() != 1 {
			t.Fatal(b)
		}
		r, _, b, _ := img.At(1, 0).RGBA()
		if r>>8 != 188 || b>>8 != 188 {
			t.Errorf("half of the light is %d %d, want 188", r>>8, b>>8)
		}
	}
	// A cell of a fractional size keeps the mean, and a uniform picture stays uniform.
	flat := New(7, 5, 1)
	for i := range flat.Pix {
		flat.Pix[i] = 100. / 255
	}
	img := flat.Samples(8).Thumbnail(3)
	for y := range img.Bounds().Dy() {
		for x := range 3 {
			if v, _, _, _ := img.At(x, y).RGBA(); v>>8 < 99 || v>>8 > 101 {
				t.Errorf("%d at %d, %d", v>>8, x, y)
			}
		}
	}
}

// A thumbnail in a file has the pixels of the copy, with and without alpha.
func TestThumbnailInAFile(t *testing.T) {
	for channels := 1; channels <= 4; channels++ {
		small := NewThumbnail(40, 6, channels, 20)
		row := NewRow(channels, 40)
		for y := range 6 {
			for c, line := range row {
				for x := range line {
					line[x] = 0.4 + float32(c+x%7+y)/60
				}
			}
			small.Add(row)
		}
		var file bytes.Buffer
		if err := small.Write(&file); err != nil {
			t.Fatal(err)
		}
		got, err := png.Decode(&file)
		if err != nil || got.Bounds() != small.Image().Bounds() {
			t.Fatalf("%d channels: %v", channels, err)
		}
		for i := range 20 * 3 {
			r, g, b, a := got.At(i%20, i/20).RGBA()
			p, q, s, u := small.Image().At(i%20, i/20).RGBA()
			if r != p || g != q || b != s || a != u {
				t.Fatalf("%d channels, pixel %d: %v, want %v", channels, i, got.At(i%20, i/20), small.Image().At(i%20, i/20))
			}
		}
	}
}
