package optim

import (
	"bytes"
	"math"
	"testing"

	"igs/configs"
	"igs/imageio"
	"igs/splat/symbols"
	"igs/vk/vktest"
)

// waves is a picture of 48 × 40 px with waves that become shorter, and an edge.
func waves() *imageio.Image {
	m := imageio.New(48, 40, 3)
	for i := range m.Pix {
		x, y, c := float64(i%48), float64(i/48%40), float64(i/(48*40))
		v := 0.5 + 0.3*math.Sin(x*x/90+c)*math.Cos(y/5)
		if x > 2*y {
			v *= 0.6
		}
		v += 0.1 * math.Sin(float64(i*i%997)) // grain
		m.Pix[i] = float32(v)
	}
	return m
}

// goalRun is a run with a goal, for the picture of function waves.
func goalRun(goal configs.Goal) configs.Run {
	run := igsRun(200, 40)
	run.Free, run.Goal = true, goal
	return run
}

// The file has the quality of the goal, and hardly more. A higher goal takes more splats.
func TestGrowthReachesAQuality(t *testing.T) {
	low, high := endedOn(t, waves(), goalRun(configs.Goal{PSNR: 21}), nil), endedOn(t, waves(), goalRun(configs.Goal{PSNR: 23}), nil)
	for goal, e := range map[float64]ending{21: low, 23: high} {
		if e.last.PSNR < goal || e.last.PSNR > goal+0.1 || e.last.Bytes != int64(len(e.file)) || e.rounded.Loss > 1.5 {
			t.Errorf("%.3f dB in %d bytes, %d splats, rounding %.2f dB; want %g", e.last.PSNR, e.last.Bytes, e.last.Splats, e.rounded.Loss, goal)
		}
	}
	if low.last.Splats >= high.last.Splats || high.last.Splats >= 200 || len(low.file) >= len(high.file) {
		t.Errorf("%d splats in %d bytes, then %d in %d", low.last.Splats, len(low.file), high.last.Splats, len(high.file))
	}
}

func TestGrowthReachesASimilarity(t *testing.T) {
	e := endedOn(t, waves(), goalRun(configs.Goal{SSIM: 0.7}), nil)
	if e.last.SSIM < 0.7 || e.last.SSIM > 0.71 || e.last.Splats >= 200 {
		t.Errorf("SSIM %.4f with %d splats, rounding %.2f dB", e.last.SSIM, e.last.Splats, e.rounded.Loss)
	}
	both := endedOn(t, waves(), goalRun(configs.Goal{SSIM: 0.7, PSNR: 22}), nil)
	if both.last.SSIM < 0.7 || both.last.PSNR < 22 || both.last.PSNR > 22.1 && both.last.SSIM > 0.71 {
		t.Errorf("SSIM %.4f and %.3f dB with %d splats", both.last.SSIM, both.last.PSNR, both.last.Splats)
	}
}

// The file uses the bytes of the goal. Of a quality and a size, the one that needs fewer splats counts.
func TestGrowthUsesTheBytes(t *testing.T) {
	e := endedOn(t, waves(), goalRun(configs.Goal{Bytes: 500}), nil)
	if n := len(e.file); n > 500 || n < 485 || e.rounded.Loss < 0.1 || e.rounded.Loss > 1.5 {
		t.Errorf("%d bytes for %d splats, rounding %.2f dB", n, e.last.Splats, e.rounded.Loss)
	}
	within := endedOn(t, waves(), goalRun(configs.Goal{Bytes: 1500, PSNR: 21}), nil)
	if n := len(within.file); n > 1000 || within.last.PSNR < 21 || within.last.PSNR > 21.1 {
		t.Errorf("%.3f dB in %d bytes, where 1500 are allowed", within.last.PSNR, n)
	}
	beyond := endedOn(t, waves(), goalRun(configs.Goal{Bytes: 500, PSNR: 40}), nil)
	if n := len(beyond.file); n > 500 || n < 485 {
		t.Errorf("%d bytes for a quality that needs more than 500", n)
	}
}

// A quality out of reach ends with all splats that the run may have, and is rounded as without a goal.
func TestGrowthOutOfReach(t *testing.T) {
	run := goalRun(configs.Goal{PSNR: 90})
	run.Gaussians, run.Quantize.Loss = 60, 0.05
	e := endedOn(t, waves(), run, nil)
	if e.last.Splats != 60 || e.model.Grid == (symbols.Grid{}) || e.rounded.Loss > 0.05 {
		t.Errorf("%d splats, rounding %.3f dB, steps %v", e.last.Splats, e.rounded.Loss, e.model.Grid)
	}
}

// A run with a goal gives the same bits after an interruption: while it grows, before and after the bytes are measured,
// and at its end.
func TestResumedGrowthHasTheSameBits(t *testing.T) {
	vktest.Long(t)
	run := goalRun(configs.Goal{PSNR: 31, Bytes: 500})
	run.Train.EvalEvery = 7
	var whole finish
	whole.sitting(t, vktest.OpenPlain(t), run, nil, 0)
	whole.sameWhenInterrupted(t, vktest.OpenPlain(t), run, 3, 8, 9, 15, 30)
	e := endedOn(t, waves(), run, nil)
	if again := endedOn(t, waves(), run, e.state); !bytes.Equal(again.file, e.file) {
		t.Error("the last checkpoint gives another file")
	}
}

// A run without interruption expects the number of splats that it ends with, and its time is foreseen for so many.
func TestForeseenSplats(t *testing.T) {
	run := goalRun(configs.Goal{Bytes: 500})
	fixed := Foreseen(run, 48*40, 0)
	if fixed.Free || fixed.Gaussians < 80 || fixed.Gaussians > 140 {
		t.Errorf("%d splats for 500 bytes", fixed.Gaussians)
	}
	if s := NewSchedule(Foreseen(run, 48*40, 77), 48*40, 0, 0); s.Splats() != newGrowth(run, 48*40).start() || s.Advance(40).Surveys < 3 || s.Splats() != 77 {
		t.Errorf("the schedule ends with %d splats", s.Splats())
	}
	if plain := igsRun(50, 9); Foreseen(plain, 48*40, 77) != plain {
		t.Error("a run without a goal is changed")
	}
}
