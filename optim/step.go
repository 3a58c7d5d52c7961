package optim

// recordStep is one training step: each verb records one kernel, or the few of binning and of the loss. The commands are
// recorded once and replayed for every step; what changes between steps is in the slot's step buffer.
func (e *engine) recordStep(r *recorder, s *slot) {
	e.clear(r.Recorder)
	e.project(r.Recorder)
	for _, b := range e.bands {
		r.band(b)
		e.bin(r.Recorder, b)
		e.rasterize(r.Recorder, b)
		e.loss(r.Recorder, b, s, asTrained)
		e.rasterizeGrad(r.Recorder, b)
		e.gatherGrad(r.Recorder, b)
	}
	e.projectGrad(r.Recorder, s)
	e.sumLoss(r.Recorder, s)
}

// recordMeasure is the part of a step that measures the picture as it is shown, and changes no parameter.
func (e *engine) recordMeasure(r *recorder, s *slot) {
	e.clear(r.Recorder)
	e.project(r.Recorder)
	for _, b := range e.bands {
		r.band(b)
		e.bin(r.Recorder, b)
		e.rasterize(r.Recorder, b)
		e.loss(r.Recorder, b, s, asShown)
	}
	e.sumLoss(r.Recorder, s)
}

const (
	asTrained = 0 // the loss sees the render as it is
	asShown   = 1 // clamped to [0,1]
)
