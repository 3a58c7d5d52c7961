package optim

import (
	"igs/memory"
	"igs/vk"
)

// slot is what one step in flight needs of its own. Two of them keep the device busy while the host looks at the step before.
type slot struct {
	step, report *vk.Buffer
	parts        []part
}

// part is a run of the commands of a step. A step is one part, or with a streamed target one a band and the rest.
type part struct {
	seq     *vk.Sequence
	band    memory.Band
	streams bool // the band's rows of the target must be in place before
}

func (s *slot) free() {
	s.clear()
	s.step.Free()
	s.report.Free()
}

func (s *slot) clear() {
	for _, p := range s.parts {
		p.seq.Free()
	}
	s.parts = nil
}

// recorder collects the commands of a slot. Verbs record into what it embeds; when the target is streamed, band cuts the commands
// so that the host can act in between.
type recorder struct {
	*vk.Recorder
	engine *engine
	slot   *slot
	next   part
	err    error
}

// band begins the work of a band.
func (r *recorder) band(b memory.Band) {
	if r.engine.plan.Streamed {
		r.cut()
		r.next = part{band: b, streams: true}
	}
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
	r.next, r.Recorder = part{}, r.engine.dev.NewRecorder()
}

// record makes the command buffers anew; needed whenever the number of splats, the bands or the lists change.
func (e *engine) record() error {
	for _, s := range e.slots {
		if err := e.recordSlot(s, e.recordStep); err != nil {
			return err
		}
	}
	return e.recordSlot(e.measure, e.recordMeasure)
}

func (e *engine) recordSlot(s *slot, verbs func(*recorder, *slot)) error {
	s.clear()
	e.readers = [2]*vk.Sequence{}
	r := &recorder{Recorder: e.dev.NewRecorder(), engine: e, slot: s}
	verbs(r, s)
	r.cut()
	return r.err
}
