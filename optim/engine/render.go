package engine

import (
	"igs/memory"
	"igs/splat"
	"igs/vk"
)

// RenderOptions says which part of a model is rendered, and how.
type RenderOptions struct {
	W, H        int     // px, size of the whole picture; σ scales with the height
	Top, Bottom int     // only the rows Top to Bottom-1 are rendered; all rows if Bottom is 0
	Budget      int64   // bytes of device memory that may be used; 0 = all that is free
	Tuning      *Tuning // nil: the tuning for the kind of device

	// Bytes says that 8 bits a sample are enough. If the model allows it, the device rounds the samples to multiples of 1/255,
	// as imageio rounds them for files of 8 bits. That takes less time.
	Bytes bool
}

// RenderRows renders a model without holding the whole picture. It calls take for each row of d from the top, as
// [channel][column], valid during the call. Samples are clamped to [0,1] and taken to the power of 1/Gamma. Their bits
// do not depend on the part and the budget. RenderRows ends with the first error of take and returns it. If the device
// refuses memory, it renders in lower bands.
func RenderRows(dev *vk.Device, m *splat.Model, d RenderOptions, take func(y int, row [][]float32) error) error {
	if d.Bottom == 0 {
		d.Bottom = d.H
	}
	zoom := float64(d.H) / float64(m.H)
	shape := memory.Shape{
		W: d.W, H: d.H, C: m.Splats.C, Depth: 8, Splats: max(m.Splats.N, 1),
		RenderOnly: true, Top: d.Top / memory.TileSize, Bottom: (d.Bottom + memory.TileSize - 1) / memory.TileSize,
		Bytes: d.Bytes && m.Gamma == 1 && m.Splats.C <= 4,
	}
	request := memory.Request{Shape: shape, Pairs: PairsOf(shape, m.Splats, zoom), Budget: d.Budget}
	on := PlatformOf(dev.Info())
	if d.Tuning != nil {
		on.Tuning = *d.Tuning
	}
	set := on.Setup(m.TopK)
	set.Gamma = m.Gamma
	next := d.Top // the next row for take; after a retry rendering begins at the top again
	for rung := 0; ; {
		plan, err := memory.ChooseFrom(request, set.Limits, rung)
		if err != nil {
			return err
		}
		c, err := newRenderer(dev, plan, float32(zoom), set)
		if err == nil {
			err = c.show(m.Splats, func(y int, row [][]float32) error {
				if y != next || y >= d.Bottom {
					return nil
				}
				next++
				return take(y, row)
			})
		}
		if !OutOfMemory(err) {
			return err
		}
		rung = plan.Rung + 1
	}
}

// show renders the splats once and frees the memory.
func (c *Renderer) show(p *splat.Splats, take func(y int, row [][]float32) error) error {
	defer c.close()
	if err := c.Load(p); err != nil {
		return err
	}
	return c.Rows().Shown().Each(take)
}
