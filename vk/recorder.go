package vk

import (
	"fmt"

	"igs/shaders"

	vulkan "github.com/vulkan-go/vulkan"
)

// Recorder collects commands until Finish turns them into a Sequence. It derives the barriers from the accesses that
// the SPIR-V of each kernel declares. It keeps the first error, which Finish returns.
type Recorder struct {
	device   *Device
	hazards  hazards
	commands []command
	finished bool
	err      error
	tally    *Tally // counts instead of recording
}

// command is one recorded command. Exactly one of kernel and write is set.
type command struct {
	barrier bool // a barrier comes before it
	touches []touch

	kernel *Kernel
	groups [3]uint32
	push   []byte
	binds  []bound

	write   func(vulkan.CommandBuffer) // fill, copy
	buffers []*Buffer
}

// NewRecorder starts an empty recording.
func (d *Device) NewRecorder() *Recorder { return &Recorder{device: d} }

// Dispatch records a dispatch of k with the given number of workgroups along each axis. args[i] is binding i, in set 0,
// set 1 or both. push is nil, a struct or a pointer to one; its bytes are copied.
func (r *Recorder) Dispatch(k *Kernel, groups [3]int, push any, args ...Arg) {
	if r.err != nil {
		return
	}
	if r.tally != nil {
		r.tally.Dispatches[k.Name()]++
		return
	}
	c, err := r.dispatch(k, groups, push, args)
	if err != nil {
		name := "?"
		if k != nil {
			name = k.Name()
		}
		r.err = fmt.Errorf("dispatch of %s: %w", name, err)
		return
	}
	r.add(c)
}

func (r *Recorder) dispatch(k *Kernel, groups [3]int, push any, args []Arg) (command, error) {
	if k == nil || k.freed.Load() || k.device != r.device {
		return command{}, fmt.Errorf("no such kernel on this device")
	}
	c := command{kernel: k, binds: make([]bound, 0, len(k.code.Bindings)), touches: make([]touch, 0, len(k.code.Bindings))}
	for d, n := range groups {
		if n < 0 || n > r.device.info.MaxGroups[d] {
			return c, fmt.Errorf("%v groups, but %s takes at most %v", groups, r.device.info.Name, r.device.info.MaxGroups)
		}
		c.groups[d] = uint32(n)
	}
	var err error
	if c.push, err = pushData(push, k.code.PushBytes); err != nil {
		return c, err
	}
	for _, b := range k.code.Bindings {
		if b.Index >= len(args) {
			return c, fmt.Errorf("%d arguments, but it has a binding %d", len(args), b.Index)
		}
		a, err := r.bind(b, args[b.Index])
		if err != nil {
			return c, fmt.Errorf("argument %d: %w", b.Index, err)
		}
		c.binds = append(c.binds, a)
		c.touches = append(c.touches, touch{a.buffer.id, a.reach(), b.Access})
		c.buffers = append(c.buffers, a.buffer)
	}
	return c, nil
}

// Fill records that n bytes of the buffer are set to value, word by word. off and n are multiples of 4.
func (r *Recorder) Fill(b *Buffer, off, n int64, value uint32) {
	if r.err != nil {
		return
	}
	if r.tally != nil {
		r.tally.Fills++
		return
	}
	if err := r.usable(b, off, n); err != nil || off%4 != 0 || n%4 != 0 {
		if err == nil {
			err = fmt.Errorf("%d bytes at %d are not whole words", n, off)
		}
		r.err = fmt.Errorf("fill: %w", err)
		return
	}
	if n == 0 {
		return
	}
	r.add(command{
		touches: []touch{{b.id, span{off, off + n}, shaders.WriteOnly}},
		buffers: []*Buffer{b},
		write: func(c vulkan.CommandBuffer) {
			vulkan.CmdFillBuffer(c, b.handle, vulkan.DeviceSize(off), vulkan.DeviceSize(n), value)
		},
	})
}

// Copy records a copy of n bytes from src to dst. Both may be the same buffer if the ranges do not overlap.
func (r *Recorder) Copy(dst *Buffer, dstOff int64, src *Buffer, srcOff, n int64) {
	if r.err != nil {
		return
	}
	if r.tally != nil {
		r.tally.Copies++
		return
	}
	err := r.usable(dst, dstOff, n)
	if err == nil {
		err = r.usable(src, srcOff, n)
	}
	to, from := span{dstOff, dstOff + n}, span{srcOff, srcOff + n}
	if err == nil && dst == src && to.overlaps(from) {
		err = fmt.Errorf("the ranges overlap in buffer %s", dst.spec.Name)
	}
	if err != nil {
		r.err = fmt.Errorf("copy: %w", err)
		return
	}
	if n == 0 {
		return
	}
	r.add(command{
		touches: []touch{{src.id, from, shaders.ReadOnly}, {dst.id, to, shaders.WriteOnly}},
		buffers: []*Buffer{dst, src},
		write: func(c vulkan.CommandBuffer) {
			copyBuffer(c, dst.handle, dstOff, src.handle, srcOff, n)
		},
	})
}

func (r *Recorder) usable(b *Buffer, off, n int64) error {
	if b == nil || b.device != r.device {
		return fmt.Errorf("no such buffer on this device")
	}
	return b.holds(off, n)
}

func (r *Recorder) add(c command) {
	if r.finished {
		r.err = fmt.Errorf("recording into a finished Recorder")
		return
	}
	c.barrier = r.hazards.next(c.touches)
	r.commands = append(r.commands, c)
}
