package vk

// DropBarriers makes the recorder leave out all barriers, for tests that must detect this.
func (r *Recorder) DropBarriers() {
	for i := range r.commands {
		r.commands[i].barrier = false
	}
}

// Barriers counts the barriers that the recorder derived.
func (r *Recorder) Barriers() int {
	n := 0
	for _, c := range r.commands {
		if c.barrier {
			n++
		}
	}
	return n
}
