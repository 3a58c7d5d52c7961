package optim

// recordStep is one training step: each verb records one kernel, or the few of binning and of the loss. The commands are
// recorded once and replayed for every step; what changes between steps is in the slot's step buffer.
func (e *engine) recordStep(r *recorder, s *slot) {
	e.clear(r.Recorder)
	e.projectRounded(r.Recorder, e.setup.rounded)
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

// look is how the loss sees the picture.
type look int

const (
	asTrained look = iota // as it is
	asShown               // clamped to [0,1], and render and target with gamma undone
)

// power is what kernels take samples to; 0 leaves them alone.
func (l look) power(s setup) float32 {
	if l == asTrained {
		return 0
	}
	return s.power
}
