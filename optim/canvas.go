package optim

import (
	"fmt"

	"igs/internal/fault"
	"igs/memory"
	"igs/shaders"
	"igs/splat"
	"igs/vk"
)

// cut is the exponent beyond which a splat does not count at a pixel: six standard deviations, where a weight is 1.5e-8 against the
// 1e-4 that the denominator starts from. Tails that are too faint to be seen still pull splats into the holes between them: with
// 9.2 in its place kodim05 (2500 splats) was 0.16 dB lower after 500 steps, and with 7 holes stayed black. rasterize stops early, so
// the width costs time in binning only.
const cut = 18

// canvas draws splats: the buffers and kernels of project, bin and rasterize for one picture size. Training builds on it.
type canvas struct {
	dev    *vk.Device
	setup  setup
	plan   memory.Plan
	bands  []memory.Band
	splats int     // splats there are now
	zoom   float32 // drawn height / training height: multiplies σ
	gamma  float64 // what is shown is taken to 1/gamma; 0 = as it is

	kernels map[string]*vk.Kernel
	buffers map[string]*vk.Buffer
}

// newCanvas allocates what the plan lists and builds the drawing kernels.
func newCanvas(dev *vk.Device, plan memory.Plan, zoom float32, set setup) (*canvas, error) {
	c := &canvas{dev: dev, setup: set, zoom: zoom, plan: plan, bands: plan.Bands(), kernels: map[string]*vk.Kernel{}, buffers: map[string]*vk.Buffer{}}
	if err := c.prepare(); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *canvas) prepare() error {
	for _, b := range c.plan.Buffers {
		if err := c.allocate(b); err != nil {
			return err
		}
	}
	return c.build()
}

func (c *canvas) allocate(b memory.Buffer) error {
	use := vk.DeviceLocal
	switch b.Name {
	case "staging", "steps", "reports":
		return nil // made by those who fill them
	case "target_even", "target_odd":
		use = vk.Upload
	case "film_even", "film_odd":
		use = vk.Readback
	}
	buffer, err := c.dev.NewBuffer(vk.BufferSpec{Name: b.Name, Group: b.Group, Bytes: b.Bytes, Use: use})
	if err != nil {
		return err
	}
	c.buffers[b.Name] = buffer
	return nil
}

// build makes the drawing kernels.
func (c *canvas) build() error {
	for _, k := range []struct {
		name string
		own  []uint32
	}{
		{"splat_project", nil},
		{"bin_count", nil},
		{"bin_scan", nil},
		{"bin_emit", nil},
		{"bin_sort", nil},
		{"rasterize", []uint32{c.setup.tune.pixels, uint32(c.setup.topK), memory.TileSize / c.setup.tune.pixels}},
	} {
		if err := c.kernel(k.name, k.name, k.own...); err != nil {
			return err
		}
	}
	return nil
}

// kernel builds a kernel with the constants that all share (quad.glsl) followed by its own, and files it under `as`.
func (c *canvas) kernel(as, name string, own ...uint32) error {
	code, err := shaders.Load(name)
	if err != nil {
		return err
	}
	s := c.plan.Shape
	k, err := c.dev.NewKernel(code, append([]uint32{flag(c.setup.tune.texel), flag(s.Half), uint32(s.C)}, own...)...)
	if err != nil {
		return fmt.Errorf("kernel %s: %w", name, err)
	}
	c.kernels[as] = k
	return nil
}

func flag(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}

func (c *canvas) close() {
	for _, b := range c.buffers {
		b.Free()
	}
	for _, k := range c.kernels {
		k.Free()
	}
}

// grow makes room for `needed` pairs in the lists of a band: by lower bands, which take no memory, and only where a band is one
// tile row already by longer lists. What was recorded before is void.
func (c *canvas) grow(needed int) error {
	if plan, ok := c.plan.Narrow(needed); ok {
		c.plan, c.bands = plan, plan.Bands()
		return nil
	}
	return c.extend(needed)
}

// extend makes longer lists, or when the device refuses them as long as they were. What was recorded before is void either way.
func (c *canvas) extend(needed int) error {
	plan, err := c.plan.Lengthen(needed+needed/4, c.setup.limits)
	if err != nil {
		plan, err = c.plan.Lengthen(needed, c.setup.limits)
	}
	if err != nil {
		return err
	}
	if err := c.exchangeLists(plan); err != nil {
		if lost := c.exchangeLists(c.plan); lost != nil {
			return lost
		}
		return err
	}
	c.plan = plan
	return nil
}

// exchangeLists makes the lists anew, as a plan wants them.
func (c *canvas) exchangeLists(plan memory.Plan) error {
	for _, name := range []string{"list", plan.PairsBuffer()} {
		if old := c.buffers[name]; old != nil {
			old.Free()
			delete(c.buffers, name)
		}
		if err := c.allocate(plan.Of(name)); err != nil {
			return err
		}
	}
	return nil
}

// load puts the splats on the device.
func (c *canvas) load(p *splat.Splats) error {
	stride := c.plan.Shape.Splats
	if p.N > stride {
		return fault.New(fault.Failed, "", "%d splats do not fit room for %d", p.N, stride)
	}
	c.splats = p.N
	return c.dev.Write(c.buffers["params"], 0, encode(planes(p, stride)))
}

// unload reads the splats back.
func (c *canvas) unload() (*splat.Splats, error) {
	s := c.plan.Shape
	flat := make([]byte, 4*s.Planes()*s.Splats)
	if err := c.dev.Read(c.buffers["params"], 0, flat); err != nil {
		return nil, err
	}
	return fromPlanes(decode(flat), s.Splats, c.splats, s.C), nil
}
