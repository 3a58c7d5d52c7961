package selfcheck

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"igs/imageio"
	"igs/memory"
	"igs/optim/engine"
	"igs/splat"
	"igs/splat/reference"
	"igs/vk"
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

// A list as long as is let through: bin_sort merges its blocks in six passes, the last block is not full, and the walks of rasterize,
// rasterize_grad and removal_cost come near the 65 535 iterations of lavapipe. All centres lie in the tile, so that pixels look at all of the list.
func TestLongestListsAgreeWithReference(t *testing.T) {
	dev := vktest.Open(t)
	const w, h = 16, 16
	for _, n := range []int{129, 513, 1100, 28_000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			p, target := reference.RandomScene(14, w, h, n, 3)
			for i := range p.Scale {
				p.Scale[i] = 0.2 + p.Scale[i]/4
			}
			for i := range p.XY {
				p.XY[i] -= float32(math.Floor(float64(p.XY[i])))
			}
			comparePlain(t, dev, p, target, reference.LossWeights{L1: 1, SSIM: 0.1}, 0, engine.SetupFor(dev.Info(), 10))
		})
	}
}

// Splats of more tiles and records than an invocation takes alone, many of them in one workgroup, beside some that it does.
func TestWideSplatsAgreeWithReference(t *testing.T) {
	dev := vktest.Open(t)
	const w, h = 230, 181 // 180 tiles
	p, target := reference.RandomScene(15, w, h, 150, 3)
	for i := range 100 {
		if i%3 != 0 {
			p.Scale[2*i], p.Scale[2*i+1] = 0.03+0.03*float32(i)/100, 0.04 // 17 to 33 px: the ellipse reaches all tiles, or nearly
		}
	}
	set := engine.SetupFor(dev.Info(), 10)
	set.Tuning.Split, set.Tuning.Lanes = 4, 32 // workgroups share, as on a GPU
	for _, rows := range []int{0, 5, 10} {
		t.Run(fmt.Sprintf("bands of %d", rows), func(t *testing.T) {
			comparePlain(t, dev, p, target, reference.LossWeights{L1: 1, L2: 1}, rows, set) // SSIM of what is so smooth is rounding
		})
	}
}

// comparePlain, in bands of so many tile rows or with 0 of all, holds a step against the reference, and the removal costs, which a survey must give twice to the same bits.
func comparePlain(t *testing.T, dev *vk.Device, p *splat.Splats, target *imageio.Image, weights reference.LossWeights, rows int, set engine.Setup) {
	t.Helper()
	request := engine.RequestFor(target, p)
	request.Shape.Rounds = true
	if rows > 0 {
		request.Mode = memory.Banded
		set.Limits.BandTiles, set.Limits.BandRows = 1, rows
	}
	plan, err := memory.Choose(request, set.Limits)
	if err != nil {
		t.Fatal(err)
	}
	found, err := Compare(dev, p, target, reference.LossWeights{L1: 1, SSIM: 0.1}, plan, set)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range found {
		t.Logf("%-18s %.2g", row.What, row.Error)
		if !row.OK {
			t.Errorf("%s is %.3g off, limit %.3g", row.What, row.Error, row.Limit)
		}
	}
	scene := reference.Scene{W: target.W, H: target.H, K: 10, Cut: engine.Cut}
	want := reference.RemovalCost(scene, p, reference.Forward(scene, p), target)
	e, err := engine.New(dev, target.Samples(target.Depth), p, plan, set)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	var first []float32
	for range 2 {
		got, _, err := e.Survey(engine.Look{Costs: true, Errors: engine.Sharp})
		if err != nil {
			t.Fatal(err)
		}
		if d := distance(got, want); !(d <= 1e-3) {
			t.Errorf("removal costs are %.2g off", d)
		}
		if first != nil && !slices.Equal(got, first) {
			t.Error("removal costs differ from one survey to the next")
		}
		first = got
	}
}
