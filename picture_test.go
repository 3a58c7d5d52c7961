package igs

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"igs/vk/vktest"
)

// deep is a picture of 16 bits per sample, with information in the lower 8 bits.
func deep(w, h int) *image.Gray16 {
	m := image.NewGray16(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetGray16(x, y, color.Gray16{Y: uint16(30000 + 7*x + 3*y)})
		}
	}
	return m
}

func TestPictureIsTheImage(t *testing.T) {
	rgb16 := image.NewNRGBA64(image.Rect(3, 4, 9, 9))
	for i := range rgb16.Pix {
		rgb16.Pix[i] = byte(i * 37)
		if i%8 >= 6 {
			rgb16.Pix[i] = 0xff
		}
	}
	grey := image.NewGray(image.Rect(0, 0, 5, 4))
	grey.SetGray(2, 3, color.Gray{Y: 99})
	for _, k := range []struct {
		img  image.Image
		size Size
	}{{disc(6, 5), Size{6, 5, 3, 8}}, {grey, Size{5, 4, 1, 8}}, {deep(7, 3), Size{7, 3, 1, 16}}, {rgb16, Size{6, 5, 3, 16}}} {
		p, err := NewPicture(k.img)
		if err != nil || p.Size() != k.size || len(p.Notes()) > 0 {
			t.Fatalf("%v, %v, %v, want %v", p.Size(), p.Notes(), err, k.size)
		}
		b := k.img.Bounds()
		for y := range b.Dy() {
			for x := range b.Dx() {
				r, g, bl, a := p.At(x, y).RGBA()
				r2, g2, b2, a2 := k.img.At(b.Min.X+x, b.Min.Y+y).RGBA()
				if r != r2 || g != g2 || bl != b2 || a != a2 {
					t.Fatalf("%T: %v at %d, %d, not %v", k.img, p.At(x, y), x, y, k.img.At(b.Min.X+x, b.Min.Y+y))
				}
				if p.ColorModel().Convert(p.At(x, y)) != p.At(x, y) {
					t.Fatalf("%T: a colour of another model", k.img)
				}
			}
		}
		if again, err := NewPicture(p); err != nil || again != p {
			t.Error("a Picture is made anew")
		}
		var file bytes.Buffer // a function that takes an image.Image takes a Picture
		if err := png.Encode(&file, p); err != nil {
			t.Error(err)
		}
		draw.Draw(image.NewRGBA(p.Bounds()), p.Bounds(), p, image.Pt(-2, 0), draw.Src)
	}
}

func TestPictureFromRows(t *testing.T) {
	want, err := NewPicture(deep(9, 5))
	if err != nil {
		t.Fatal(err)
	}
	got, err := PictureFromRows(want.Size(), func(y int, dst [][]float32) error {
		for x := range dst[0] {
			dst[0][x] = float32(deep(9, 5).Gray16At(x, y).Y) / 65535
		}
		return nil
	})
	if err != nil || got.fingerprint() != want.fingerprint() {
		t.Errorf("another picture, %v", err)
	}
	values := []float32{-1, 2, float32(math.NaN()), 0.5}
	odd, err := PictureFromRows(Size{4, 1, 1, 8}, func(_ int, dst [][]float32) error { copy(dst[0], values); return nil })
	if err != nil || !slices.Equal(odd.samples.Row8(0, 0), []uint8{0, 255, 0, 128}) {
		t.Errorf("%v, %v", odd, err)
	}
	for _, size := range []Size{{}, {4, 4, 5, 8}, {4, 4, 3, 10}, {-1, 4, 3, 8}, {40000, 1, 1, 8}, {4, 4, 13, 8}} {
		if _, err := PictureFromRows(size, nil); !errors.Is(err, ErrBadInput) {
			t.Errorf("%v: %v", size, err)
		}
	}
	if _, err := PictureFromRows(Size{4, 1, 1, 8}, func(_ int, dst [][]float32) error { dst[0] = nil; return nil }); !errors.Is(err, ErrBadInput) {
		t.Errorf("a row that lost its samples: %v", err)
	}
}

func TestFingerprintsDiffer(t *testing.T) {
	a, b := disc(8, 6), disc(8, 6)
	b.Pix[40]++
	low := deep(8, 6)
	low.Pix[41]++
	seen := map[string]bool{}
	for _, img := range []image.Image{a, b, disc(6, 8), deep(8, 6), low, image.NewGray(image.Rect(0, 0, 8, 6)), image.NewGray(image.Rect(0, 0, 6, 8))} {
		p, err := NewPicture(img)
		if err != nil {
			t.Fatal(err)
		}
		seen[p.fingerprint()] = true
	}
	if len(seen) != 7 {
		t.Errorf("%d fingerprints of 7 pictures", len(seen))
	}
}

