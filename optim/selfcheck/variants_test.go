package selfcheck

import (
	"os"
	"strings"
	"testing"

	"igs/memory"
	"igs/optim/engine"
	"igs/splat/reference"
	"igs/vk"
	"igs/vk/vktest"
)

// A step agrees with the reference for every division of the work (bands and rings, chunks and blocks of the loss,
// strips, segments, pixels per invocation), with both kinds of buffer reads, with lists that overflow, and with stored
// and streamed targets.
func TestEveryCutOfTheWorkAgreesWithReference(t *testing.T) {
	vktest.Long(t)
	dev := vktest.Open(t)
	scene := func(w, h int) *problem {
		p, target := reference.RandomScene(1, w, h, 60, 3)
		return pose(p, target, reference.LossWeights{L1: 1, SSIM: 0.1})
	}
	usual, tall := scene(30, 140), scene(45, 250) // windows of a buffer need a tall picture
	for _, test := range []struct {
		name  string
		set   func(*engine.Setup, *memory.Request)
		bands int
	}{
		{"as it comes", func(s *engine.Setup, r *memory.Request) {}, 1},
		{"windows of 12 tile rows", func(s *engine.Setup, r *memory.Request) { s.Limits.Binding = 12 * r.Shape.TileRowBytes() }, 2},
		{"windows of 14 tile rows", func(s *engine.Setup, r *memory.Request) { s.Limits.Binding = 14 * r.Shape.TileRowBytes() }, 2},
		{"loss in the smallest chunks and blocks", func(s *engine.Setup, r *memory.Request) { s.Limits.LossBytes = 1 }, 1},
		{"windows of 12 tile rows, and loss in the smallest chunks", func(s *engine.Setup, r *memory.Request) {
			s.Limits.Binding, s.Limits.LossBytes = 12*r.Shape.TileRowBytes(), 1
		}, 2},
		{"strips of 7 rows, segments of 11 columns", func(s *engine.Setup, r *memory.Request) { s.Limits.Strip, s.Limits.Segment = 7, 11 }, 1},
		{"as storage", func(s *engine.Setup, r *memory.Request) { s.Tuning.Texel = false }, 1},
		{"1 pixel an invocation", func(s *engine.Setup, r *memory.Request) { s.Tuning.Pixels = 1 }, 1},
		{"16 pixels an invocation", func(s *engine.Setup, r *memory.Request) { s.Tuning.Pixels = 16 }, 1},
		{"tiles shared by four", func(s *engine.Setup, r *memory.Request) { s.Tuning.Split, s.Tuning.Lanes = 4, 32 }, 1},
		{"insertions skipped", func(s *engine.Setup, r *memory.Request) { s.Tuning.Skip = true }, 1},
		{"tiles staged, shared by four", func(s *engine.Setup, r *memory.Request) {
			s.Tuning.Split, s.Tuning.Lanes, s.Tuning.Staged = 4, 32, true
		}, 1},
		{"tiles staged, 8 lanes", func(s *engine.Setup, r *memory.Request) {
			s.Tuning.Split, s.Tuning.Lanes, s.Tuning.Staged, s.Tuning.Texel = 4, 8, true, false
		}, 1},
		{"tiles staged, 64 lanes", func(s *engine.Setup, r *memory.Request) {
			s.Tuning.Split, s.Tuning.Lanes, s.Tuning.Staged, s.Tuning.Texel = 4, 64, true, false
		}, 1},
		{"tiles staged, recompute in bands of 2", func(s *engine.Setup, r *memory.Request) {
			s.Tuning.Split, s.Tuning.Lanes, s.Tuning.Staged = 4, 32, true
			r.Mode, s.Limits.BandTiles, s.Limits.BandRows = memory.Banded, 1, 2
		}, 5},
		{"as on a GPU", func(s *engine.Setup, r *memory.Request) {
			s.Tuning = engine.GPU
			s.Limits = engine.GPU.LimitsOf(dev.Info())
		}, 1},
		{"the loss in one kernel", func(s *engine.Setup, r *memory.Request) { s.Limits.Fused = 64 }, 1},
		{"the loss in one kernel of 32 columns", func(s *engine.Setup, r *memory.Request) { s.Limits.Fused = 32 }, 1},
		{"the loss in one kernel, as storage", func(s *engine.Setup, r *memory.Request) { s.Limits.Fused, s.Tuning.Texel = 64, false }, 1},
		{"the loss in one kernel, windows of 13 tile rows", func(s *engine.Setup, r *memory.Request) {
			s.Limits.Fused, s.Limits.Binding = 64, 13*r.Shape.TileRowBytes()
		}, 2},
		{"the loss in one kernel, gradient of 4 tile rows", func(s *engine.Setup, r *memory.Request) {
			s.Limits.Fused, s.Limits.LossBytes = 64, 4*r.Shape.TileRowBytes()
		}, 3},
		{"the loss in one kernel, recompute in bands of 3", func(s *engine.Setup, r *memory.Request) {
			s.Limits.Fused = 64
			r.Mode, s.Limits.BandTiles, s.Limits.BandRows = memory.Banded, 1, 3
		}, 3},
		{"the loss in one kernel, recompute in bands of 1", func(s *engine.Setup, r *memory.Request) {
			s.Limits.Fused = 64
			r.Mode, s.Limits.BandTiles, s.Limits.BandRows = memory.Banded, 1, 1
		}, 9},
		{"the loss in one kernel, lists too short at first", func(s *engine.Setup, r *memory.Request) {
			s.Limits.Fused, r.Capacity = 64, 400
		}, 1},
		{"lists too short at first", func(s *engine.Setup, r *memory.Request) { r.Capacity = 400 }, 1},
		{"recompute in bands of 4", func(s *engine.Setup, r *memory.Request) {
			r.Mode, s.Limits.BandTiles, s.Limits.BandRows = memory.Banded, 1, 4
		}, 3},
		{"recompute in bands of 2", func(s *engine.Setup, r *memory.Request) {
			r.Mode, s.Limits.BandTiles, s.Limits.BandRows = memory.Banded, 1, 2
		}, 5},
		{"recompute in bands of 1", func(s *engine.Setup, r *memory.Request) {
			r.Mode, s.Limits.BandTiles, s.Limits.BandRows = memory.Banded, 1, 1
			s.Limits.LossBytes = 1
		}, 9},
		{"K = 1", func(s *engine.Setup, r *memory.Request) { s.TopK = 1 }, 1},
		{"K = 4", func(s *engine.Setup, r *memory.Request) { s.TopK = 4 }, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			step := usual
			if strings.Contains(test.name, "windows of") {
				step = tall
			}
			set, request := engine.SetupFor(dev.Info(), 10), engine.RequestFor(step.target, step.splats)
			test.set(&set, &request)
			// The maximum of the device can be smaller.
			set.Limits.Fused = engine.Tuning{Fused: set.Limits.Fused}.LimitsOf(dev.Info()).Fused
			plan, err := memory.Choose(request, set.Limits)
			if err != nil {
				t.Fatal(err)
			}
			if bands := len(plan.Bands()); bands != test.bands {
				t.Errorf("%d bands, the case is meant for %d", bands, test.bands)
			}
			rows, err := step.compare(dev, plan, set)
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range rows {
				if !row.OK {
					t.Errorf("%s is %.3g off, limit %.3g", row.What, row.Error, row.Limit)
				}
			}
		})
	}
}

