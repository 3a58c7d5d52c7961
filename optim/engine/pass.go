package engine

import (
	"fmt"

	"igs/memory"
	"igs/shaders"
	"igs/vk"
)

// pass is one part of a step. A pass owns its buffers and kernels, declares the sizes of the buffers, and records its
// commands.
type pass interface {
	// declare lists the buffers of the pass in a plan, always in the same order.
	declare(p memory.Plan) []owned
	// build makes the kernels of the pass.
	build(m *maker) error
}

// owned is a buffer of a pass: its line of the plan, its use by the host, and the field of the pass that holds it.
type owned struct {
	memory.Buffer
	use vk.Use
	at  **vk.Buffer // nil: the plan counts the buffer, and other code makes it
}

// useOn is the use of the buffer on a device. On a CPU the host reads drawn pixels where they are, without a copy.
func (o owned) useOn(dev *vk.Device) vk.Use {
	if o.Name == pixelsName && dev.Info().Kind == vk.CPU {
		return vk.Readback
	}
	return o.use
}

// declared returns the buffers of all passes.
func declared(passes []pass, p memory.Plan) []memory.Buffer {
	var list []memory.Buffer
	for _, pass := range passes {
		for _, o := range pass.declare(p) {
			list = append(list, o.Buffer)
		}
	}
	return list
}

// Declare returns the buffers of a plan, for rendering only or for training. It is used as memory.Limits.Declare.
func Declare(p memory.Plan) []memory.Buffer {
	if p.Shape.RenderOnly {
		return declared(new(Renderer).renderPasses(), p)
	}
	return declared(new(Engine).trainingPasses(p.Shape), p)
}

// allocate makes the buffers of the passes that do not exist yet.
func allocate(dev *vk.Device, passes []pass, p memory.Plan) error {
	for _, pass := range passes {
		for _, o := range pass.declare(p) {
			if o.at == nil || *o.at != nil {
				continue
			}
			buffer, err := dev.NewBuffer(vk.BufferSpec{Name: o.Name, Group: o.Group, Bytes: o.Bytes, Use: o.useOn(dev)})
			if err != nil {
				return err
			}
			*o.at = buffer
		}
	}
	return nil
}

// release frees all buffers of the passes, or with perPair only those whose size depends on the number of pairs.
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

// maker builds kernels with the constants that all kernels share (quad.glsl).
type maker struct {
	dev    *vk.Device
	plan   memory.Plan
	setup  Setup
	shared []uint32
	made   []*vk.Kernel
	list   func(name string, constants []uint32) // set by a test that lists the kernels instead of building them
}

func newMaker(dev *vk.Device, plan memory.Plan, set Setup) *maker {
	s := plan.Shape
	return &maker{dev: dev, plan: plan, setup: set, shared: []uint32{flag(set.Tuning.Texel), flag(s.Half), uint32(s.C)}}
}

// kernel builds a kernel. Its own constants follow the shared ones.
func (m *maker) kernel(to **vk.Kernel, name string, own ...uint32) error {
	code, err := shaders.Load(name)
	if err != nil {
		return err
	}
	constants := append(append([]uint32{}, m.shared...), own...)
	if m.list != nil {
		m.list(name, constants)
		return nil
	}
	if m.dev == nil { // only count dispatches
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

// over returns the grid of a kernel with n invocations, whose index is INVOCATION (number.glsl).
func over(k *vk.Kernel, n int) [3]int { return rows(div(n, k.Size()[0]), k.MaxGroups()[0]) }

// rows arranges workgroups in as few rows as the device allows.
func rows(groups, most int) [3]int {
	n := max(div(groups, most), 1)
	return [3]int{div(groups, n), n, 1}
}

func arg(b *vk.Buffer) vk.Arg { return vk.Arg{Buffer: b} }

// texels returns the argument of a buffer that kernels may also read as texels of the given format.
func texels(b *vk.Buffer, f vk.Format) vk.Arg { return vk.Arg{Buffer: b, Format: f} }

// quads returns the argument of a buffer of float32 quads.
func quads(b *vk.Buffer) vk.Arg { return texels(b, vk.RGBA32F) }

func flag(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}

func div(n, by int) int { return (n + by - 1) / by }
