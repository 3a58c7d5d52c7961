package selfcheck

import (
	"fmt"
	"math"
	"testing"

	"igs/imageio"
	"igs/memory"
	"igs/optim/engine"
	"igs/splat"
	"igs/splat/reference"
	"igs/vk"
	"igs/vk/vktest"
)

// Every kernel agrees with the float64 reference, for sizes that are not multiples of a tile, every number of channels
// that changes a layout, and each loss term.
func TestStepAgreesWithReference(t *testing.T) {
	dev := vktest.Open(t)
	for _, test := range []struct {
		w, h, n, c int
		loss       reference.LossWeights
	}{
		{45, 37, 60, 3, reference.LossWeights{L1: 1, SSIM: 0.1}},
		{45, 37, 60, 3, reference.LossWeights{SSIM: 1}},
		{64, 48, 80, 3, reference.LossWeights{L2: 1}},
		{33, 70, 90, 1, reference.LossWeights{L1: 1, L2: 0.5, SSIM: 0.1}},
		{50, 41, 70, 2, reference.LossWeights{L1: 1, SSIM: 0.1}},
		{50, 41, 70, 4, reference.LossWeights{L1: 1, SSIM: 0.1}},
		{50, 41, 70, 5, reference.LossWeights{L2: 1, SSIM: 0.1}},
		{31, 29, 50, 7, reference.LossWeights{L1: 1, SSIM: 0.1}},
		{31, 29, 50, 12, reference.LossWeights{L1: 1, SSIM: 0.1}},
		{1, 1, 3, 3, reference.LossWeights{L1: 1, SSIM: 0.1}},
		{9, 100, 30, 3, reference.LossWeights{L1: 1, SSIM: 0.1}},
		{200, 5, 30, 3, reference.LossWeights{L1: 1, SSIM: 0.1}},
	} {
		t.Run(fmt.Sprintf("%dx%dx%d/%+v", test.w, test.h, test.c, test.loss), func(t *testing.T) {
			p, target := reference.RandomScene(7, test.w, test.h, test.n, test.c)
			rows, err := compare(dev, p, target, test.loss, engine.SetupFor(dev.Info(), 10))
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range rows {
				t.Logf("%-18s %.2g", row.What, row.Error)
				if !row.OK {
					t.Errorf("%s is %.3g off, limit %.3g", row.What, row.Error, row.Limit)
				}
			}
		})
	}
}

func TestThinSplatsAgreeWithReference(t *testing.T) {
	dev := vktest.Open(t)
	p, target := reference.RandomScene(4, 90, 70, 80, 3)
	for i := 0; i < p.N; i += 2 {
		p.Scale[2*i], p.Scale[2*i+1], p.Rot[i] = 10, 0.025, math.Pi/4+float32(i)*0.01
	}
	rows, err := compare(dev, p, target, reference.LossWeights{L2: 1}, engine.SetupFor(dev.Info(), 10))
	if err != nil {
		t.Fatal(err)
	}
	// The terms reach 1e5 and their sum is about 1, so float32 has errors of 2e-3. A missing splat would give errors of
	// some tenths.
	for _, row := range rows {
		if !(row.Error < 5e-3) {
			t.Errorf("%s is %.3g off", row.What, row.Error)
		}
	}
}

func TestDegenerateSplatsAgreeWithReference(t *testing.T) {
	dev := vktest.Open(t)
	p, target := reference.RandomScene(9, 48, 40, 40, 3)
	inf := float32(math.Inf(1))
	nan := inf - inf
	p.XY[0], p.XY[2], p.Scale[4], p.Rot[3] = nan, inf, nan, nan
	p.Scale[8], p.Scale[9] = 0, 0     // covers the whole picture
	p.Scale[10], p.Scale[11] = 0, 0.5 // a stripe
	p.XY[12], p.XY[13] = 40, -40
	p.Scale[14], p.Scale[15] = 1e-30, 1e30
	p.Scale[16], p.Scale[17] = -0.2, 0.3 // the sign has no meaning
	p.Rot[9] = 700
	rows, err := compare(dev, p, target, reference.LossWeights{L2: 1}, engine.SetupFor(dev.Info(), 10))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[:3] {
		if !row.OK {
			t.Errorf("%s is %.3g off, limit %.3g", row.What, row.Error, row.Limit)
		}
	}
}

// compare takes one step with learning rates of zero and compares each result with the reference.
func compare(dev *vk.Device, p *splat.Splats, target *imageio.Image, w reference.LossWeights, set engine.Setup) ([]CheckRow, error) {
	plan, err := memory.Choose(engine.RequestFor(target, p), set.Limits)
	if err != nil {
		return nil, err
	}
	return pose(p, target, w).compare(dev, plan, set)
}
