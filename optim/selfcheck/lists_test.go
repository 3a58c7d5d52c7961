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

// Lists of more than 2000 splats agree with the reference. lavapipe ends the loops of an invocation after 65 535
// iterations, and a kernel that compares all entries of a list with each other, or visits one pixel at a time, would
// need more.
func TestLongListsAgreeWithReference(t *testing.T) {
	dev := vktest.Open(t)
	p, target := reference.RandomScene(12, 48, 17, 3000, 3)
	for i := range p.Scale {
		p.Scale[i] = 0.05 + p.Scale[i]/8 // σ of 5 to 15 px
	}
	for i := range 2400 { // centres in one tile, so that every pixel visits the whole list
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
	rows, err := pose(p, target, reference.LossWeights{L1: 1, SSIM: 0.1}).compare(dev, plan, set)
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

// A list of the maximum length agrees with the reference. bin_sort merges its blocks in six passes, the last block is
// not full, and the loops of rasterize, rasterize_grad and removal_cost come near the 65 535 iterations of lavapipe.
// All centres lie in the tile, so that every pixel visits the whole list.
func TestLongestListsAgreeWithReference(t *testing.T) {
	vktest.Long(t)
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
			comparePlain(t, dev, survey(p, target, reference.LossWeights{L1: 1, SSIM: 0.1}), 0, engine.SetupFor(dev.Info(), 10))
		})
	}
}

// Wide splats, whose tiles and records are shared by the invocations of a workgroup, agree with the reference. Some
// workgroups have many of them, and some have narrow splats too.
func TestWideSplatsAgreeWithReference(t *testing.T) {
	vktest.Long(t)
	dev := vktest.Open(t)
	const w, h = 160, 121 // 80 tiles
	p, target := reference.RandomScene(15, w, h, 150, 3)
	for i := range 100 {
		if i%3 != 0 {
			// With a σ of 17 to 33 px the ellipse reaches nearly all tiles.
			p.Scale[2*i], p.Scale[2*i+1] = 0.03+0.03*float32(i)/100, 0.04
		}
	}
	// There is no SSIM in the loss, because the SSIM of such a smooth picture is rounding noise.
	step := survey(p, target, reference.LossWeights{L1: 1, L2: 1})
	set := engine.SetupFor(dev.Info(), 10)
	set.Tuning.Split, set.Tuning.Lanes = 4, 32 // workgroups share wide splats, as on a GPU
	for _, rows := range []int{0, 3, 5} {
		t.Run(fmt.Sprintf("bands of %d", rows), func(t *testing.T) {
			comparePlain(t, dev, step, rows, set)
		})
	}
}

// surveyed is a problem with the removal costs of its splats.
type surveyed struct {
	*problem
	costs []float64
}

func survey(p *splat.Splats, target *imageio.Image, w reference.LossWeights) surveyed {
	scene := reference.Scene{W: target.W, H: target.H, K: 10, Cut: engine.Cut}
	return surveyed{pose(p, target, w), reference.RemovalCost(scene, p, reference.Forward(scene, p), target)}
}

// comparePlain compares a step and the removal costs with the reference. rows is the number of tile rows of a band; 0
// means one band. Two surveys must give the same bits.
func comparePlain(t *testing.T, dev *vk.Device, step surveyed, rows int, set engine.Setup) {
	t.Helper()
	request := engine.RequestFor(step.target, step.splats)
	request.Shape.Rounds = true
	if rows > 0 {
		request.Mode = memory.Banded
		set.Limits.BandTiles, set.Limits.BandRows = 1, rows
	}
	plan, err := memory.Choose(request, set.Limits)
	if err != nil {
		t.Fatal(err)
	}
	found, err := step.compare(dev, plan, set)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range found {
		t.Logf("%-18s %.2g", row.What, row.Error)
		if !row.OK {
			t.Errorf("%s is %.3g off, limit %.3g", row.What, row.Error, row.Limit)
		}
	}
	e, err := engine.New(dev, step.target.Samples(step.target.Depth), step.splats, plan, set)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	var first []float32
	for range 2 {
		got, _, err := e.Survey(engine.SurveyOptions{Costs: true, Errors: engine.Sharp})
		if err != nil {
			t.Fatal(err)
		}
		if d := distance(got, step.costs); !(d <= 1e-3) {
			t.Errorf("removal costs are %.2g off", d)
		}
		if first != nil && !slices.Equal(got, first) {
			t.Error("removal costs differ from one survey to the next")
		}
		first = got
	}
}
