package engine

import (
	"encoding/binary"

	"igs/imageio"
	"igs/memory"
	"igs/shaders"
	"igs/splat"
	"igs/vk"
)

// Engine is a Renderer that trains. It adds the target, the loss, the gradients and Adam.
type Engine struct {
	Renderer
	target    targetRows
	windows   windows
	point     pointwise
	records   records
	gather    gathering
	update    update
	sums      lossSums
	frames    frames
	survey    survey
	curvature curvature

	inFlight [2]*stepInFlight
	measure  *stepInFlight
	rounded  Rounded // groups of parameters that steps round; evaluations and frames round all groups
}

// trainingPasses connects the passes of training and returns them.
func (e *Engine) trainingPasses(s memory.Shape) []pass {
	e.wire()
	e.bin.waiting = &e.records.values
	e.windows.in, e.windows.target, e.windows.sums, e.windows.records = &e.raster, &e.target, &e.sums, &e.records
	e.windows.fused.records = &e.records
	e.point.in, e.point.target, e.point.sums = &e.raster, &e.target, &e.sums
	e.records.in, e.records.windows = &e.raster, &e.windows
	e.gather.from, e.gather.lists, e.gather.state = &e.records, &e.bin, &e.control
	e.update.params, e.update.sums, e.update.state = &e.params, &e.gather, &e.control
	e.sums.state, e.sums.windows = &e.control, &e.windows
	e.frames.in = &e.raster
	e.survey.in, e.survey.target, e.survey.records, e.survey.gather, e.survey.sums = &e.raster, &e.target, &e.records, &e.gather, &e.sums
	e.curvature.params, e.curvature.in, e.curvature.records, e.curvature.gather = &e.params, &e.raster, &e.records, &e.gather
	return []pass{
		&e.params, &e.project, &e.bin, &e.raster, &e.control, stepBuffers{},
		&e.update, &e.gather, &e.records, &e.windows, &e.point, &e.sums, &e.round, &e.frames, &e.survey, &e.curvature, &e.target,
	}
}

// New allocates the buffers of the plan, builds the kernels, and copies the target and the first splats to the device.
// If first is nil, the caller must call Restore before the first step.
func New(dev *vk.Device, target *imageio.Samples, first *splat.Splats, plan memory.Plan, set Setup) (*Engine, error) {
	e := &Engine{}
	e.target.pictures = []*imageio.Samples{target}
	if err := e.open(dev, plan, 1, set, e.trainingPasses(plan.Shape)); err != nil {
		return nil, err
	}
	if err := e.start(first); err != nil {
		e.Close()
		return nil, err
	}
	return e, nil
}

func (e *Engine) start(first *splat.Splats) error {
	for _, s := range []**stepInFlight{&e.inFlight[0], &e.inFlight[1], &e.measure} {
		var err error
		if *s, err = newStepInFlight(e.dev, e.setup.Far, e.plan.Shape.Pictures()); err != nil {
			return err
		}
	}
	if !e.plan.Streamed {
		if err := e.target.upload(e.dev, e.work); err != nil {
			return err
		}
	}
	if err := e.ForgetMoments(); err != nil {
		return err
	}
	if first == nil { // Restore will set the splats
		return nil
	}
	if err := e.Load(first); err != nil {
		return err
	}
	return e.Record()
}

// ForgetMoments sets the moments of Adam to zero.
func (e *Engine) ForgetMoments() error {
	return e.run(func(r *vk.Recorder) { r.Fill(e.update.moments, 0, e.update.moments.Bytes(), 0) })
}

// Append adds splats after the first n. It fails if the plan has no room for them.
func (e *Engine) Append(p *splat.Splats, n int) error {
	stride := e.plan.Shape.Splats
	if n+p.N > stride {
		return tooMany(n+p.N, stride)
	}
	flat := Planes(p, p.N)
	for k := range e.plan.Shape.Planes() {
		if err := e.dev.Write(e.params.values, int64(4*(k*stride+n)), Encode(flat[k*p.N:(k+1)*p.N])); err != nil {
			return err
		}
	}
	e.splats = n + p.N
	if err := e.Record(); err != nil {
		e.splats = n // the caller may append them again
		return err
	}
	return nil
}

