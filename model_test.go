package igs

import (
	"bytes"
	"context"
	"errors"
	"image"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"igs/vk"
)

func TestModelIsItsFile(t *testing.T) {
	dev := testDevice(t)
	for _, bits := range []Bits{{}, {Position: 12, Color: 6}} {
		o := small(dev)
		o.Bits = bits
		m, err := Train(context.Background(), disc(64, 48), o)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "m.igsm")
		if err := m.Save(path); err != nil {
			t.Fatal(err)
		}
		saved, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(saved, file(t, m)) {
			t.Errorf("Save and Encode differ, %v", err)
		}
		loaded, err := Load(path)
		if err != nil || !bytes.Equal(file(t, loaded), saved) || !reflect.DeepEqual(loaded.Parameters(), m.Parameters()) {
			t.Errorf("the model that was loaded is another, %v", err)
		}
		a, err := m.RenderImage(context.Background(), RenderOptions{Device: dev})
		if err != nil {
			t.Fatal(err)
		}
		if b, err := loaded.RenderImage(context.Background(), RenderOptions{Device: dev}); err != nil || !reflect.DeepEqual(a, b) {
			t.Errorf("the model that was loaded shows something else, %v", err)
		}
		if m.Splats() != 60 || m.Size() != (Size{64, 48, 3, 8}) || m.String() != "60 splats of a picture of 64 × 48 px, 3 channels of 8 bits" {
			t.Error(m)
		}
	}
}

func TestParametersAreACopy(t *testing.T) {
	m, err := Train(context.Background(), disc(64, 48), small(testDevice(t)))
	if err != nil {
		t.Fatal(err)
	}
	before := file(t, m)
	p := m.Parameters()
	if p.Splats != 60 || p.Channels != 3 || len(p.Position) != 120 || len(p.InverseSigma) != 120 || len(p.Rotation) != 60 || len(p.Color) != 180 {
		t.Errorf("%d splats of %d channels: %d %d %d %d", p.Splats, p.Channels, len(p.Position), len(p.InverseSigma), len(p.Rotation), len(p.Color))
	}
	clear(p.Position)
	clear(p.Color)
	if !bytes.Equal(file(t, m), before) {
		t.Error("a model can be changed")
	}
}

func TestRender(t *testing.T) {
	dev := testDevice(t)
	m, err := Train(context.Background(), disc(64, 48), Options{Device: dev, Splats: 200, Steps: 60})
	if err != nil {
		t.Fatal(err)
	}
	draw := func(d RenderOptions) *image.RGBA {
		t.Helper()
		d.Device = dev
		drawn, err := m.RenderImage(context.Background(), d)
		if err != nil {
			t.Fatal(err)
		}
		return drawn.(*image.RGBA)
	}
	whole := draw(RenderOptions{})
	if p := psnr(whole, disc(64, 48)); p < 25 {
		t.Errorf("%.2f dB", p)
	}
	for _, k := range []struct{ w, h, wantW, wantH int }{{0, 96, 128, 96}, {32, 0, 32, 24}, {33, 91, 33, 91}, {1, 1, 1, 1}, {1, 0, 1, 1}} {
		if b := draw(RenderOptions{W: k.w, H: k.h}).Bounds(); b != image.Rect(0, 0, k.wantW, k.wantH) {
			t.Errorf("%d × %d: %v", k.w, k.h, b)
		}
	}
	part := draw(RenderOptions{Top: 17, Bottom: 30})
	if !bytes.Equal(part.Pix, whole.Pix[17*whole.Stride:30*whole.Stride]) {
		t.Error("rows of a part are others than those of the whole")
	}
	next := 17
	err = m.RenderRows(context.Background(), RenderOptions{Top: 17, Bottom: 30, Device: dev, MemoryBudget: 4 << 20}, func(y int, row [][]float32) error {
		if y != next || len(row) != 3 || len(row[0]) != 64 {
			t.Errorf("row %d of %d channels, not row %d", y, len(row), next)
		}
		for x, v := range row[1] {
			if got := int(v*255 + 0.5); got != int(whole.Pix[y*whole.Stride+4*x+1]) {
				t.Fatalf("%v at %d, %d", v, x, y)
			}
		}
		next++
		return nil
	})
	if err != nil || next != 30 {
		t.Errorf("ended at row %d, %v", next, err)
	}
	for _, d := range []RenderOptions{{W: -1}, {W: 70000}, {H: -5, W: 5}, {Top: 5, Bottom: 5}, {Top: -1, Bottom: 5}, {Bottom: 49}, {Top: 48}, {MemoryBudget: -1}} {
		d.Device = dev
		if _, err := m.RenderImage(context.Background(), d); !errors.Is(err, ErrBadInput) {
			t.Errorf("%+v: %v", d, err)
		}
	}
}

// A nil device means the default device.
func TestDefaultDevice(t *testing.T) {
	m, err := Train(context.Background(), disc(64, 48), small(testDevice(t)))
	if err != nil {
		t.Fatal(err)
	}
	shared.dev = nil
	t.Cleanup(func() { shared.dev = tested })
	one, err := DefaultDevice()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shared.dev.Close() }) // before the other is shared again
	if _, err := m.Render(20, 0); err != nil {
		t.Error(err)
	}
	if two, err := DefaultDevice(); err != nil || two != one {
		t.Error("not shared")
	}
	one.Close()
	if _, err := m.Render(0, 20); err != nil {
		t.Errorf("when it was closed: %v", err)
	}
	list, err := Devices()
	if err != nil || len(list) == 0 || one.Info().Name == "" || list[one.Info().Index].Name != one.Info().Name {
		t.Errorf("%+v, %+v, %v", list, one.Info(), err)
	}
	by, err := Open(DeviceOptions{Select: one.Info().Name, NoCache: true})
	if err != nil || by.Info().Kind != one.Info().Kind || by.Info().Kind.String() == "" {
		t.Fatal(err)
	}
	by.Close()
}

func TestNamesOfValues(t *testing.T) {
	for got, want := range map[string]string{
		RecipeIGS.String(): "igs", RecipePaper.String(): "paper", Recipe(-1).String(): "Recipe(-1)", Recipe(3).String(): "Recipe(3)",
		PrecisionMixed.String(): "mixed", PrecisionFloat32.String(): "float32", Precision(5).String(): "Precision(5)",
		DiscreteDevice.String(): "discrete", DeviceKind(9).String(): "DeviceKind(9)", DeviceKind(-1).String(): "DeviceKind(-1)",
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	for k := vk.Other; k <= vk.Discrete; k++ {
		if DeviceKind(k).String() != k.String() {
			t.Errorf("%s is called %s below", DeviceKind(k), k)
		}
	}
}
