package engine

import (
	"igs/memory"
	"igs/vk"
)

// Step and report: what one step in flight tells the device and what it hears back.
const (
	stepBytes   = 64
	reportBytes = 32
)

// slot is what one step in flight needs of its own. Two of them keep the device busy while the host looks at the step before, and a
// third one measures.
type slot struct {
	step, report *vk.Buffer
	near         *vk.Buffer // a copy of step in the device's own memory; nil where that of the host is as near
	parts        []part
}

// numbers binds what the host says of the step.
func (s *slot) numbers() vk.Arg {
	if s.near != nil {
		return arg(s.near)
	}
	return arg(s.step)
}

// fetch copies the numbers once, so that not every workgroup of a step reads them over the bus.
func (s *slot) fetch(r *vk.Recorder) {
	if s.near != nil {
		r.Copy(s.near, 0, s.step, 0, stepBytes)
	}
}

// slots declares what the three slots take.
type slots struct{}

func (slots) declare(memory.Plan) []owned {
	return []owned{
		{memory.Buffer{Name: "steps", Group: "control", Bytes: 2 * 3 * stepBytes}, vk.Upload, nil}, // each twice, here and there
		{memory.Buffer{Name: "reports", Group: "control", Bytes: 3 * reportBytes}, vk.Readback, nil},
	}
}

func (slots) build(*maker) error { return nil }

func newSlot(dev *vk.Device, far bool) (*slot, error) {
	s := &slot{}
	var err error
	if s.step, err = dev.NewBuffer(vk.BufferSpec{Name: "step", Group: "control", Bytes: stepBytes, Use: vk.Upload}); err != nil {
		return nil, err
	}
	if s.report, err = dev.NewBuffer(vk.BufferSpec{Name: "report", Group: "control", Bytes: reportBytes, Use: vk.Readback}); err == nil && far {
		s.near, err = dev.NewBuffer(vk.BufferSpec{Name: "step", Group: "control", Bytes: stepBytes, Use: vk.DeviceLocal})
	}
	if err != nil {
		s.free()
		return nil, err
	}
	return s, nil
}

// part is a run of the commands of a step, submitted at once. A step is one part, or with a streamed target one a band and the rest, or so
// many that none takes longer than the device may.
type part struct {
	seq     *vk.Sequence
	band    memory.Band
	streams bool // the band's rows of the target must be in place before
}

func (s *slot) free() {
	s.clear()
	s.step.Free()
	s.report.Free()
	s.near.Free()
}

func (s *slot) clear() {
	for _, p := range s.parts {
		p.seq.Free()
	}
	s.parts = nil
}

// recorder collects the commands of a slot. Passes record into what it embeds; when the target is streamed, band cuts the commands
// so that the host can act in between.
type recorder struct {
	*vk.Recorder
	engine *Engine
	slot   *slot
	next   part
	pixels int // of the bands of next
	err    error
}

// band begins the work of a band.
func (r *recorder) band(b memory.Band) {
	plan, most := r.engine.plan, r.engine.setup.Limits.SubmitPixels
	pixels := (b.DrawEnd - b.DrawBegin) * memory.TileSize * plan.Shape.W
	if plan.Streamed {
		r.cut()
		r.next = part{band: b, streams: true}
	} else if most > 0 && r.pixels > 0 && r.pixels+pixels > most {
		r.cut()
	}
	r.pixels += pixels
}

// cut makes a part of what was recorded since the last cut.
func (r *recorder) cut() {
	if r.err != nil {
		return
	}
	r.next.seq, r.err = r.Finish()
	if r.err == nil {
		r.slot.parts = append(r.slot.parts, r.next)
	}
	r.next, r.pixels, r.Recorder = part{}, 0, r.Next()
}

// Record makes the command buffers anew; needed whenever the number of splats, the bands or the lists change.
func (e *Engine) Record() error {
	for _, s := range e.slots {
		if err := e.recordSlot(s, e.recordStep); err != nil {
			return err
		}
	}
	return e.recordSlot(e.measure, e.recordMeasure)
}

func (e *Engine) recordSlot(s *slot, commands func(*recorder, *slot)) error {
	s.clear()
	e.target.readers = [2]*vk.Sequence{}
	r := &recorder{Recorder: e.dev.NewRecorder(), engine: e, slot: s}
	commands(r, s)
	r.cut()
	return r.err
}
