package igs

import (
	"math"
	"time"

	"igs/event"
)

// Progress says how far training is.
type Progress struct {
	Step, Steps int     // done, and of the whole training
	Splats      int     // there are now
	Loss        float64 // of the last step, before its update

	PSNR, SSIM float64 // of the last evaluation; NaN before the first
	Evaluated  bool    // PSNR and SSIM are of this very step

	StepsPerSecond float64       // 0 before that is known
	Remaining      time.Duration // until the last step, at this speed
}

// Scores compare what the splats show with the picture.
type Scores struct {
	PSNR, SSIM float64
	Splats     int
	Bytes      int64 // of the model file
}

func scoresOf(e event.Evaluated) Scores {
	return Scores{PSNR: e.PSNR, SSIM: e.SSIM, Splats: e.Splats, Bytes: e.Bytes}
}

// unknown is the progress of a training that has not begun.
func unknown(steps int) Progress {
	return Progress{Steps: steps, PSNR: math.NaN(), SSIM: math.NaN()}
}

// hear takes what the trainer below says, on the goroutine that trains.
func (t *Trainer) hear(e event.Event) {
	p := &t.progress
	p.Evaluated = false
	switch e := e.(type) {
	case event.Warned:
		if t.options.Warn != nil {
			t.options.Warn(e.Text)
		}
		return
	case event.Stepped:
		l1, l2, ssim := t.trainer.Losses()
		p.Step, p.Splats, p.Loss = e.Step, e.Splats, l1+l2+ssim
		p.StepsPerSecond, p.Remaining = e.StepsPerSec, time.Duration(e.ETA*float64(time.Second))
	case event.Evaluated:
		p.Step, p.Splats, p.Loss = e.Step, e.Splats, e.TotalLoss
		p.PSNR, p.SSIM, p.Evaluated = e.PSNR, e.SSIM, true
	default:
		return
	}
	t.steps.Store(int64(p.Step))
	t.splats.Store(int64(p.Splats))
	if t.options.Progress != nil {
		t.options.Progress(*p)
	}
}