// A target of 16 bits per sample keeps its precision on the device.
func TestDeepTargetAgreesWithReference(t *testing.T) { deepTargetAgrees(t, vktest.Open(t)) }

// A device without texel buffers of 16 bits, like SwiftShader, and with few workgroups along an axis computes right too.
func TestLimitedDeviceAgreesWithReference(t *testing.T) {
	dev := vktest.OpenWith(t, vk.Options{Pretend: func(i *vk.Info) { i.Forbid(vk.R16); i.MaxGroups[0] = 5 }})
	t.Run("16 bits", func(t *testing.T) { deepTargetAgrees(t, dev) })
	t.Run("many splats", func(t *testing.T) { manySplatsAgree(t, dev) })
}

func deepTargetAgrees(t *testing.T, dev *vk.Device) {
	for _, texel := range []bool{true, false} {
		p, target := reference.RandomScene(5, 40, 33, 50, 3)
		target.Depth = 16
		for i := range target.Pix { // values that need more than 8 bits
			target.Pix[i] = float32(int(target.Pix[i]*60000)+i%250) / 65535
		}
		set := engine.SetupFor(dev.Info(), 10)
		set.Tuning.Texel = texel
		rows, err := compare(dev, p, target, reference.LossWeights{L1: 1, L2: 1, SSIM: 0.1}, set)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			if !row.OK {
				t.Errorf("texel %v: %s is %.3g off, limit %.3g", texel, row.What, row.Error, row.Limit)
			}
		}
	}
}

func TestMixedPrecisionStaysClose(t *testing.T) {
	vktest.Long(t)
	dev := vktest.Open(t)
	for _, channels := range []int{1, 3, 4, 7, 12} {
		p, target := reference.RandomScene(8, 70, 66, 110, channels)
		set, request := engine.SetupFor(dev.Info(), 10), engine.RequestFor(target, p)
		request.Shape.Half = true
		plan, err := memory.Choose(request, set.Limits)
		if err != nil || !plan.Shape.Half {
			t.Fatal(plan, err)
		}
		rows, err := pose(p, target, reference.LossWeights{L1: 1, SSIM: 0.1}).compare(dev, plan, set)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			t.Logf("%d channels: %-18s %.2g", channels, row.What, row.Error)
			if !row.OK {
				t.Errorf("%d channels: %s is %.3g off, limit %.3g", channels, row.What, row.Error, row.Limit)
			}
		}
	}
}

// The kernels with the tuning of a GPU agree with the reference, for all numbers of channels and both precisions.
func TestKernelsOfAGPUAgreeWithReference(t *testing.T) {
	vktest.Long(t)
	dev := vktest.Open(t)
	type variant struct {
		channels, depth int
		half            bool
	}
	tests := []variant{{1, 8, false}, {2, 8, true}, {3, 8, false}, {3, 16, true}, {4, 8, true}, {6, 16, false}, {7, 8, true}, {12, 8, false}}
	if os.Getenv("IGS_STRESS") != "" {
		tests = append(tests, variant{4, 8, false}, variant{5, 8, false}, variant{8, 8, false}, variant{12, 8, true})
	}
	for _, test := range tests {
		p, target := reference.RandomScene(uint64(40+test.channels), 70, 20, 50, test.channels)
		target.Depth = test.depth
		set, request := engine.SetupFor(dev.Info(), 10), engine.RequestFor(target, p)
		set.Tuning = engine.GPU
		set.Limits = set.Tuning.LimitsOf(dev.Info())
		request.Shape.Half = test.half
		plan, err := memory.Choose(request, set.Limits)
		if err != nil {
			t.Fatal(err)
		}
		if plan.Shape.Fused == 0 {
			t.Fatal("the device does not take the loss in one kernel")
		}
		rows, err := pose(p, target, reference.LossWeights{L1: 1, L2: 1, SSIM: 0.1}).compare(dev, plan, set)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			if !row.OK {
				t.Errorf("%+v: %s is %.3g off, limit %.3g", test, row.What, row.Error, row.Limit)
			}
		}
	}
}
