package selfcheck

import (
	"testing"

	"igs/memory"
	"igs/optim/engine"
	"igs/splat/reference"
	"igs/vk"
	"igs/vk/vktest"
)

// If there are more splats than fit the maximum number of workgroups along one axis, the kernels use several rows of
// workgroups.
func TestManySplatsAgreeWithReference(t *testing.T) {
	const most = 5
	dev := vktest.OpenWith(t, vk.Options{Pretend: func(i *vk.Info) { i.MaxGroups[0] = most }})
	p, target := reference.RandomScene(6, 70, 40, 64*(4*most+1)+1, 3) // the last row has one splat
	for _, frame := range []bool{false, true} {
		set, request := engine.SetupFor(dev.Info(), 10), engine.RequestFor(target, p)
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
