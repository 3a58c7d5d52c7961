package engine

import "igs/vk"

// recordStep records one training step: each line records one pass. The commands are recorded once and submitted for
// every step. The numbers that change between steps are in the buffer stepInFlight.input.
func (e *Engine) recordStep(r *recorder, s *stepInFlight) {
	s.fetch(r.Recorder)
	e.clear(r.Recorder)
	if e.plan.Shape.Spacing() > 1 {
		s.setOffset(r.Recorder, e.control.state)
	}
	e.projectRounded(r.Recorder, e.rounded)
	for _, b := range e.plan.StepBands() {
		r.band(b)
		e.bin.record(r.Recorder, e.work, b)
		if e.plan.Shape.Pointwise {
			e.point.record(r.Recorder, e.plan, b, s)
		} else {
			e.raster.record(r.Recorder, e.work, b)
			e.windows.record(r.Recorder, e.plan, b, s, toTrain)
		}
		e.records.record(r.Recorder, e.plan, b)
		e.gather.record(r.Recorder, e.work, b)
	}
	e.update.record(r.Recorder, e.work, s, e.round.rendered())
	e.sums.record(r.Recorder, e.plan, s)
}

// clear sets everything to zero that the kernels of a step add to.
func (e *Engine) clear(r *vk.Recorder) {
	e.control.clear(r, e.plan)
	e.sums.clear()
}

// purpose says for what the loss is computed.
type purpose int

const (
	toTrain    purpose = iota // the picture as it is
	toEvaluate                // the picture clamped to [0,1]; gamma is undone in picture and target
)

// power returns the exponent that kernels take samples to; 0 means no change.
func (p purpose) power(shown float32) float32 {
	if p == toTrain {
		return 0
	}
	return shown
}
