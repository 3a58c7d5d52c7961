package selfcheck

import (
	"testing"

	"igs/memory"
	"igs/optim/engine"
	"igs/splat/reference"
	"igs/vk"
)

// If there are more splats than fit the maximum number of workgroups along one axis, the kernels use several rows of
// workgroups.
func manySplatsAgree(t *testing.T, dev *vk.Device) {
	p, target := reference.RandomScene(6, 40, 33, 64*(4*dev.Info().MaxGroups[0]+1)+1, 3) // the last row has one splat
	for _, frame := range []bool{false, true} {
		set, request := engine.SetupFor(dev.Info(), 10), engine.RequestFor(target, p)
		set.Tuning.Texel = false // as in deepTargetAgrees, so that both have the same kernels
		request.Shape.Frame = frame
		plan, err := memory.Choose(request, set.Limits)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := pose(p, target, reference.LossWeights{L1: 1, SSIM: 0.1}).compare(dev, plan, set)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			if !row.OK {
				t.Errorf("frame %v: %s is %.3g off, limit %.3g", frame, row.What, row.Error, row.Limit)
			}
		}
	}
}
