package igs

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"math"
	"testing"
)

// faded is a picture of straight colours whose alpha grows from left to right.
func faded(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetNRGBA(x, y, color.NRGBA{uint8(255 * y / h), 120, uint8(200 - 100*x/w), uint8(min(max(255*(2*x-w/2)/w, 0), 255))})
		}
	}
	return m
}

// nearColours says whether two colours look alike over black and over white.
func nearColours(a, b color.Color, most float64) bool {
	r, g, bl, al := a.RGBA()
	r2, g2, b2, al2 := b.RGBA()
	for _, d := range []float64{float64(r) - float64(r2), float64(g) - float64(g2), float64(bl) - float64(b2), float64(al) - float64(al2)} {
		if math.Abs(d) > most*257 {
			return false
		}
	}
	return true
}

func TestPictureWithAlpha(t *testing.T) {
	img := faded(12, 7)
	p, err := NewPicture(img)
	if err != nil || p.Size().Channels != 4 || !p.HasAlpha() || len(p.Notes()) > 0 || p.ColorModel() != color.NRGBAModel {
		t.Fatal(p.Size(), p.Notes(), err)
	}
	rows, err := PictureFromRows(Size{12, 7, 4, 16}, func(y int, dst [][]float32) error {
		for x := range dst[0] {
			c := img.NRGBAAt(x, y)
			for k, v := range []uint8{c.R, c.G, c.B, c.A} {
				dst[k][x] = float32(v) / 255
			}
		}
		return nil
	})
	if err != nil || !rows.HasAlpha() || rows.ColorModel() != color.NRGBA64Model {
		t.Fatal(err)
	}
	for y := range 7 {
		for x := range 12 {
			if !nearColours(p.At(x, y), img.At(x, y), 2) || !nearColours(rows.At(x, y), img.At(x, y), 0.02) {
				t.Fatalf("%v and %v at %d, %d, not %v", p.At(x, y), rows.At(x, y), x, y, img.At(x, y))
			}
		}
	}
	if _, err := NewPicture(image.NewNRGBA(image.Rect(0, 0, 3, 3))); err == nil {
		t.Error("an invisible picture is accepted")
	}
	if _, err := PictureFromRows(Size{3, 3, 2, 8}, func(int, [][]float32) error { return nil }); err == nil {
		t.Error("invisible rows are accepted")
	}
}

// A model of a picture with alpha renders it, in images and in rows, and its file keeps it.
func TestModelWithAlpha(t *testing.T) {
	dev := testDevice(t)
	img := faded(32, 32)
	m, err := Train(context.Background(), img, Options{Splats: 80, Steps: 40, Device: dev})
	if err != nil || !m.HasAlpha() || m.Size().Channels != 4 {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := m.Encode(&file); err != nil {
		t.Fatal(err)
	}
	if m, err = Decode(&file); err != nil || !m.HasAlpha() {
		t.Fatal(err)
	}
	drawn, err := m.RenderImage(context.Background(), RenderOptions{Device: dev})
	if err != nil {
		t.Fatal(err)
	}
	straight, ok := drawn.(*image.NRGBA)
	if !ok {
		t.Fatalf("%T", drawn)
	}
	far := 0
	err = m.RenderRows(context.Background(), RenderOptions{Device: dev}, func(y int, row [][]float32) error {
		for x := range 32 {
			c := straight.NRGBAAt(x, y)
			for k, v := range []uint8{c.R, c.G, c.B, c.A} {
				if math.Abs(float64(row[k][x])*255-float64(v)) > 0.51 {
					t.Fatalf("row %d, column %d, channel %d is %g, the image has %d", y, x, k, row[k][x], v)
				}
			}
			if !nearColours(c, img.At(x, y), 12) {
				far++
			}
		}
		return nil
	})
	if err != nil || far > 32 {
		t.Errorf("%d of 1024 pixels differ, %v", far, err)
	}
	c, err := m.Compare(context.Background(), img, dev)
	both := -10 * math.Log10((math.Pow(10, -c.PSNROverBlack/10)+math.Pow(10, -c.PSNROverWhite/10))/2)
	if err != nil || c.PSNR < 30 || math.Abs(both-c.PSNR) > 1e-6 {
		t.Errorf("%+v, %v", c, err)
	}
	opaque := image.NewRGBA(image.Rect(0, 0, 32, 32))
	if _, err := m.Compare(context.Background(), opaque, dev); err == nil {
		t.Error("compared with a picture of other channels")
	}
}
