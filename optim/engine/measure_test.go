package engine

import (
	"math"
	"os"
	"testing"

	"igs/imageio"
	"igs/memory"
	"igs/shaders"
	"igs/splat"
	"igs/splat/reference"
	"igs/vk"
	"igs/vk/vktest"
)

// An evaluation does not depend on the loss of the training. With a loss without SSIM the windows are in the buffer of
// the records, and the report of a step has no SSIM.
func TestPointwiseMeasuresTheSame(t *testing.T) {
	vktest.Long(t)
	for channels, dev := range map[int]*vk.Device{3: vktest.Open(t), 7: vktest.OpenPlain(t)} {
		var first [2]float64 // PSNR and SSIM of the first case, with three passes
		for n, cut := range []struct {
			mode     memory.Mode
			bandRows int
			loss     int64
			streamed bool
			fused    int
		}{{memory.Stored, 8, 16 << 20, false, 0}, {memory.Stored, 8, 1, false, 0}, {memory.Banded, 4, 16 << 20, false, 0}, {memory.Banded, 1, 1, false, 0}, {memory.Banded, 2, 16 << 20, true, 0},
			{memory.Stored, 8, 16 << 20, false, 64}, {memory.Banded, 4, 16 << 20, false, 32}, {memory.Banded, 1, 16 << 20, true, 64}} {
			if channels == 7 && n%2 == 1 && os.Getenv("IGS_STRESS") == "" {
				continue // each kind of cut has one case left
			}
			p, target := reference.RandomScene(31, 30, 66, 60, channels)
			set, request := SetupFor(dev.Info(), 10), RequestFor(target, p)
			set.Gamma = 2.2
			set.Limits.BandTiles, set.Limits.BandRows, set.Limits.LossBytes, set.Limits.Fused = 1, cut.bandRows, cut.loss, Tuning{Fused: cut.fused}.fusedColumns(dev.Info())
			request.Mode = cut.mode
			var psnr, ssim [2]float64
			for i, pointwise := range []bool{false, true} {
				request.Shape.Pointwise = pointwise
				plan := planOf(t, request, set, cut.streamed)
				psnr[i], ssim[i] = measured(t, dev, target, p, plan, set)
			}
			if n == 0 {
				first = [2]float64{psnr[0], ssim[0]}
			}
			if !(math.Abs(psnr[0]-first[0]) < 1e-4 && math.Abs(ssim[0]-first[1]) < 1e-5) {
				t.Errorf("%d channels, %+v: %.7f dB, SSIM %.7f; as it comes %.7f, %.7f", channels, cut, psnr[0], ssim[0], first[0], first[1])
			}
			if d := psnr[0] - psnr[1]; !(math.Abs(d) < 1e-5) {
				t.Errorf("%d channels, %+v: %.7f dB, pointwise %.7f", channels, cut, psnr[0], psnr[1])
			}
			if d := ssim[0] - ssim[1]; !(math.Abs(d) < 1e-5) || ssim[0] < 0.01 {
				t.Errorf("%d channels, %+v: SSIM %.7f, pointwise %.7f", channels, cut, ssim[0], ssim[1])
			}
		}
	}
}

// planOf returns the first plan of the ladder whose target is, or is not, streamed.
func planOf(t *testing.T, r memory.Request, set Setup, streamed bool) memory.Plan {
	t.Helper()
	for _, p := range memory.Ladder(r, set.Limits) {
		if p.Streamed == streamed {
			return p
		}
	}
	t.Fatal("no such plan")
	return memory.Plan{}
}

// measured runs a step that changes no parameter, and measures before and after it.
func measured(t *testing.T, dev *vk.Device, target *imageio.Image, p *splat.Splats, plan memory.Plan, set Setup) (psnr, ssim float64) {
	t.Helper()
	e, err := New(dev, target.Samples(8), p, plan, set)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	step := shaders.Step{Weights: shaders.Weights{L1: 1, L2: 1}, Unscale: 1, Epsilon: 1, Correction1: 1, Correction2: 1}
	var first shaders.Report
	for n := range 2 {
		shown, err := e.Measure(step, func() error { return nil })
		if err != nil {
			t.Fatal(err)
		}
		if int(shown.Pairs) > e.Plan().Pairs {
			t.Fatalf("lists of %d pairs, needed %d", e.Plan().Pairs, shown.Pairs)
		}
		if n == 0 {
			first = shown
		} else if shown != first {
			t.Errorf("%s: measured %+v, and after a step %+v", plan, first, shown)
		} else {
			break
		}
		if err := e.Submit(n, step); err != nil {
			t.Fatal(err)
		}
		report, err := e.Collect(n)
		if err != nil {
			t.Fatal(err)
		}
		if plan.Shape.Pointwise != (report.Similarity == 0) || report.Overflow != 0 || report.Broken != 0 {
			t.Errorf("%s: a step reports %+v", plan, report)
		}
	}
	samples := float64(target.W) * float64(target.H) * float64(target.C)
	return -10 * math.Log10(float64(first.Squared)/samples), float64(first.Similarity) / samples
}
