package optim

import (
	"testing"

	"igs/splat"
	"igs/vk/vktest"
)

// However the work is cut (bands and rings, strips, segments, pixels an invocation, ways of reading) and however short the lists are at
// first, a step gives what the reference gives.
func TestEveryCutOfTheWorkAgreesWithReference(t *testing.T) {
	dev := vktest.Open(t)
	p, target := splat.RandomScene(3, 77, 221, 140, 3)
	tileRow := int64(16 * 5 * 256) // of the image: five tiles across
	for _, test := range []struct {
		name  string
		set   func(*setup)
		bands int
	}{
		{"as it comes", func(s *setup) {}, 1},
		{"bands of 5 tile rows", func(s *setup) { s.limits.Binding = 6 * tileRow; s.pairs = 2000 }, 3},
		{"bands of 4 tile rows", func(s *setup) { s.limits.Binding = 5 * tileRow; s.pairs = 2000 }, 4},
		{"loss in runs of 16 rows", func(s *setup) { s.limits.LossBytes, s.limits.LossRows = 1, 16 }, 1},
		{"bands, and loss in runs of 16 rows", func(s *setup) {
			s.limits.Binding = 6 * tileRow
			s.pairs = 2000
			s.limits.LossBytes, s.limits.LossRows = 1, 16
		}, 3},
		{"strips of 7 rows, segments of 11 columns", func(s *setup) { s.limits.Strip, s.limits.Segment = 7, 11 }, 1},
		{"as storage", func(s *setup) { s.tune.texel = false }, 1},
		{"1 pixel an invocation", func(s *setup) { s.tune.pixels = 1 }, 1},
		{"16 pixels an invocation", func(s *setup) { s.tune.pixels = 16 }, 1},
		{"tiles shared by four", func(s *setup) { s.tune.split, s.tune.lanes = 4, 32 }, 1},
		{"as on a GPU", func(s *setup) {
			s.tune = gpuTuning
			s.limits = gpuTuning.limits(dev.Info())
		}, 1},
		{"lists too short at first", func(s *setup) { s.pairs = 10 }, 1},
		{"K = 1", func(s *setup) { s.topK = 1 }, 1},
		{"K = 4", func(s *setup) { s.topK = 4 }, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			set := setupFor(dev, 10, p.N)
			test.set(&set)
			e, err := newEngine(dev, target.Samples(8), p, set)
			if err != nil {
				t.Fatal(err)
			}
			bands := len(e.bands)
			e.close()
			if bands != test.bands {
				t.Errorf("%d bands, the case is meant for %d", bands, test.bands)
			}
			rows, err := compare(dev, p, target, splat.LossWeights{L1: 1, SSIM: 0.1}, set)
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

// Pictures of 16 bits keep them on the device.
func TestDeepTargetAgreesWithReference(t *testing.T) {
	dev := vktest.Open(t)
	for _, texel := range []bool{true, false} {
		p, target := splat.RandomScene(5, 40, 33, 50, 3)
		target.Depth = 16
		for i := range target.Pix { // values that 8 bits cannot hold
			target.Pix[i] = float32(int(target.Pix[i]*60000)+i%250) / 65535
		}
		set := setupFor(dev, 10, p.N)
		set.tune.texel = texel
		rows, err := compare(dev, p, target, splat.LossWeights{L1: 1, L2: 1, SSIM: 0.1}, set)
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
