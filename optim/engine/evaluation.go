package engine

import "igs/shaders"

// measuredPixels is the greatest number of pixels of a part of an evaluation, or one tile row if that has more. An
// evaluation can be cancelled between its parts. A processor takes about a second for so many.
const measuredPixels = 4 << 20

// Measure evaluates the picture as it is displayed. The report may say that the lists were too short. cancelled is asked
// before each part of the work, of which two are in flight. Its error ends the evaluation.
func (e *Engine) Measure(step shaders.Step, cancelled func() error) (shaders.Report, error) {
	err := e.prepare(e.measure, step)
	parts := e.measure.parts
	for i := 0; i < len(parts) && err == nil; i++ {
		if i > 1 {
			err = parts[i-2].seq.Wait()
		}
		if err == nil {
			err = cancelled()
		}
		if err == nil {
			err = e.submitPart(parts[i])
		}
	}
	if err != nil {
		e.collectOne(e.measure) // what is in flight
		return shaders.Report{}, err
	}
	return e.collectOne(e.measure)
}

// recordMeasure records an evaluation: it measures the picture as it is displayed, and changes no parameter.
func (e *Engine) recordMeasure(r *recorder, s *stepInFlight) {
	s.fetch(r.Recorder)
	e.clear(r.Recorder)
	e.projectRounded(r.Recorder, RoundAll)
	for _, b := range e.plan.Lower(measuredPixels).Bands() {
		r.band(b)
		e.bin.record(r.Recorder, e.work, b)
		e.raster.record(r.Recorder, e.work, b)
		e.windows.record(r.Recorder, e.plan, b, s, toEvaluate)
	}
	e.sums.record(r.Recorder, e.plan, s)
}