func TestReadPictureIsNewPicture(t *testing.T) {
	path := filepath.Join(t.TempDir(), "disc.png")
	write(t, path, disc(20, 10))
	read, err := ReadPicture(path)
	if err != nil {
		t.Fatal(err)
	}
	made, err := NewPicture(disc(20, 10))
	if err != nil || read.fingerprint() != made.fingerprint() {
		t.Errorf("another picture, %v", err)
	}
}

// The lower 8 of 16 bits must appear in the rendered picture: all samples of this picture lie within one step of 8
// bits.
func TestDepthIsKept(t *testing.T) {
	vktest.Long(t)
	dev := testDevice(t)
	flat := image.NewGray16(image.Rect(0, 0, 48, 32))
	for y := range 32 {
		for x := range 48 {
			flat.SetGray16(x, y, color.Gray16{Y: uint16(30000 + 120*(x/24))})
		}
	}
	m, err := Train(context.Background(), flat, Options{Device: dev, Splats: 60, Steps: 150})
	if err != nil {
		t.Fatal(err)
	}
	drawn, err := m.RenderImage(context.Background(), RenderOptions{Device: dev})
	if err != nil {
		t.Fatal(err)
	}
	grey, ok := drawn.(*image.Gray16)
	if !ok || m.Size() != (Size{48, 32, 1, 16}) {
		t.Fatalf("%T of %v", drawn, m.Size())
	}
	left, right := int(grey.Gray16At(8, 16).Y), int(grey.Gray16At(40, 16).Y)
	if right-left < 60 || right-left > 180 {
		t.Errorf("%d and %d, which are 30000 and 30120", left, right)
	}
}

// A folder is a texture stack. All of its channels are trained, and Render shows its first picture.
func TestStack(t *testing.T) {
	vktest.Long(t)
	dev, dir := testDevice(t), t.TempDir()
	grey := image.NewGray(image.Rect(0, 0, 48, 32))
	for i := range grey.Pix {
		grey.Pix[i] = uint8(5 * (i % 48))
	}
	write(t, filepath.Join(dir, "a.png"), grey)
	write(t, filepath.Join(dir, "b.png"), disc(48, 32))
	p, err := ReadPicture(dir)
	if err != nil || p.Size() != (Size{48, 32, 4, 8}) {
		t.Fatalf("%v, %v", p, err)
	}
	m, err := Train(context.Background(), p, Options{Device: dev, Splats: 100, Steps: 60})
	if err != nil {
		t.Fatal(err)
	}
	drawn, err := m.RenderImage(context.Background(), RenderOptions{Device: dev})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := drawn.(*image.Gray); !ok || psnr(drawn, grey) < 25 {
		t.Errorf("%T, %.1f dB", drawn, psnr(drawn, grey))
	}
	colours := newRowImage(48, 32, nil, 3, 8)
	err = m.RenderRows(context.Background(), RenderOptions{Device: dev}, func(y int, row [][]float32) error {
		if len(row) != 4 {
			t.Fatalf("%d channels", len(row))
		}
		return colours.put(y, row[1:])
	})
	if err != nil || psnr(colours.image, disc(48, 32)) < 18 {
		t.Errorf("%.1f dB, %v", psnr(colours.image, disc(48, 32)), err)
	}
}

// A stack is seen as its first picture, in the same type as Render gives.
func TestStackIsSeenAsItsFirstPicture(t *testing.T) {
	for first, want := range map[string]color.Color{"a": color.Gray{Y: 10}, "c": color.RGBA{R: 70, G: 80, B: 90, A: 255}} {
		dir := t.TempDir()
		grey, colour := image.NewGray(image.Rect(0, 0, 1, 1)), image.NewRGBA(image.Rect(0, 0, 1, 1))
		grey.Pix[0] = 10
		copy(colour.Pix, []byte{70, 80, 90, 255})
		write(t, filepath.Join(dir, first+".png"), grey)
		write(t, filepath.Join(dir, "b.png"), colour)
		p, err := ReadPicture(dir)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.At(0, 0); got != want || p.ColorModel().Convert(want) != want {
			t.Errorf("%s: %v, want %v", first, got, want)
		}
	}
}
