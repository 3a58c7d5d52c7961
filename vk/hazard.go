package vk

import "igs/shaders"

// span is the bytes from begin up to but not including end.
type span struct{ begin, end int64 }

func (s span) overlaps(o span) bool { return s.begin < o.end && o.begin < s.end }

// touch is what one command does to one stretch of a buffer.
type touch struct {
	buffer uint64 // Buffer.id; buffers never share memory
	at     span
	access shaders.Access
}

// hazards knows what was read and written since the last barrier. Reads may run beside
// reads; anything else on the same bytes needs a barrier between.
type hazards struct {
	reads, writes map[uint64][]span
}

// next takes the touches of the next command and says whether a barrier must come before
// it. The touches of one command do not conflict with each other: a kernel that reads and
// writes the same bytes through two bindings has to order that itself.
func (h *hazards) next(touches []touch) bool {
	race := h.races(touches)
	if race {
		h.settle()
	}
	if h.reads == nil {
		h.reads, h.writes = map[uint64][]span{}, map[uint64][]span{}
	}
	for _, t := range touches {
		if t.access.Reads() {
			h.reads[t.buffer] = merge(h.reads[t.buffer], t.at)
		}
		if t.access.Writes() {
			h.writes[t.buffer] = merge(h.writes[t.buffer], t.at)
		}
	}
	return race
}

// settle forgets everything: a global barrier orders all that came before.
func (h *hazards) settle() {
	clear(h.reads)
	clear(h.writes)
}

func (h *hazards) races(touches []touch) bool {
	for _, t := range touches {
		if hits(h.writes[t.buffer], t.at) || t.access.Writes() && hits(h.reads[t.buffer], t.at) {
			return true
		}
	}
	return false
}

func hits(list []span, s span) bool {
	for _, o := range list {
		if o.overlaps(s) {
			return true
		}
	}
	return false
}

// merge adds a span, joining it with those it overlaps or borders on, so that bands
// written one after another stay a single entry.
func merge(list []span, s span) []span {
	kept := list[:0]
	for _, o := range list {
		if o.begin <= s.end && s.begin <= o.end {
			s = span{min(s.begin, o.begin), max(s.end, o.end)}
		} else {
			kept = append(kept, o)
		}
	}
	return append(kept, s)
}
