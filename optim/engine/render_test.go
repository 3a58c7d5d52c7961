package engine

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"igs/imageio"
	"igs/internal/fault"
	"igs/internal/golden"
	"igs/memory"
	"igs/splat"
	"igs/splat/reference"
	"igs/vk"
	"igs/vk/vktest"
)

func smoothSplats(w, h, channels int) *splat.Model {
	p, _ := reference.RandomScene(2, w, h, 40, channels)
	for i := range p.Scale {
		p.Scale[i] = min(p.Scale[i], 0.25)
	}
	return &splat.Model{Splats: p, W: w, H: h, Layers: splat.Plain(channels, 8), Gamma: 1, TopK: 40}
}

// Render renders a model at w × h pixels for display.
func Render(dev *vk.Device, m *splat.Model, w, h int) (*imageio.Image, error) {
	picture := imageio.New(w, h, m.Splats.C)
	err := RenderRows(dev, m, RenderOptions{W: w, H: h}, func(y int, row [][]float32) error {
		for c, line := range row {
			copy(picture.Plane(c)[y*w:], line)
		}
		return nil
	})
	return picture, err
}

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
		if psnr := golden.PSNR(halved(large, 0), small); psnr < 40 {
			t.Errorf("%d px: twice the size, averaged, is %.1f dB apart", k.w, psnr)
		}
		if psnr := golden.PSNR(halved(large, 1), small); psnr > 40 {
			t.Errorf("%d px: shifted it is %.1f dB apart: no shift would be seen", k.w, psnr)
		}
	}
}

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

func TestRenderRowsOfAPart(t *testing.T) {
	vktest.Long(t)
	plain := vktest.OpenPlain(t)
	for channels, dev := range map[int]*vk.Device{1: plain, 3: vktest.Open(t), 5: plain} {
		model := smoothSplats(90, 70, channels)
		model.TopK = 10
		const w, h = 360, 280
		whole, err := Render(dev, model, w, h)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range []RenderOptions{{W: w, H: h}, {W: w, H: h, Top: 100, Bottom: 101}, {W: w, H: h, Top: 17, Bottom: 96}, {W: w, H: h, Top: 271, Bottom: h},
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

func least(t *testing.T, dev *vk.Device, m *splat.Model, w, h int) int64 {
	err := RenderRows(dev, m, RenderOptions{W: w, H: h, Budget: 1}, func(int, [][]float32) error { return nil })
	var mib int64
	if _, scanned := fmt.Sscanf(fault.Hint(err), "set a budget of at least %d MiB", &mib); fault.Code(err) != fault.OutOfMemory || scanned != nil {
		t.Fatalf("%v (%s)", err, fault.Hint(err))
	}
	return mib << 20
}

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

// Rows that are rounded to bytes on the device have the bytes of the exact rows, also where samples are beyond 0 and 1.
func TestRowsOfBytes(t *testing.T) {
	dev := vktest.OpenPlain(t)
	if _, err := Render(dev, smoothSplats(16, 16, 3), 16, 16); err != nil { // makes the staging buffer, which stays
		t.Fatal(err)
	}
	for _, channels := range []int{1, 3, 4} {
		m := smoothSplats(53, 37, channels)
		for i := range m.Splats.Feat {
			m.Splats.Feat[i] = 1.6*m.Splats.Feat[i] - 0.3
		}
		var exact, rounded []float32
		for _, bytes := range []bool{false, true} {
			to := &exact
			if bytes {
				to = &rounded
			}
			dev.ResetPeak()
			before := dev.Usage().Now
			err := RenderRows(dev, m, RenderOptions{W: 53, H: 37, Top: 3, Bottom: 30, Bytes: bytes}, func(y int, row [][]float32) error {
				for _, line := range row {
					*to = append(*to, line...)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			shape := memory.Shape{W: 53, H: 37, C: channels, Depth: 8, Splats: m.Splats.N, RenderOnly: true, Bottom: 2, Bytes: bytes}
			plan, err := memory.Choose(memory.Request{Shape: shape, Pairs: PairsOf(shape, m.Splats, 37/float64(m.H))}, SetupFor(dev.Info(), m.TopK).Limits)
			planned, taken := plan.Bytes()-vk.StagingBytes, dev.Usage().Peak-before
			if err != nil || taken > planned || taken < planned/2 {
				t.Errorf("%d channels, 8 bits %v: %d bytes were planned and %d taken, %v", channels, bytes, planned, taken, err)
			}
		}
		found := map[float32]bool{}
		for i, v := range exact {
			found[v] = true
			if want := float32(math.Floor(255*float64(v)+0.5)) / 255; rounded[i] != want {
				t.Fatalf("%d channels: sample %d is %v, and %v is %v", channels, i, rounded[i], v, want)
			}
		}
		if len(exact) != len(rounded) || len(exact) != 27*53*channels || !found[0] || !found[1] || len(found) < 500 {
			t.Errorf("%d and %d samples, %d values", len(exact), len(rounded), len(found))
		}
	}
}
