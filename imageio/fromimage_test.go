package imageio

import (
	"image"
	"image/color"
	"slices"
	"testing"

	"igs/internal/fault"
)

// Each picture has the same red ramp, and the expected samples.
func TestFromImage(t *testing.T) {
	const w, h = 12, 8
	at := image.Rect(0, 0, w, h)
	ramp := func(x, y int) uint8 { return uint8(x*20 + y) }
	set := func(img interface {
		image.Image
		Set(x, y int, c color.Color)
	}) image.Image {
		b := img.Bounds()
		for y := range b.Dy() {
			for x := range b.Dx() {
				img.Set(b.Min.X+x, b.Min.Y+y, color.NRGBA64{R: uint16(ramp(x, y)) * 257, A: 0xffff})
			}
		}
		return img
	}
	moved := image.NewRGBA(image.Rect(-5, 7, w-5, h+7))
	larger := image.NewNRGBA(image.Rect(0, 0, w+9, h+9)).SubImage(at.Add(image.Pt(3, 5))).(*image.NRGBA)
	for name, k := range map[string]struct {
		img   image.Image
		depth int
	}{
		"RGBA": {set(image.NewRGBA(at)), 8}, "NRGBA": {set(image.NewNRGBA(at)), 8}, "RGBA64": {set(image.NewRGBA64(at)), 16}, "NRGBA64": {set(image.NewNRGBA64(at)), 16},
		"not at the origin": {set(moved), 8}, "a part": {set(larger), 8},
		"of a type of its own": {other{set(image.NewRGBA64(at))}, 16}, "of a type of its own, 8 bits": {other{set(image.NewRGBA(at))}, 8},
	} {
		s, err := FromImage(k.img)
		if err != nil || s.W != w || s.H != h || s.C != 3 || s.Depth != k.depth || len(s.Notes) > 0 {
			t.Errorf("%s: %+v, %v", name, s, err)
			continue
		}
		for y := range h {
			for x := range w {
				if want := from8[ramp(x, y)]; s.At(0, y, x) != want || s.At(1, y, x) != 0 || s.At(2, y, x) != 0 {
					t.Fatalf("%s: %v at %d, %d, not %v", name, s.At(0, y, x), x, y, want)
				}
			}
		}
	}
}

// other hides the type of a picture.
type other struct{ image.Image }

func TestFromImageKeepsGreyAndDepth(t *testing.T) {
	grey, deep := image.NewGray(image.Rect(0, 0, 3, 2)), image.NewGray16(image.Rect(0, 0, 3, 2))
	grey.SetGray(1, 1, color.Gray{200})
	deep.SetGray16(1, 1, color.Gray16{0x1234})
	for _, img := range []image.Image{grey, other{grey}} {
		if s, err := FromImage(img); err != nil || s.C != 1 || s.Depth != 8 || s.Row8(0, 1)[1] != 200 {
			t.Errorf("%+v, %v", s, err)
		}
	}
	for _, img := range []image.Image{deep, other{deep}} {
		if s, err := FromImage(img); err != nil || s.C != 1 || s.Depth != 16 || s.Row16(0, 1)[1] != 0x1234 {
			t.Errorf("%+v, %v", s, err)
		}
	}
}

func TestFromImageDropsAlpha(t *testing.T) {
	straight, over := image.NewNRGBA(image.Rect(0, 0, 1, 1)), image.NewRGBA(image.Rect(0, 0, 1, 1))
	straight.SetNRGBA(0, 0, color.NRGBA{200, 0, 0, 128})
	over.SetRGBA(0, 0, color.RGBA{100, 0, 0, 128})
	for _, k := range []struct {
		img  image.Image
		want uint8
		note string
	}{{straight, 200, "alpha channel dropped"}, {over, 100, overBlack}} {
		s, err := FromImage(k.img)
		if err != nil || s.Row8(0, 0)[0] != k.want || !slices.Equal(s.Notes, []string{k.note}) {
			t.Errorf("%+v, %v", s, err)
		}
	}
}

// A part of a JPEG begins between two samples of chroma. A palette may have colours of any type, more than 256, or
// none.
func TestFromImageOfPartsAndPalettes(t *testing.T) {
	for _, ratio := range []image.YCbCrSubsampleRatio{image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420, image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410} {
		p := image.NewYCbCr(image.Rect(0, 0, 32, 32), ratio)
		for i := range p.Y {
			p.Y[i] = uint8(i)
		}
		for i := range p.Cb {
			p.Cb[i], p.Cr[i] = 128, 128 // grey
		}
		veiled := &image.NYCbCrA{YCbCr: *p, A: slices.Repeat([]uint8{255}, 32*32), AStride: 32}
		for _, at := range []image.Rectangle{image.Rect(0, 0, 32, 32), image.Rect(4, 8, 32, 31), image.Rect(5, 3, 18, 30), image.Rect(31, 31, 32, 32)} {
			for _, img := range []image.Image{p.SubImage(at), veiled.SubImage(at)} {
				s, err := FromImage(img)
				if err != nil || s.W != at.Dx() || s.H != at.Dy() {
					t.Fatalf("%v of %v: %v", at, ratio, err)
				}
				for y := range s.H {
					for x := range s.W {
						if want := uint8((at.Min.Y+y)*32 + at.Min.X + x); s.Row8(1, y)[x] != want {
							t.Fatalf("%T, %v of %v: %d at %d, %d, not %d", img, at, ratio, s.Row8(1, y)[x], x, y, want)
						}
					}
				}
			}
		}
	}
	many := make(color.Palette, 300)
	for i := range many {
		many[i] = color.Gray{77}
	}
	for _, colours := range []color.Palette{{color.Gray{77}}, {color.YCbCr{77, 128, 128}}, many} {
		if s, err := FromImage(image.NewPaletted(image.Rect(0, 0, 2, 2), colours)); err != nil || s.At(0, 1, 1) != from8[77] {
			t.Errorf("%d colours: %+v, %v", len(colours), s, err)
		}
	}
	for _, colours := range []color.Palette{{}, {nil}} {
		if s, err := FromImage(image.NewPaletted(image.Rect(0, 0, 2, 2), colours)); err != nil || s.At(0, 1, 1) != 0 {
			t.Errorf("%v: %+v, %v", colours, s, err)
		}
	}
}

func TestFromImageRefuses(t *testing.T) {
	at := image.Rect(0, 0, 4, 4)
	for _, img := range []image.Image{
		&image.RGBA{}, image.NewUniform(color.White), &image.RGBA{Rect: at}, &image.NRGBA{Rect: at, Stride: 16, Pix: make([]byte, 63)}, &image.Gray{Rect: at, Pix: make([]byte, 16)},
		&image.Gray16{Rect: at, Stride: 8}, &image.RGBA64{Rect: at, Stride: 4, Pix: make([]byte, 999)}, &image.CMYK{Rect: at}, &image.Paletted{Rect: at},
		&image.YCbCr{Rect: at}, &image.YCbCr{Rect: at, Y: make([]byte, 16), YStride: 4, Cb: make([]byte, 16), CStride: 4}, &image.NYCbCrA{YCbCr: *image.NewYCbCr(at, 0)},
	} {
		if _, err := FromImage(img); fault.Code(err) != fault.BadInput {
			t.Errorf("%T %v: %v", img, img.Bounds(), err)
		}
	}
}
