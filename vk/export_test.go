package vk

// DropBarriers records as if nothing ever raced, for tests that must see that missing.
func (r *Recorder) DropBarriers() {
	for i := range r.commands {
		r.commands[i].barrier = false
	}
}

// Barriers counts those that the recorder derived.
func (r *Recorder) Barriers() int {
	n := 0
	for _, c := range r.commands {
		if c.barrier {
			n++
		}
	}
	return n
}
