package selfcheck

import (
	"fmt"
	"testing"

	"igs/memory"
	"igs/optim/engine"
	"igs/splat/reference"
	"igs/vk/vktest"
)

// A strided step has the pixels, the loss and the gradients of the reference at the pixels that it looks at: with both
// optimisers, with and without SSIM, in both precisions and depths, in one band and in bands of one tile row. The sizes
// of the pictures are no multiples of the spacing.
func TestStridedStepAgreesWithReference(t *testing.T) {
	dev := vktest.Open(t)
	for _, test := range []struct {
		spacing, channels, depth int
		half, frame, banded      bool
		loss                     reference.LossWeights
	}{
		{2, 3, 8, false, true, false, reference.LossWeights{L2: 1}},
		{2, 3, 8, true, true, true, reference.LossWeights{L2: 1}},
		{3, 3, 16, false, true, true, reference.LossWeights{L2: 1, SSIM: 0.1}},
		{4, 3, 8, true, false, false, reference.LossWeights{L1: 1}},
		{4, 3, 8, false, false, true, reference.LossWeights{L1: 1, SSIM: 0.1}},
	} {
		t.Run(fmt.Sprintf("%+v", test), func(t *testing.T) {
			p, target := deepScene(7, 101, 131, 90, test.channels, test.depth)
			set, request := engine.SetupFor(dev.Info(), 10), engine.RequestFor(target, p)
			request.Shape.Frame, request.Shape.Half, request.Shape.Pointwise = test.frame, test.half, test.loss.SSIM == 0
			request.Shape = request.Shape.Strided(test.spacing)
			if test.banded {
				request.Mode, set.Limits.BandTiles, set.Limits.BandRows = memory.Banded, 1, 1
			}
			plan, err := memory.Choose(request, set.Limits)
			if err != nil || len(plan.StepBands()) > 1 != test.banded {
				t.Fatalf("%s, %d bands: %v", plan, len(plan.StepBands()), err)
			}
			rows, err := pose(p, target, test.loss).compare(dev, plan, set)
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
