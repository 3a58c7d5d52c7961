package igs

import (
	"math"
	"time"

	"igs/event"
)

// Progress describes the state of a training.
type Progress struct {
	Step, Steps int     // number of steps done, and of all steps
	Splats      int     // present number of splats
	Loss        float64 // loss of the last step, before its update

	PSNR, SSIM float64 // scores of the last evaluation; NaN before the first evaluation
	Evaluated  bool    // true if PSNR and SSIM were measured at this step

	StepsPerSecond float64       // 0 if not known yet
	Remaining      time.Duration // estimated time until the last step
}

// Scores are the results of an evaluation: the rendered splats compared with the picture.
type Scores struct {
	PSNR, SSIM float64 // of a picture of 2²⁸ pixels or more an estimate of PSNR, and NaN
	Splats     int
	Bytes      int64 // size of the model file
}

func scoresOf(e event.Evaluated) Scores {
	return Scores{PSNR: e.PSNR, SSIM: e.SSIM, Splats: e.Splats, Bytes: e.Bytes}
}

// initialProgress is the progress of a training that has not begun.
func initialProgress(steps int) Progress {
	return Progress{Steps: steps, PSNR: math.NaN(), SSIM: math.NaN()}
}

// onEvent receives the events of the trainer, on the goroutine that trains.
func (t *Trainer) onEvent(e event.Event) {
	p := &t.progress
	p.Evaluated = false
	switch e := e.(type) {
	case event.Warned:
		if t.options.Warn != nil {
			t.options.Warn(e.Text)
		}
		return
	case event.Stepped:
		p.Step, p.Splats, p.Loss = e.Step, e.Splats, t.trainer.Losses().Sum()
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
