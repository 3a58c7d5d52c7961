package selfcheck

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"igs/imageio"
	"igs/memory"
	"igs/optim/engine"
	"igs/splat"
	"igs/splat/reference"
	"igs/vk"
	"igs/vk/vktest"
)

// deepScene is a scene whose target needs all bits of the given depth.
func deepScene(seed uint64, w, h, n, c, depth int) (*splat.Splats, *imageio.Image) {
	p, target := reference.RandomScene(seed, w, h, n, c)
	if target.Depth = depth; depth == 16 {
		for i := range target.Pix {
			target.Pix[i] = float32(int(target.Pix[i]*60000)+i%250) / 65535
		}
	}
	return p, target
}

// pointwise is a loss without SSIM.
var pointwise = reference.LossWeights{L1: 1, L2: 0.5}

// comparePointwise compares a step whose loss has no SSIM. It returns the plan of the step.
func comparePointwise(t *testing.T, dev *vk.Device, step *problem, set engine.Setup, request memory.Request) memory.Plan {
	t.Helper()
	request.Shape.Pointwise = true
	plan, err := memory.Choose(request, set.Limits)
	if err != nil {
		t.Fatal(err)
	}
	comparePlan(t, dev, step, set, plan)
	return plan
}

func comparePlan(t *testing.T, dev *vk.Device, step *problem, set engine.Setup, plan memory.Plan) {
	t.Helper()
	rows, err := step.compare(dev, plan, set)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 9 {
		t.Errorf("%d rows, want 9: all but SSIM", len(rows))
	}
	for _, row := range rows {
		if !row.OK {
			t.Errorf("%s is %.3g off, limit %.3g", row.What, row.Error, row.Limit)
		}
	}
}

// A step with a pointwise loss agrees with the reference, for every number of channels that changes a layout, both
// depths, both precisions, and sizes that are not multiples of a tile. No other test compares rasterize_loss in float16
// or with 16 bits for most of these numbers: a loss with SSIM runs other kernels.
func TestPointwiseStepAgreesWithReference(t *testing.T) {
	vktest.Long(t)
	dev := vktest.Open(t)
	for i, channels := range []int{1, 2, 3, 4, 5, 7, 12} {
		for _, depth := range []int{8, 16} {
			for _, half := range []bool{false, true} {
				// Each number of channels has both depths and both precisions, and each depth both precisions. All three
				// together are twice as many kernels to compile.
				if (depth == 16) == half != (i%2 == 0) && channels != 3 && os.Getenv("IGS_STRESS") == "" {
					continue
				}
				t.Run(fmt.Sprintf("%d channels of %d bits, half %v", channels, depth, half), func(t *testing.T) {
					p, target := deepScene(25, 45, 37, 60, channels, depth)
					request := engine.RequestFor(target, p)
					request.Shape.Half = half
					comparePointwise(t, dev, pose(p, target, pointwise), engine.SetupFor(dev.Info(), 10), request)
				})
			}
		}
	}
	for _, size := range [][2]int{{1, 1}, {9, 100}, {200, 5}, {64, 48}, {33, 70}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			p, target := deepScene(22, size[0], size[1], 50, 3, 8)
			comparePointwise(t, dev, pose(p, target, pointwise), engine.SetupFor(dev.Info(), 10), engine.RequestFor(target, p))
		})
	}
}

// A step with a pointwise loss agrees with the reference for every division of the work, with a stored and a streamed
// target.
func TestEveryCutOfThePointwiseStepAgreesWithReference(t *testing.T) {
	vktest.Long(t)
	dev := vktest.Open(t)
	recompute := func(bandRows int) func(*engine.Setup, *memory.Request) {
		return func(s *engine.Setup, r *memory.Request) {
			r.Mode, s.Limits.BandTiles, s.Limits.BandRows = memory.Banded, 1, bandRows
		}
	}
	scenes := func(w, h, n int) (steps []*problem) {
		for _, channels := range []int{3, 7} {
			p, target := deepScene(23, w, h, n, channels, 8)
			steps = append(steps, pose(p, target, pointwise))
		}
		return steps
	}
	usual, tall := scenes(30, 150, 60), scenes(77, 290, 160) // windows of a buffer need a tall picture
	for _, test := range []struct {
		name  string
		set   func(*engine.Setup, *memory.Request)
		bands int
	}{
		{"windows of 18 tile rows", func(s *engine.Setup, r *memory.Request) { s.Limits.Binding = 18 * r.Shape.TileRowBytes() }, 2},
		{"as storage", func(s *engine.Setup, r *memory.Request) { s.Tuning.Texel = false }, 1},
		{"as on a GPU", func(s *engine.Setup, r *memory.Request) {
			s.Tuning = engine.GPU
			s.Limits = engine.GPU.LimitsOf(dev.Info())
		}, 1},
		{"lists too short at first", func(s *engine.Setup, r *memory.Request) { r.Capacity = 400 }, 1},
		{"recompute in bands of 4", recompute(4), 3},
		{"recompute in bands of 2", recompute(2), 5},
		{"recompute in bands of 1", recompute(1), 10},
		{"as storage, in bands of 2", func(s *engine.Setup, r *memory.Request) { recompute(2)(s, r); s.Tuning.Texel = false }, 5},
	} {
		steps := usual
		if strings.Contains(test.name, "windows of") {
			steps = tall
		}
		for _, step := range steps {
			if step.target.C > 3 && strings.Contains(test.name, "as storage") {
				continue // a GPU reads many channels as storage too
			}
			t.Run(fmt.Sprintf("%s, %d channels", test.name, step.target.C), func(t *testing.T) {
				set, request := engine.SetupFor(dev.Info(), 10), engine.RequestFor(step.target, step.splats)
				test.set(&set, &request)
				plan := comparePointwise(t, dev, step, set, request)
				if bands := len(plan.StepBands()); bands != test.bands {
					t.Errorf("%d bands, the case is meant for %d", bands, test.bands)
				}
			})
		}
	}
	for _, depth := range []int{8, 16} {
		p, target := deepScene(24, 29, 130, 60, 3, depth)
		step := pose(p, target, pointwise)
		set, request := engine.SetupFor(dev.Info(), 10), engine.RequestFor(target, p)
		request.Shape.Pointwise, set.Limits.BandTiles, set.Limits.BandRows = true, 1, 4
		streamed := 0
		for _, plan := range memory.Ladder(request, set.Limits) {
			if plan.Streamed {
				streamed++
				t.Run(fmt.Sprintf("%s, %d bits", plan, depth), func(t *testing.T) { comparePlan(t, dev, step, set, plan) })
			}
		}
		if streamed < 3 {
			t.Errorf("%d streamed rungs", streamed)
		}
	}
}
