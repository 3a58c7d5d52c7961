package optim

import (
	"cmp"
	"math"
	"time"

	"igs/event"
	"igs/imageio"
	"igs/metric"
	"igs/shaders"
)

// Evaluate measures the present splats and emits the scores.
func (t *Trainer) Evaluate() (event.Evaluated, error) {
	scores, err := t.score()
	if err != nil {
		return scores, err
	}
	t.last = scores
	return t.last, t.publish()
}

// evaluateStep evaluates the present step, and stops the run if a rule says so. At the end of the run it evaluates the
// splats of the model file.
func (t *Trainer) evaluateStep() error {
	if !t.atEnd() {
		scores, err := t.score()
		if err != nil {
			return err
		}
		earlier := t.last
		if t.last = scores; t.shouldStop() {
			if t.stop(); t.atEnd() {
				t.last = earlier // finish evaluates the splats of the model file
			}
		}
	}
	if t.atEnd() {
		if t.searchesSymbols() || t.lastDrawing != nil { // which takes long: a process that ends in it has lost no step
			if err := t.checkpoint(); err != nil {
				return err
			}
		}
		return t.finish()
	}
	return t.publish()
}

// finish rounds the splats for the model file and evaluates them.
func (t *Trainer) finish() error {
	if err := t.round(); err != nil {
		return err
	}
	if t.lastDrawing == nil {
		_, err := t.Evaluate()
		return err
	}
	began, drawn := time.Now(), t.drawing
	scores, err := t.lastDrawing(t.lastRows())
	t.outside += time.Since(began) - (t.drawing - drawn) // also of a drawing that is cancelled
	if err != nil {
		return err
	}
	t.last = t.evaluated(scores)
	return t.publish()
}

// OnLastDrawing sets the function that takes the rows of the splats of the model file at the end of a run. It returns their
// PSNR and SSIM as evaluations measure them, so that the picture is not drawn again for the last evaluation. Its error ends
// the run. A trainer that goes on from the end of a run has evaluated the splats, and does not call it.
func (t *Trainer) OnLastDrawing(take func(imageio.Rows) (metric.Scores, error)) { t.lastDrawing = take }

// lastRows is Rows, in a drawing that counts as an evaluation and ends when the run is cancelled.
func (t *Trainer) lastRows() imageio.Rows {
	return imageio.Rows{Gamma: t.setup.Gamma, Each: func(take func(y int, row [][]float32) error) error {
		began, taking := time.Now(), time.Duration(0)
		err := t.Rows().Each(func(y int, row [][]float32) error {
			if err := t.cancelled(); err != nil {
				return err
			}
			at := time.Now()
			defer func() { taking += time.Since(at) }()
			return take(y, row)
		})
		t.drawing += time.Since(began) - taking
		return err
	}}
}

// publish emits the last scores, with the size of the model file.
func (t *Trainer) publish() (err error) {
	if t.last.Bytes, err = t.bytes(); err == nil {
		t.sink(t.last)
	}
	return err
}

// score measures the splats after gamma is undone. The losses are those of the last step, before its update.
func (t *Trainer) score() (event.Evaluated, error) {
	began := time.Now()
	scores, err := t.scores()
	if err != nil {
		return event.Evaluated{}, err
	}
	t.drawing += time.Since(began)
	return t.evaluated(scores), nil
}

// evaluated is an evaluation of the present splats with the given scores.
func (t *Trainer) evaluated(scores metric.Scores) event.Evaluated {
	losses := t.Losses()
	return event.Evaluated{
		Step: t.step, TotalLoss: losses.Sum(), L1: losses.L1, L2: losses.L2, SSIMLoss: losses.SSIM,
		Scores:     scores,
		Splats:     t.engine.Splats(),
		RenderTime: t.drawing.Seconds(), TotalTime: t.training.Seconds(),
		LRScale: t.rate, LossScale: t.scaler.scale, DeviceBytes: t.dev.Usage().Now,
	}
}

// scores measures PSNR and SSIM on the device. Of a huge picture it estimates PSNR, and SSIM is NaN.
func (t *Trainer) scores() (metric.Scores, error) {
	if t.lattice > 1 {
		psnr, err := t.estimated()
		return metric.Scores{PSNR: psnr, SSIM: math.NaN()}, cmp.Or(err, t.target.Err())
	}
	if err := t.look(1); err != nil {
		return metric.Scores{}, err
	}
	var shown shaders.Report
	err := t.persist(func() (err error) { shown, err = t.shown(); return err })
	return metric.Scores{PSNR: -10 * math.Log10(float64(shown.Squared)/t.colourSamples()), SSIM: float64(shown.Similarity) / t.samples()}, err
}

// colourSamples is the number of samples over which PSNR is the mean. With alpha, the channels hold the errors of the
// colours (imageio.Mix).
func (t *Trainer) colourSamples() float64 {
	return t.samples() * float64(t.target.Colours()) / float64(t.target.C)
}

// Losses returns the weighted terms of the loss of the last step, before its update.
func (t *Trainer) Losses() shaders.Terms {
	return t.report.Losses(shaders.Terms(t.run.Loss), max(t.compared, 1))
}

// shown measures the picture after gamma is undone, with longer lists if they overflow.
func (t *Trainer) shown() (shaders.Report, error) {
	for {
		report, err := t.engine.Measure(t.numbers(t.step, stepInputs{Scale: t.scaler.scale, Age: 1}), t.cancelled)
		if err != nil || int(report.Pairs) <= t.engine.Plan().Pairs {
			return report, err
		}
		if err := t.lengthen(int(report.Pairs)); err != nil {
			return report, err
		}
	}
}

// shouldStop applies the stop rules to the last evaluation and lowers the learning rates on a plateau. It reports
// whether to stop.
func (t *Trainer) shouldStop() bool {
	train := t.run.Train
	if t.freezing.each > 0 && t.step > t.freezing.from {
		return false // rounding makes the picture worse for some steps, and the run ends soon
	}
	if train.StopAtPSNR > 0 && t.last.PSNR >= train.StopAtPSNR+roundingLoss(t.run) {
		return true // the file still has the PSNR
	}
	if !train.EarlyStop || t.growing() || t.step%train.EvalEvery != 0 {
		return false
	}
	ssim := t.last.SSIM
	if t.lattice > 1 { // it is not measured, so PSNR decides
		ssim = t.last.PSNR / 100
	}
	decay, stop := t.plateau.observe(t.last.PSNR, ssim)
	if decay {
		t.rate /= train.DecayRatio
	}
	return stop && !t.skipToTail()
}

// stop ends the run now, or after the parameters are rounded.
func (t *Trainer) stop() {
	if t.freezing.each > 0 {
		t.freezing.from = t.step
	} else {
		t.stopped = true
	}
}
