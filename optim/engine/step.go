package engine

import "igs/vk"

// recordStep is one training step: each line records one pass. The commands are recorded once and replayed for every step; what
// changes between steps is in the slot's step buffer.
func (e *Engine) recordStep(r *recorder, s *slot) {
	s.fetch(r.Recorder)
	e.clear(r.Recorder)
	e.projectRounded(r.Recorder, e.rounded)
	for _, b := range e.plan.StepBands() {
		r.band(b)
		e.bin.record(r.Recorder, e.work, b)
		if e.plan.Shape.Pointwise {
			e.point.record(r.Recorder, e.plan, b, s)
		} else {
			e.raster.record(r.Recorder, e.work, b)
			e.windows.record(r.Recorder, e.plan, b, s, asTrained)
		}
		e.records.record(r.Recorder, e.plan, b)
		e.gather.record(r.Recorder, e.work, b)
	}
	e.update.record(r.Recorder, e.work, s, e.round.drawn())
	e.sums.record(r.Recorder, e.plan, s)
}

// recordMeasure is the part of a step that measures the picture as it is shown, and changes no parameter.
func (e *Engine) recordMeasure(r *recorder, s *slot) {
	s.fetch(r.Recorder)
	e.clear(r.Recorder)
	e.projectRounded(r.Recorder, RoundAll)
	for _, b := range e.bands {
		r.band(b)
		e.bin.record(r.Recorder, e.work, b)
		e.raster.record(r.Recorder, e.work, b)
		e.windows.record(r.Recorder, e.plan, b, s, asShown)
	}
	e.sums.record(r.Recorder, e.plan, s)
}

// clear zeroes what the kernels of a step add to.
func (e *Engine) clear(r *vk.Recorder) {
	e.control.clear(r)
	e.sums.clear()
}

// look is how the loss sees the picture.
type look int

const (
	asTrained look = iota // as it is
	asShown               // clamped to [0,1], and render and target with gamma undone
)

// power is what kernels take samples to; 0 leaves them alone.
func (l look) power(shown float32) float32 {
	if l == asTrained {
		return 0
	}
	return shown
}
