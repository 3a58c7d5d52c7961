package vk

import "igs/shaders"

// Tally counts recorded commands without a device.
type Tally struct {
	Dispatches    map[string]int // by kernel
	Fills, Copies int
	Sequences     int // finished recordings: the number of submissions if each is submitted once
}

// All returns the number of dispatches.
func (t Tally) All() int {
	n := 0
	for _, times := range t.Dispatches {
		n += times
	}
	return n
}

// NewTally starts a recording that counts into t. It needs no device, buffers or pipelines.
func NewTally(t *Tally) *Recorder {
	if t.Dispatches == nil {
		t.Dispatches = map[string]int{}
	}
	return &Recorder{tally: t}
}

// Next starts another recording, on the same device or into the same Tally.
func (r *Recorder) Next() *Recorder { return &Recorder{device: r.device, tally: r.tally} }

// KernelOf returns a kernel without a pipeline. It can only be counted and asked for its size.
func KernelOf(k shaders.Kernel, spec ...uint32) *Kernel {
	counted := &pipeline{code: k}
	for d, n := range k.Size(spec...) {
		counted.size[d] = int(n)
	}
	return &Kernel{pipeline: counted}
}
