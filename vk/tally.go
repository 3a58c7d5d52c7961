package vk

import "igs/shaders"

// Tally is what was recorded where there is no device.
type Tally struct {
	Dispatches    map[string]int // by kernel
	Fills, Copies int
	Sequences     int // recordings that were finished: submissions, when each is submitted once
}

// All is the number of dispatches.
func (t Tally) All() int {
	n := 0
	for _, times := range t.Dispatches {
		n += times
	}
	return n
}

// NewTally starts a recording that counts into t, and needs no device, buffers or pipelines.
func NewTally(t *Tally) *Recorder {
	if t.Dispatches == nil {
		t.Dispatches = map[string]int{}
	}
	return &Recorder{tally: t}
}

// Next starts another recording of the same kind.
func (r *Recorder) Next() *Recorder { return &Recorder{device: r.device, tally: r.tally} }

// KernelOf is a kernel without a pipeline: it can be counted and says its size, and nothing else.
func KernelOf(k shaders.Kernel, spec ...uint32) *Kernel {
	counted := &pipeline{code: k}
	for d, n := range k.Size(spec...) {
		counted.size[d] = int(n)
	}
	return &Kernel{pipeline: counted}
}
