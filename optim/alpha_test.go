package optim

import (
	"context"
	"image"
	"image/color"
	"math"
	"reflect"
	"testing"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/memory"
	"igs/splat"
	"igs/splat/reference"
	"igs/vk/vktest"
)

// clear is a picture with a soft edge, and noise where nothing is visible.
func clear(t *testing.T, w, h int) *imageio.Samples {
	t.Helper()
	_, scene := reference.RandomScene(11, w, h, 1, 3)
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := func(c int) uint8 { return uint8(255 * min(max(scene.At(c, y, x), 0), 1)) }
			alpha := 255 * (0.9 - 1.3*math.Hypot(float64(x)/float64(w)-0.4, float64(y)/float64(h)-0.5)) / 0.4
			c := color.NRGBA{v(0), v(1), v(2), uint8(min(max(alpha, 0), 255))}
			if c.A == 0 {
				c.R, c.G = uint8(37*x*y), uint8(91*x+y)
			}
			m.SetNRGBA(x, y, c)
		}
	}
	s, err := imageio.FromImage(m)
	if err != nil || !s.Layers[0].Alpha {
		t.Fatal(err)
	}
	return s
}

// composed is the PSNR of a trainer's picture over black and over white together.
func composed(t *testing.T, tr *Trainer, target *imageio.Samples, gamma float64) float64 {
	t.Helper()
	want, got := imageio.NewComposites(target.Layers, target.W), imageio.NewComposites(target.Layers, target.W)
	row, sum := imageio.NewRow(target.C, target.W), 0.0
	err := tr.Rows().Shown().Each(func(y int, shown [][]float32) error {
		for c := range row {
			target.Row(c, y, row[c])
			imageio.Show(row[c], gamma)
		}
		a, b := want.Row(row), got.Row(shown)
		for c := range a {
			for x := range a[c] {
				sum += math.Pow(float64(a[c][x]-b[c][x]), 2)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return -10 * math.Log10(sum/float64(2*target.Colours()*target.Pixels()))
}

// A picture with alpha trains by every recipe and in every way. The PSNR of an evaluation is that over black and white.
func TestAlphaTrains(t *testing.T) {
	dev := vktest.OpenPlain(t) // TestStacksTrain trains four channels with the layer
	plain := clear(t, 32, 30)
	for name, change := range map[string]func(*configs.Run){
		"float16": func(*configs.Run) {},
		"float32": func(r *configs.Run) { r.Memory.UseAMP = false },
		"strided": func(r *configs.Run) { r.Train.Strides = "2:10,1" },
		"gamma":   func(r *configs.Run) { r.Target.Gamma = 0.4545 },
		"rounded": func(r *configs.Run) { r.Quantize.Loss = 0.1 },
		"paper": func(r *configs.Run) {
			*r = shortRun()
			r.Steps, r.Gaussians, r.Progressive.AddSteps, r.Progressive.AddTimes = 24, 100, 8, 1
		},
	} {
		run := igsRun(100, 25)
		change(&run)
		target := plain
		if gamma := run.Target.Gamma; gamma != 1 {
			m := plain.Image()
			for i, v := range m.Pix {
				m.Pix[i] = float32(math.Pow(float64(v), gamma))
			}
			target = m.Samples(16)
		}
		var last event.Evaluated
		tr, err := New(dev, target, run, func(e event.Event) {
			if e, ok := e.(event.Evaluated); ok {
				last = e
			}
		})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := tr.Run(context.Background()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		// The composites are limited to what a picture with alpha can be, which is a little nearer to the target.
		both := composed(t, tr, target, run.Target.Gamma)
		if d := both - last.PSNR; d < -0.02 || d > 0.3 || both < 20 {
			t.Errorf("%s: an evaluation has %.2f dB, the composites %.2f", name, last.PSNR, both)
		}
		m, err := tr.Model()
		if err != nil || !reflect.DeepEqual(m.Layers, target.Layers) || m.Splats.C != 4 {
			t.Errorf("%s: layers %+v, %v", name, m.Layers, err)
		}
		tr.Close()
	}
}

// Four channels train to the same bits on every rung and after an interruption.
func TestAlphaTrainsAlike(t *testing.T) {
	vktest.Long(t)
	dev := vktest.OpenPlain(t)
	target, run := clear(t, 13, 120), igsRun(60, 8)
	var want *splat.Splats
	ladder := memory.Ladder(request(target.W, target.H, target.C, target.Depth, run), setupOf(dev.Info(), run).Limits)
	for _, rung := range []memory.Plan{ladder[0], ladder[len(ladder)/2], ladder[len(ladder)-1]} {
		run.Memory.Budget = rung.Bytes()
		got, result, _, err := outcomeOf(dev, target, run, nil)
		if err != nil {
			t.Fatalf("%s: %v", rung, err)
		}
		if want == nil {
			want = got
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: other splats", result.Plan)
		}
	}
	run = igsRun(60, 16)
	picture := clear(t, 30, 23)
	whole := finish{picture: picture}
	whole.sitting(t, dev, run, nil, 0)
	whole.sameWhenInterrupted(t, dev, run, 7)
}
