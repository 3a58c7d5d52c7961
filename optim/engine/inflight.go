package engine

import (
	"cmp"
	"encoding/binary"
	"slices"

	"igs/memory"
	"igs/shaders"
	"igs/vk"
)

// Sizes of the numbers of one picture that a step gives to the device (shaders.Step) and of its report (shaders.Report).
const (
	stepBytes   = 60
	reportBytes = 32
)

// stepInFlight holds the buffers and commands of one step in flight. With two of them the device is busy while the host
// reads the report of the previous step. A third one is for evaluations.
type stepInFlight struct {
	input, report *vk.Buffer
	near          *vk.Buffer // a copy of input in device-local memory; nil if the device shares the host's memory
	parts         []part
}

// numbers returns the argument of the numbers of the step.
func (s *stepInFlight) numbers() vk.Arg {
	if s.near != nil {
		return arg(s.near)
	}
	return arg(s.input)
}

// fetch copies the numbers to the device once, so that not every workgroup reads them over the bus.
func (s *stepInFlight) fetch(r *vk.Recorder) {
	if s.near != nil {
		r.Copy(s.near, 0, s.input, 0, s.input.Bytes())
	}
}

// setOffset copies the offset of a strided step to where splat_project reads it, after the state is cleared.
func (s *stepInFlight) setOffset(r *vk.Recorder, state *vk.Buffer) {
	r.Copy(state, offsetAt, s.input, int64(binary.Size(shaders.Step{}))-8, 8) // the last two fields
}

// stepBuffers declares the buffers of the three steps in flight.
type stepBuffers struct{}

func (stepBuffers) declare(p memory.Plan) []owned {
	n := int64(p.Shape.Pictures())
	return []owned{
		// Twice each: on the host and on the device.
		{memory.Buffer{Name: "steps", Group: "control", Bytes: 2 * 3 * stepBytes * n}, vk.Upload, nil},
		{memory.Buffer{Name: "reports", Group: "control", Bytes: 3 * reportBytes * n}, vk.Readback, nil},
	}
}

func (stepBuffers) build(*maker) error { return nil }

// newStepInFlight makes the buffers of a step of n pictures.
func newStepInFlight(dev *vk.Device, far bool, n int) (*stepInFlight, error) {
	s := &stepInFlight{}
	var err error
	if s.input, err = dev.NewBuffer(vk.BufferSpec{Name: "step", Group: "control", Bytes: stepBytes * int64(n), Use: vk.Upload}); err != nil {
		return nil, err
	}
	if s.report, err = dev.NewBuffer(vk.BufferSpec{Name: "report", Group: "control", Bytes: reportBytes * int64(n), Use: vk.Readback}); err == nil && far {
		s.near, err = dev.NewBuffer(vk.BufferSpec{Name: "step", Group: "control", Bytes: stepBytes * int64(n), Use: vk.DeviceLocal})
	}
	if err != nil {
		s.free()
		return nil, err
	}
	return s, nil
}

// reports returns the reports of n pictures.
func (s *stepInFlight) reports(n int) []shaders.Report {
	all := make([]shaders.Report, n)
	for i := range all {
		if _, err := binary.Decode(s.report.Mapped()[i*reportBytes:], binary.LittleEndian, &all[i]); err != nil {
			panic(err) // the buffer is too short
		}
	}
	return all
}

// part is a sequence of commands of a step that is submitted at once. A step is usually one part. With a streamed
// target it is one part per band and the rest. With a limit on the pixels of a submission it is as many parts as
// needed.
type part struct {
	seq     *vk.Sequence
	band    memory.Band
	turn    int  // which of the two buffers of a streamed target the band reads
	streams bool // the rows of the target for the band must be uploaded before
}

func (s *stepInFlight) free() {
	s.clear()
	s.input.Free()
	s.report.Free()
	s.near.Free()
}

func (s *stepInFlight) clear() {
	for _, p := range s.parts {
		p.seq.Free()
	}
	s.parts = nil
}

// recorder collects the commands of a step in flight. Passes record into the embedded Recorder. When the target is
// streamed, band cuts the commands, so that the host can upload rows of the target between the parts.
type recorder struct {
	*vk.Recorder
	engine *Engine
	step   *stepInFlight
	next   part
	most   int // pixels of the bands of a part where the device has no limit; 0 means none
	pixels int // pixels of the bands of next
	err    error
}

// band begins the commands of a band.
func (r *recorder) band(b memory.Band) {
	plan, most := r.engine.plan, cmp.Or(r.engine.setup.Limits.SubmitPixels, r.most)
	pixels := (b.DrawEnd - b.DrawBegin) * memory.TileSize * plan.Shape.W
	if plan.Streamed {
		r.cut()
		r.next = part{band: b, turn: r.engine.target.turn(plan, b), streams: true}
	} else if most > 0 && r.pixels > 0 && r.pixels+pixels > most {
		r.cut()
	}
	r.pixels += pixels
}

// cut makes a part of the commands since the last cut.
func (r *recorder) cut() {
	if r.err != nil {
		return
	}
	r.next.seq, r.err = r.Finish()
	if r.err == nil {
		r.step.parts = append(r.step.parts, r.next)
	}
	r.next, r.pixels, r.Recorder = part{}, 0, r.Next()
}

// Record records the commands of a step again. It is needed whenever the number of splats, the bands or the lists change.
// The commands of the other step in flight and of an evaluation are recorded before their next use (ready).
func (e *Engine) Record() error {
	for _, s := range append(e.inFlight[:], e.measure) {
		s.clear()
	}
	e.target.readers = [2]*vk.Sequence{}
	return e.ready(e.inFlight[0])
}

// ready records the commands of a step in flight or of an evaluation, unless they are recorded.
func (e *Engine) ready(s *stepInFlight) error {
	if s.parts != nil {
		return nil
	}
	commands, most := e.recordStep, 0
	if s == e.measure {
		commands, most = e.recordMeasure, measuredPixels
	}
	e.target.step = max(slices.Index(e.inFlight[:], s), 0)
	err := e.recordCommands(s, most, commands)
	e.target.step = 0
	return err
}

// recordCommands records the commands of a step. Where the device has no limit, parts have at most so many pixels; 0 means no
// limit.
func (e *Engine) recordCommands(s *stepInFlight, most int, commands func(*recorder, *stepInFlight)) error {
	r := &recorder{Recorder: e.dev.NewRecorder(), engine: e, step: s, most: most}
	commands(r, s)
	if r.cut(); r.err != nil {
		s.clear()
	}
	return r.err
}
