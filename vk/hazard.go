package vk

import "igs/shaders"

// span is the range of bytes from begin to end, end excluded.
type span struct{ begin, end int64 }

func (s span) overlaps(o span) bool { return s.begin < o.end && o.begin < s.end }

// touch is the access of one command to one range of a buffer.
type touch struct {
	buffer uint64 // Buffer.id; two buffers never share memory
	at     span
	access shaders.Access
}

// hazards holds the ranges that were read and written since the last barrier. Reads of the same bytes may run at the
// same time. Any other two accesses to the same bytes need a barrier between them.
type hazards struct {
	reads, writes map[uint64][]span
}

// next adds the accesses of the next command, and returns whether it needs a barrier before it. The accesses of one
// command are not compared with each other: a kernel that reads and writes the same bytes through two bindings must
// order them itself.
func (h *hazards) next(touches []touch) bool {
	race := h.races(touches)
	if race {
		h.reset()
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

// reset clears all ranges, because a global barrier orders all earlier accesses.
func (h *hazards) reset() {
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

// merge adds a span to the list, and joins it with the spans that it overlaps or adjoins. Bands that are written one
// after the other thus stay one entry.
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
