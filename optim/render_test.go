package optim

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"igs/imageio"
	"igs/internal/fault"
	"igs/metric"
	"igs/splat"
	"igs/splat/reference"
	"igs/vk"
	"igs/vk/vktest"
)

// smoothSplats is a model as training leaves one, with nothing finer than 4 px, which averaging would lose.
func smoothSplats(w, h, channels int) *splat.Model {
	p, _ := reference.RandomScene(2, w, h, 40, channels)
	for i := range p.Scale {
		p.Scale[i] = min(p.Scale[i], 0.25)
	}
	return &splat.Model{Splats: p, W: w, H: h, Layers: splat.Plain(channels, 8), Gamma: 1, TopK: 40}
}

// A render at another size is the same picture, only sharper: the larger one averaged two by two is the smaller one. Shifted by
// half a pixel of the larger one it is not.
func TestRenderAtAnotherSizeHasNoShift(t *testing.T) {
	dev := vktest.Open(t)
	model := smoothSplats(64, 48, 3)
	for _, k := range []struct{ w, h int }{{64, 48}, {32, 24}} {
		small, err := Render(dev, model, k.w, k.h)
		if err != nil {
			t.Fatal(err)
		}
		large, err := Render(dev, model, 2*k.w, 2*k.h)
		if err != nil {
			t.Fatal(err)
		}
		if psnr := metric.PSNR(halved(large, 0), small); psnr < 40 {
			t.Errorf("%d px: twice the size, averaged, is %.1f dB apart", k.w, psnr)
		}
		if psnr := metric.PSNR(halved(large, 1), small); psnr > 40 {
			t.Errorf("%d px: shifted it is %.1f dB apart: no shift would be seen", k.w, psnr)
		}
	}
}

// halved averages two by two, from so many pixels to the right on.
func halved(large *imageio.Image, shift int) *imageio.Image {
	half := imageio.New(large.W/2, large.H/2, large.C)
	for c := range half.C {
		for y := range half.H {
			for x := range half.W {
				sum := float32(0)
				for i := range 4 {
					sum += large.At(c, 2*y+i/2, min(2*x+i%2+shift, large.W-1))
				}
				half.Plane(c)[y*half.W+x] = sum / 4
			}
		}
	}
	return half
}

// A part is that part of the whole, to the last bit, and so is what a small budget draws in many bands; only tile rows that are
// needed are drawn.
func TestRenderRowsOfAPart(t *testing.T) {
	dev := vktest.Open(t)
	for _, channels := range []int{1, 3, 5} {
		model := smoothSplats(90, 70, channels)
		const w, h = 360, 280
		whole, err := Render(dev, model, w, h)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range []Drawing{{W: w, H: h}, {W: w, H: h, Top: 100, Bottom: 101}, {W: w, H: h, Top: 17, Bottom: 96}, {W: w, H: h, Top: 271, Bottom: h},
			{W: w, H: h, Budget: least(t, dev, model, w, h)}, {W: w, H: h, Top: 40, Bottom: 250, Budget: least(t, dev, model, w, h)}} {
			dev.ResetPeak()
			before := dev.Usage().Now
			next := d.Top
			err := RenderRows(dev, model, d, func(y int, row [][]float32) error {
				if y != next {
					t.Fatalf("row %d, want %d", y, next)
				}
				next++
				for c, line := range row {
					if !slices.Equal(line, whole.Plane(c)[y*w:(y+1)*w]) {
						t.Fatalf("%+v: row %d of channel %d is not that of the whole", d, y, c)
					}
				}
				return nil
			})
			bottom := d.Bottom
			if bottom == 0 {
				bottom = h
			}
			if err != nil || next != bottom {
				t.Errorf("%+v: rows to %d, %v", d, next, err)
			}
			if taken := dev.Usage().Peak - before; d.Budget > 0 && taken > d.Budget {
				t.Errorf("%+v: %d bytes were taken", d, taken)
			}
		}
	}
}

// least is the smallest budget that can draw, as its error says.
func least(t *testing.T, dev *vk.Device, m *splat.Model, w, h int) int64 {
	err := RenderRows(dev, m, Drawing{W: w, H: h, Budget: 1}, func(int, [][]float32) error { return nil })
	var mib int64
	if _, scanned := fmt.Sscanf(fault.Hint(err), "give it at least %d MiB", &mib); fault.Code(err) != fault.OutOfMemory || scanned != nil {
		t.Fatalf("%v (%s)", err, fault.Hint(err))
	}
	return mib << 20
}

// What is shown is clamped, and then taken to 1/gamma.
func TestRenderUndoesGamma(t *testing.T) {
	dev := vktest.Open(t)
	model := smoothSplats(40, 30, 3)
	plain, err := Render(dev, model, 40, 30)
	if err != nil {
		t.Fatal(err)
	}
	model.Gamma = 2.2
	got, err := Render(dev, model, 40, 30)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range plain.Pix {
		if want := math.Pow(float64(v), 1/2.2); math.Abs(float64(got.Pix[i])-want) > 1e-6 {
			t.Fatalf("sample %d: %v became %v, want %v", i, v, got.Pix[i], want)
		}
	}
}

// Hairs of 0.1 x 40 px: where terms of the exponent cancel, no pass may stop before a splat that counts.
func TestThinSplatsAgreeWithReference(t *testing.T) {
	dev := vktest.Open(t)
	p, target := reference.RandomScene(4, 90, 70, 80, 3)
	for i := 0; i < p.N; i += 2 {
		p.Scale[2*i], p.Scale[2*i+1], p.Rot[i] = 10, 0.025, math.Pi/4+float32(i)*0.01
	}
	rows, err := compare(dev, p, target, reference.LossWeights{L2: 1}, setupFor(dev.Info(), 10))
	if err != nil {
		t.Fatal(err)
	}
	// The terms reach 1e5 and cancel to 1, so float32 leaves errors of 2e-3; a splat that is missed leaves tenths.
	for _, row := range rows {
		if !(row.Error < 5e-3) {
			t.Errorf("%s is %.3g off", row.What, row.Error)
		}
	}
}

// Splats that are no numbers, infinitely wide, or far outside are drawn as the reference draws them.
func TestDegenerateSplatsAgreeWithReference(t *testing.T) {
	dev := vktest.Open(t)
	p, target := reference.RandomScene(9, 48, 40, 40, 3)
	inf := float32(math.Inf(1))
	nan := inf - inf
	p.XY[0], p.XY[2], p.Scale[4], p.Rot[3] = nan, inf, nan, nan
	p.Scale[8], p.Scale[9] = 0, 0     // covers everything
	p.Scale[10], p.Scale[11] = 0, 0.5 // a stripe
	p.XY[12], p.XY[13] = 40, -40
	p.Scale[14], p.Scale[15] = 1e-30, 1e30
	p.Scale[16], p.Scale[17] = -0.2, 0.3 // the sign means nothing
	p.Rot[9] = 700
	rows, err := compare(dev, p, target, reference.LossWeights{L2: 1}, setupFor(dev.Info(), 10))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[:3] {
		if !row.OK {
			t.Errorf("%s is %.3g off, limit %.3g", row.What, row.Error, row.Limit)
		}
	}
}
