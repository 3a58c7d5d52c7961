package imageio

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"testing"
)

// Along one axis, the chroma samples 0, 100, 200 give these pixels, with weights 3/4 and 1/4 and
// repeated ends.
var ramp = []byte{0, 25, 75, 125, 175, 200}

func TestChromaIsInterpolated(t *testing.T) {
	for _, k := range []struct {
		ratio image.YCbCrSubsampleRatio
		w, h  int
		cb    []byte // rows of chroma
		want  func(x, y int) byte
	}{
		{image.YCbCrSubsampleRatio422, 6, 2, []byte{0, 100, 200, 0, 100, 200}, func(x, y int) byte { return ramp[x] }},
		{image.YCbCrSubsampleRatio422, 5, 1, []byte{0, 100, 200}, func(x, y int) byte { return ramp[x] }},
		{image.YCbCrSubsampleRatio440, 2, 6, []byte{0, 0, 100, 100, 200, 200}, func(x, y int) byte { return ramp[y] }},
		{image.YCbCrSubsampleRatio420, 6, 3, []byte{0, 100, 200, 0, 100, 200}, func(x, y int) byte { return ramp[x] }},
		{image.YCbCrSubsampleRatio420, 2, 6, []byte{0, 100, 200}, func(x, y int) byte { return ramp[y] }},
		{image.YCbCrSubsampleRatio420, 1, 1, []byte{77}, func(x, y int) byte { return 77 }},
		{image.YCbCrSubsampleRatio444, 3, 1, []byte{1, 200, 3}, func(x, y int) byte { return []byte{1, 200, 3}[x] }},
		{image.YCbCrSubsampleRatio411, 8, 1, []byte{1, 200}, func(x, y int) byte { return []byte{1, 200}[x/4] }},
		{image.YCbCrSubsampleRatio410, 4, 4, []byte{1, 200}, func(x, y int) byte { return []byte{1, 200}[y/2] }},
	} {
		p := image.NewYCbCr(image.Rect(0, 0, k.w, k.h), k.ratio)
		if len(p.Cb) != len(k.cb) {
			t.Fatalf("%v: %d samples of chroma, not %d", k.ratio, len(p.Cb), len(k.cb))
		}
		for i := range p.Y {
			p.Y[i] = 120
		}
		copy(p.Cb, k.cb)
		for i := range p.Cr {
			p.Cr[i] = 128
		}
		m, err := inFloats(planar(p, header{w: k.w, h: k.h, c: 3, depth: 8}, Alpha{Drop: true}))
		if err != nil {
			t.Fatal(err)
		}
		for y := range k.h {
			for x := range k.w {
				r, g, b := color.YCbCrToRGB(120, k.want(x, y), 128)
				for c, want := range []byte{r, g, b} {
					if got := m.At(c, y, x); math.Abs(float64(got*255)-float64(want)) > 2 {
						t.Errorf("%v, row %d, column %d, channel %d: %v, want %v", k.ratio, y, x, c, got*255, want)
					}
				}
			}
		}
	}
}

// Chroma is interpolated because a smooth picture is then closer to the picture from which the JPEG
// was made.
func TestInterpolationIsCloserToTheOriginal(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 96, 64))
	for y := range 64 {
		for x := range 96 {
			img.SetRGBA(x, y, color.RGBA{byte(128 + 100*math.Sin(float64(x)/5)), byte(128 + 100*math.Cos(float64(y)/6)), byte(128 - 100*math.Sin(float64(x+y)/7)), 255})
		}
	}
	original, err := inFloats(planar(img, header{w: 96, h: 64, c: 3, depth: 8}, Alpha{Drop: true}))
	if err != nil {
		t.Fatal(err)
	}
	file := jpegBytes(t, img, 98)
	m, err := decodeBytes(file)
	if err != nil {
		t.Fatal(err)
	}
	repeated := decodeRepeating(t, file)
	if ours, theirs := rmsDifference(m, original), rmsDifference(repeated, original); ours > 0.8*theirs {
		t.Errorf("interpolated chroma is off by %.4f, repeated by %.4f", ours, theirs)
	}
}

// decodeRepeating is image/jpeg with each chroma sample repeated, as Go draws it.
func decodeRepeating(t *testing.T, file []byte) *Image {
	img, err := jpeg.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	m := New(img.Bounds().Dx(), img.Bounds().Dy(), 3)
	for y := range m.H {
		for x := range m.W {
			r, g, b, _ := img.At(x, y).RGBA()
			for c, v := range []uint32{r, g, b} {
				m.Plane(c)[y*m.W+x] = float32(v) / 65535
			}
		}
	}
	return m
}

// Rows of chroma have the samples of the formula: 9/16, 3/16, 3/16 and 1/16 of the four nearest.
func TestChromaOfRows(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	ratios := []image.YCbCrSubsampleRatio{image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420, image.YCbCrSubsampleRatio440}
	for _, ratio := range ratios {
		for _, size := range [][2]int{{1, 1}, {2, 3}, {7, 5}, {16, 4}} {
			p := newYCbCr(image.NewYCbCr(image.Rect(0, 0, size[0], size[1]), ratio), header{})
			for i := range p.Cb {
				p.Cb[i] = byte(rng.IntN(256))
			}
			out := make([]byte, p.w)
			for y := range size[1] {
				p.chroma(p.Cb, y, make([]int32, p.cw), out)
				y0, y1 := neighbours(y, p.ch, p.halfY)
				for x, got := range out {
					x0, x1 := neighbours(x, p.cw, p.halfX)
					near, far := p.Cb[y0*p.CStride:], p.Cb[y1*p.CStride:]
					sum := 9*int(near[x0]) + 3*int(near[x1]) + 3*int(far[x0]) + int(far[x1])
					want := byte((sum + 8 - x&1) >> 4)
					if ratio == image.YCbCrSubsampleRatio444 {
						want = near[x]
					}
					if got != want {
						t.Fatalf("%v, %v px, row %d, column %d: %d, want %d", ratio, size, y, x, got, want)
					}
				}
			}
		}
	}
}

// The conversion of usual JPEGs is that of image/color.
func TestFullToRGB(t *testing.T) {
	for y := range 256 {
		for cb := range 256 {
			for _, cr := range []int{0, 1, 77, 127, 128, 129, 200, 254, 255, y, cb} {
				r, g, b := fullToRGB(byte(y), byte(cb), byte(cr))
				if wr, wg, wb := color.YCbCrToRGB(byte(y), byte(cb), byte(cr)); r != wr || g != wg || b != wb {
					t.Fatalf("%d, %d, %d: %d, %d, %d, want %d, %d, %d", y, cb, cr, r, g, b, wr, wg, wb)
				}
			}
		}
	}
}
