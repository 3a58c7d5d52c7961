package engine

import (
	"encoding/binary"

	"igs/imageio"
	"igs/memory"
	"igs/shaders"
	"igs/splat"
	"igs/vk"
)

// Engine is a Renderer that trains: it adds the target, the loss, the gradients and Adam.
type Engine struct {
	Renderer
	target  targetRows
	windows windows
	point   pointwise
	records records
	gather  gathering
	update  update
	sums    lossSums
	films   films
	survey  survey

	slots   [2]*slot
	measure *slot
	rounded Rounded // of the parameters in steps; what is measured and shown is rounded as a whole
}

// training wires the passes of training and lists them.
func (e *Engine) training(s memory.Shape) []pass {
	e.wire()
	e.bin.waiting = &e.records.values
	e.windows.in, e.windows.target, e.windows.sums, e.windows.room = &e.raster, &e.target, &e.sums, &e.records
	e.windows.fused.room = &e.records
	e.point.in, e.point.target, e.point.sums = &e.raster, &e.target, &e.sums
	e.records.in, e.records.whose = &e.raster, &e.windows
	e.gather.from, e.gather.lists, e.gather.state = &e.records, &e.bin, &e.control
	e.update.params, e.update.sums, e.update.state = &e.params, &e.gather, &e.control
	e.sums.state, e.sums.place = &e.control, &e.windows
	e.films.in = &e.raster
	e.survey.in, e.survey.target, e.survey.records, e.survey.gather, e.survey.sums = &e.raster, &e.target, &e.records, &e.gather, &e.sums
	return []pass{
		&e.params, &e.project, &e.bin, &e.raster, &e.control, slots{},
		&e.update, &e.gather, &e.records, &e.windows, &e.point, &e.sums, &e.round, &e.films, &e.survey, &e.target,
	}
}

// New allocates the plan, builds the kernels, and puts target and first splats on the device. Without splats it waits for Restore.
func New(dev *vk.Device, target *imageio.Samples, first *splat.Splats, plan memory.Plan, set Setup) (*Engine, error) {
	e := &Engine{}
	e.target.picture = target
	if err := e.open(dev, plan, 1, set, e.training(plan.Shape)); err != nil {
		return nil, err
	}
	if err := e.start(first); err != nil {
		e.Close()
		return nil, err
	}
	return e, nil
}

func (e *Engine) start(first *splat.Splats) error {
	for _, s := range []**slot{&e.slots[0], &e.slots[1], &e.measure} {
		var err error
		if *s, err = newSlot(e.dev, e.setup.Far); err != nil {
			return err
		}
	}
	if !e.plan.Streamed {
		if err := e.target.upload(e.dev, e.plan.Shape); err != nil {
			return err
		}
	}
	if err := e.ForgetMoments(); err != nil {
		return err
	}
	if first == nil { // Restore will bring them
		return nil
	}
	if err := e.Load(first); err != nil {
		return err
	}
	return e.Record()
}

// ForgetMoments lets Adam start afresh.
func (e *Engine) ForgetMoments() error {
	return e.run(func(r *vk.Recorder) { r.Fill(e.update.moments, 0, e.update.moments.Bytes(), 0) })
}

// Append adds splats behind the first n.
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
		e.splats = n // the caller adds them again
		return err
	}
	return nil
}

// Lengthen makes room for more pairs after a step that needed more than the lists hold; that step changed nothing.
func (e *Engine) Lengthen(needed int) error {
	if err := e.grow(needed); err != nil {
		return err
	}
	return e.Record()
}

// SetRounded has the next steps draw some groups of parameters as the model file will hold them.
func (e *Engine) SetRounded(which Rounded) error {
	if e.rounded == which {
		return nil
	}
	e.rounded = which
	return e.Record()
}

// Learned is what training has made so far: the state of the device that outlives its buffers.
type Learned struct {
	Splats          int
	Params, Moments []byte // planes, as the device keeps them
}

// SplatsOf are the splats of a picture of the given shape.
func (l Learned) SplatsOf(s memory.Shape) *splat.Splats {
	return FromPlanes(Decode(l.Params), s.Splats, l.Splats, s.C)
}

// Save reads what was learned.
func (e *Engine) Save() (Learned, error) {
	l := Learned{e.splats, make([]byte, e.params.values.Bytes()), make([]byte, e.update.moments.Bytes())}
	if err := e.dev.Read(e.params.values, 0, l.Params); err != nil {
		return l, err
	}
	return l, e.dev.Read(e.update.moments, 0, l.Moments)
}

// Restore goes on from what an engine of the same shape had learned.
func (e *Engine) Restore(l Learned) error {
	if err := e.dev.Write(e.params.values, 0, l.Params); err != nil {
		return err
	}
	if err := e.dev.Write(e.update.moments, 0, l.Moments); err != nil {
		return err
	}
	e.splats = l.Splats
	return e.Record()
}

// Close gives the memory back.
func (e *Engine) Close() {
	for _, s := range append(e.slots[:], e.measure) {
		if s != nil {
			s.free()
		}
	}
	e.close()
}

// Submit starts step n, of which n%2 says in whose place, with the given numbers.
func (e *Engine) Submit(n int, step shaders.Step) error { return e.submit(e.slots[n%2], step) }

// Collect waits for step n and returns what it measured.
func (e *Engine) Collect(n int) (shaders.Report, error) { return e.collect(e.slots[n%2]) }

// Measure measures the picture as it is shown; the report may say that the lists were too short.
func (e *Engine) Measure(step shaders.Step) (shaders.Report, error) {
	if err := e.submit(e.measure, step); err != nil {
		return shaders.Report{}, err
	}
	return e.collect(e.measure)
}

// Timings are those of the kernels of step n, when the device was opened to profile.
func (e *Engine) Timings(n int) []vk.Timing {
	var times []vk.Timing
	for _, p := range e.slots[n%2].parts {
		times = append(times, p.seq.Timings()...)
	}
	return times
}

func (e *Engine) submit(s *slot, step shaders.Step) error {
	if _, err := binary.Encode(s.step.Mapped(), binary.LittleEndian, &step); err != nil {
		return err
	}
	for _, p := range s.parts {
		if p.streams {
			if err := e.target.feed(e.plan.Shape, p); err != nil {
				return err
			}
		}
		if err := p.seq.Submit(); err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) collect(s *slot) (shaders.Report, error) {
	var report shaders.Report
	for _, p := range s.parts { // in order: the last is the one to wait for
		if err := p.seq.Wait(); err != nil {
			return report, err
		}
	}
	if _, err := binary.Decode(s.report.Mapped(), binary.LittleEndian, &report); err != nil {
		return report, err
	}
	return report, e.walkable(int(report.Longest))
}
