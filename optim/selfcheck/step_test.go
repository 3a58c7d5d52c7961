package selfcheck

import (
	"fmt"
	"testing"

	"igs/optim/engine"
	"igs/splat/reference"
	"igs/vk/vktest"
)

// Every kernel against the float64 reference: sizes that are no multiple of a tile, every number of channels that changes a
// layout, each loss term.
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
