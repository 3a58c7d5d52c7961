package engine

import (
	"fmt"

	"igs/memory"
	"igs/shaders"
	"igs/vk"
)

// pass is one part of a step. A pass owns its buffers and its kernels, knows what the buffers take, and records its work.
type pass interface {
	// declare lists the buffers of the pass in a plan, always in the same order.
	declare(p memory.Plan) []owned
	// build makes the kernels of the pass.
	build(m *maker) error
}

// owned is a buffer of a pass: its line of the plan, who touches it beside the device, and where the pass keeps it.
type owned struct {
	memory.Buffer
	use vk.Use
	at  **vk.Buffer // nil: the plan counts the buffer, and another one makes it
}

// declared adds up what passes declare.
func declared(passes []pass, p memory.Plan) []memory.Buffer {
	var list []memory.Buffer
	for _, pass := range passes {
		for _, o := range pass.declare(p) {
			list = append(list, o.Buffer)
		}
	}
	return list
}

// Declare lists the buffers of a plan: of drawing only, or of training. It is memory.Limits.Declare.
func Declare(p memory.Plan) []memory.Buffer {
	if p.Shape.DrawOnly {
		return declared(new(Renderer).drawing(), p)
	}
	return declared(new(Engine).training(p.Shape), p)
}

// allocate makes the buffers of the passes that are not there yet.
func allocate(dev *vk.Device, passes []pass, p memory.Plan) error {
	for _, pass := range passes {
		for _, o := range pass.declare(p) {
			if o.at == nil || *o.at != nil {
				continue
			}
			buffer, err := dev.NewBuffer(vk.BufferSpec{Name: o.Name, Group: o.Group, Bytes: o.Bytes, Use: o.use})
			if err != nil {
				return err
			}
			*o.at = buffer
		}
	}
	return nil
}

// release frees the buffers of the passes: all, or only those whose size follows the room for pairs.
func release(passes []pass, p memory.Plan, perPair bool) {
	for _, pass := range passes {
		for _, o := range pass.declare(p) {
			if o.at != nil && *o.at != nil && (o.PerPair || !perPair) {
				(*o.at).Free()
				*o.at = nil
			}
		}
	}
}

// maker builds kernels with the constants that all of them share (quad.glsl).
type maker struct {
	dev    *vk.Device
	plan   memory.Plan
	setup  Setup
	shared []uint32
	made   []*vk.Kernel
	told   func(name string, constants []uint32) // a test lists the kernels instead of making them
}

func newMaker(dev *vk.Device, plan memory.Plan, set Setup) *maker {
	s := plan.Shape
	return &maker{dev: dev, plan: plan, setup: set, shared: []uint32{flag(set.Tuning.Texel), flag(s.Half), uint32(s.C)}}
}

// kernel makes a kernel; its own constants follow the shared ones.
func (m *maker) kernel(to **vk.Kernel, name string, own ...uint32) error {
	code, err := shaders.Load(name)
	if err != nil {
		return err
	}
	constants := append(append([]uint32{}, m.shared...), own...)
	if m.told != nil {
		m.told(name, constants)
		return nil
	}
	if m.dev == nil { // to be counted
		*to = vk.KernelOf(code, constants...)
		return nil
	}
	k, err := m.dev.NewKernel(code, constants...)
	if err != nil {
		return fmt.Errorf("kernel %s: %w", name, err)
	}
	*to = k
	m.made = append(m.made, k)
	return nil
}

func (m *maker) free() {
	for _, k := range m.made {
		k.Free()
	}
}

// over is the grid of a kernel with one invocation for each of n things, whose number is INVOCATION (number.glsl).
func over(k *vk.Kernel, n int) [3]int { return rows(div(n, k.Size()[0]), k.MaxGroups()[0]) }

// rows lays workgroups out in as few rows as the device takes.
func rows(groups, most int) [3]int {
	n := max(div(groups, most), 1)
	return [3]int{div(groups, n), n, 1}
}

func arg(b *vk.Buffer) vk.Arg { return vk.Arg{Buffer: b} }

// texels binds a buffer that kernels may also read through a texel buffer of the given format.
func texels(b *vk.Buffer, f vk.Format) vk.Arg { return vk.Arg{Buffer: b, Format: f} }

// quads binds a buffer of float32 quads.
func quads(b *vk.Buffer) vk.Arg { return texels(b, vk.RGBA32F) }

func flag(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}

func div(n, by int) int { return (n + by - 1) / by }
