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

	kernels map[string]*vk.Kernel
	buffers map[string]*vk.Buffer
}

// newCanvas allocates what the plan lists and builds the drawing kernels. `first` are the splats as they will be drawn first; they
// are not loaded yet.
func newCanvas(dev *vk.Device, shape memory.Shape, first *splat.Splats, zoom float32, set setup) (*canvas, error) {
	c := &canvas{dev: dev, setup: set, zoom: zoom, kernels: map[string]*vk.Kernel{}, buffers: map[string]*vk.Buffer{}}
	shape.Splats = set.capacity
	if err := c.prepare(shape, first); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *canvas) prepare(shape memory.Shape, first *splat.Splats) error {
	var err error
	if c.setup.pairs > 0 {
		c.plan, err = memory.Fit(shape, c.setup.pairs, c.setup.limits)
	} else {
		c.plan, err = fit(shape, expectedPairs(shape, first, float64(c.zoom)), c.setup.limits)
	}
	if err != nil {
		return err
	}
	c.bands = c.plan.Bands()
	for _, b := range c.plan.Buffers {
		if err := c.allocate(b); err != nil {
			return err
		}
	}
	return c.build()
}

// fit plans for the expected pairs of the whole picture, of which each of several bands gets its share and half as much again.
func fit(shape memory.Shape, pairs int, limits memory.Limits) (memory.Plan, error) {
	plan, err := memory.Fit(shape, 1, limits)
	if err != nil {
		return plan, err
	}
	share := min(float64(plan.BandRows+1)/float64(shape.TilesY())*1.5, 1)
	return memory.Fit(shape, int(float64(pairs)*share)+1024, limits)
}

// expectedPairs estimates the splat-tile pairs of the picture from the first splats as they stand: the area of an ellipse's box
// and a tile's border around it, for as many splats as the shape will hold.
func expectedPairs(shape memory.Shape, p *splat.Splats, zoom float64) int {
	if p.N == 0 {
		return 0
	}
	const reach = 6.0 // sqrt(2 cut) standard deviations
	tiles := float64(shape.TilesX() * shape.TilesY())
	var pairs float64
	for i := range p.N {
		side := 1.0
		for _, t := range p.Scale[2*i : 2*i+2] {
			side *= 2*reach*zoom/max(float64(abs32(t)), 1e-6)/memory.TileSize + 1
		}
		pairs += min(side, tiles)
	}
	return int(pairs / float64(p.N) * float64(shape.Splats))
}

func abs32(v float32) float32 {
	return max(v, -v)
}

func (c *canvas) allocate(b memory.Buffer) error {
	buffer, err := c.dev.NewBuffer(vk.BufferSpec{Name: b.Name, Group: b.Group, Bytes: b.Bytes})
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

// grow makes the lists of pairs long enough for `needed` and half as many again. What was recorded before is void.
func (c *canvas) grow(needed int) error {
	plan, err := memory.Fit(c.plan.Shape, needed+needed/2, c.setup.limits)
	if err != nil {
		plan, err = memory.Fit(c.plan.Shape, needed, c.setup.limits)
	}
	if err != nil {
		return err
	}
	for _, name := range []string{"pairs", "list", "records"} {
		old, ok := c.buffers[name]
		if !ok {
			continue
		}
		old.Free()
		delete(c.buffers, name)
		if err := c.allocate(plan.Of(name)); err != nil {
			return err
		}
	}
	c.plan.Pairs, c.plan.Buffers = plan.Pairs, plan.Buffers
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
