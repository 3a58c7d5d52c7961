package selfcheck

import (
	"math"
	"testing"

	"igs/memory"
	"igs/optim/engine"
	"igs/splat/reference"
	"igs/vk/vktest"
)

// Lists of more than 2000 splats: lavapipe ends the loops of an invocation after 65 535 iterations, which a kernel that looks at a pixel,
// or at each other entry of the list, at a time passes.
func TestLongListsAgreeWithReference(t *testing.T) {
	dev := vktest.Open(t)
	p, target := reference.RandomScene(12, 48, 32, 3000, 3)
	for i := range p.Scale {
		p.Scale[i] = 0.05 + p.Scale[i]/8 // sigma of 5 to 15 px
	}
	for i := range 2400 { // centres in one tile: pixels look at all of them
		p.XY[2*i], p.XY[2*i+1] = (1+p.XY[2*i]-float32(math.Floor(float64(p.XY[2*i]))))/3, (p.XY[2*i+1]-float32(math.Floor(float64(p.XY[2*i+1]))))/2
	}
	set, request := engine.SetupFor(dev.Info(), 10), engine.RequestFor(target, p)
	plan, err := memory.Choose(request, set.Limits)
	if err != nil {
		t.Fatal(err)
	}
	if most := 2000 * plan.Shape.TilesX() * plan.Shape.TilesY(); request.Pairs < most {
		t.Fatalf("about %d pairs, the case is meant for more than %d", request.Pairs, most)
	}
	rows, err := Compare(dev, p, target, reference.LossWeights{L1: 1, SSIM: 0.1}, plan, set)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		t.Logf("%-18s %.2g", row.What, row.Error)
		if !row.OK {
			t.Errorf("%s is %.3g off, limit %.3g", row.What, row.Error, row.Limit)
		}
	}
}
