package optim

// recordStep is one training step: each verb records one kernel, or the few of binning and of the loss. The commands are
// recorded once and replayed for every step; what changes between steps is in the slot's step buffer.
func (e *engine) recordStep(r *recorder, s *slot) {
	e.clear(r)
	e.project(r)
	for _, b := range e.bands {
		e.bin(r, b)
		e.rasterize(r, b)
		e.loss(r, b, s, asTrained)
		e.rasterizeGrad(r, b)
		e.gatherGrad(r, b)
	}
	e.projectGrad(r, s)
	e.sumLoss(r, s)
}

// recordMeasure is the part of a step that measures the picture as it is shown, and changes no parameter.
func (e *engine) recordMeasure(r *recorder, s *slot) {
	e.clear(r)
	e.project(r)
	for _, b := range e.bands {
		e.bin(r, b)
		e.rasterize(r, b)
		e.loss(r, b, s, asShown)
	}
	e.sumLoss(r, s)
}

const (
	asTrained = 0 // the loss sees the render as it is
	asShown   = 1 // clamped to [0,1]
)