// Lengthen makes room for `needed` pairs, after a step that needed more than the lists hold. That step changed nothing.
func (e *Engine) Lengthen(needed int) error {
	if err := e.grow(needed); err != nil {
		return err
	}
	return e.Record()
}

// Rounded returns the groups of parameters that steps round.
func (e *Engine) Rounded() Rounded { return e.rounded }

// SetRounded sets the groups of parameters that the next steps render as the model file will hold them.
func (e *Engine) SetRounded(which Rounded) error {
	if e.rounded == which {
		return nil
	}
	e.rounded = which
	return e.Record()
}

// Snapshot holds the splats and the moments of a training, copied from the device.
type Snapshot struct {
	Splats          int
	Params, Moments []byte // planes, in the layout of the device
}

// SplatsOf returns the splats, for a picture of the given shape.
func (s Snapshot) SplatsOf(shape memory.Shape) *splat.Splats {
	return FromPlanes(Decode(s.Params), shape.Splats, s.Splats, shape.C)
}

// Save reads the splats and the moments from the device.
func (e *Engine) Save() (Snapshot, error) {
	s := Snapshot{e.splats, make([]byte, e.params.values.Bytes()), make([]byte, e.update.moments.Bytes())}
	if err := e.dev.Read(e.params.values, 0, s.Params); err != nil {
		return s, err
	}
	return s, e.dev.Read(e.update.moments, 0, s.Moments)
}

// Restore writes the splats and the moments of an engine of the same shape to the device.
func (e *Engine) Restore(s Snapshot) error {
	if err := e.dev.Write(e.params.values, 0, s.Params); err != nil {
		return err
	}
	if err := e.dev.Write(e.update.moments, 0, s.Moments); err != nil {
		return err
	}
	e.splats = s.Splats
	return e.Record()
}

// Close frees the memory.
func (e *Engine) Close() {
	for _, s := range append(e.inFlight[:], e.measure) {
		if s != nil {
			s.free()
		}
	}
	e.close()
}

// Submit starts step n with the given numbers. It uses the buffers and commands n%2.
func (e *Engine) Submit(n int, step shaders.Step) error { return e.submit(e.inFlight[n%2], step) }

// Collect waits for step n and returns its report.
func (e *Engine) Collect(n int) (shaders.Report, error) { return e.collectOne(e.inFlight[n%2]) }

// Timings returns the times of the kernels of step n, if the device was opened with Profile.
func (e *Engine) Timings(n int) []vk.Timing {
	var times []vk.Timing
	for _, p := range e.inFlight[n%2].parts {
		times = append(times, p.seq.Timings()...)
	}
	return times
}

// submit starts a step with the numbers of each picture.
func (e *Engine) submit(s *stepInFlight, steps ...shaders.Step) error {
	if err := e.prepare(s, steps...); err != nil {
		return err
	}
	for _, p := range s.parts {
		if err := e.submitPart(p); err != nil {
			return err
		}
	}
	return nil
}

// prepare writes the numbers of a step, and records its commands if they are not recorded.
func (e *Engine) prepare(s *stepInFlight, steps ...shaders.Step) error {
	if _, err := binary.Encode(s.input.Mapped(), binary.LittleEndian, steps); err != nil {
		return err
	}
	e.at = offsetOf(steps[0])
	return e.ready(s)
}

// submitPart starts a part of a step, and gives it its rows of the target if that is streamed.
func (e *Engine) submitPart(p part) error {
	if p.streams {
		if err := e.target.feed(e.work, p); err != nil {
			return err
		}
	}
	return p.seq.Submit()
}

// collect waits for a step and returns the reports of the pictures.
func (e *Engine) collect(s *stepInFlight) ([]shaders.Report, error) {
	for _, p := range s.parts { // in order, so the last one ends last
		if err := p.seq.Wait(); err != nil {
			return nil, err
		}
	}
	all := s.reports(e.plan.Shape.Pictures())
	return all, e.checkList(int(all[0].Longest))
}

func (e *Engine) collectOne(s *stepInFlight) (shaders.Report, error) {
	all, err := e.collect(s)
	if all == nil {
		return shaders.Report{}, err
	}
	return all[0], err
}
