package optim

import (
	"math"
	"time"

	"igs/event"
	"igs/metric"
	"igs/shaders"
)

// Evaluate measures the present splats and emits the scores.
func (t *Trainer) Evaluate() (event.Evaluated, error) {
	scores, err := t.score()
	if err != nil {
		return scores, err
	}
	if scores.Bytes, err = t.bytes(); err != nil {
		return scores, err
	}
	t.last = scores
	t.sink(t.last)
	return scores, nil
}

// score measures PSNR and SSIM of the render as it is shown, on the device. The losses are those of the last step, taken before its
// update.
func (t *Trainer) score() (event.Evaluated, error) {
	began := time.Now()
	var shown shaders.Report
	if err := t.persist(func() (err error) { shown, err = t.shown(); return err }); err != nil {
		return event.Evaluated{}, err
	}
	t.drawing += time.Since(began)
	samples := t.samples()
	l1, l2, ssim := t.Losses()
	return event.Evaluated{
		Step: t.step, TotalLoss: l1 + l2 + ssim, L1: l1, L2: l2, SSIMLoss: ssim,
		Scores:     metric.Scores{PSNR: -10 * math.Log10(float64(shown.Squared)/samples), SSIM: float64(shown.Similarity) / samples},
		Splats:     t.engine.Splats(),
		RenderTime: t.drawing.Seconds(), TotalTime: t.training.Seconds(),
		LRScale: t.rate, LossScale: t.scaler.scale, DeviceBytes: t.dev.Usage().Now,
	}, nil
}

// Losses are those of the last step, with their weights, before its update.
func (t *Trainer) Losses() (l1, l2, ssim float64) {
	samples, w := t.samples(), t.run.Loss
	return w.L1 * float64(t.report.Absolute) / samples, w.L2 * float64(t.report.Squared) / samples, w.SSIM * (1 - float64(t.report.Similarity)/samples)
}

// shown measures the picture as it is shown.
func (t *Trainer) shown() (shaders.Report, error) {
	for {
		report, err := t.engine.Measure(t.numbers(t.step, tuned{Scale: t.scaler.scale, Age: 1}))
		if err != nil || int(report.Pairs) <= t.engine.Plan().Pairs {
			return report, err
		}
		if err := t.lengthen(int(report.Pairs)); err != nil {
			return report, err
		}
	}
}

// judge applies the schedule to the last evaluation and says whether to stop.
func (t *Trainer) judge() bool {
	train := t.run.Train
	if t.freezing.each > 0 && t.step > t.freezing.from {
		return false // the end is near, and the picture gets worse before it gets better
	}
	if train.StopAtPSNR > 0 && t.last.PSNR >= train.StopAtPSNR {
		return true
	}
	if !train.EarlyStop || t.engine.Splats() < t.run.Gaussians || t.step%train.EvalEvery != 0 {
		return false
	}
	decay, stop := t.state.observe(t.last.PSNR, t.last.SSIM)
	if decay {
		t.rate /= train.DecayRatio
	}
	return stop
}

// stop ends the run here, or when its parameters have settled.
func (t *Trainer) stop() {
	if t.freezing.each > 0 {
		t.freezing.from = t.step
	} else {
		t.stopped = true
	}
}
