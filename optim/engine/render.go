package engine

import (
	"igs/memory"
	"igs/splat"
	"igs/vk"
)

// Drawing says what of a model is drawn.
type Drawing struct {
	W, H        int     // px, of the whole picture; σ scales with the height
	Top, Bottom int     // of its rows only these are wanted: Top to Bottom-1; all when Bottom is 0
	Budget      int64   // bytes of device memory that may be taken; 0 = what is free
	Tuning      *Tuning // of the kernels; nil: that of the kind of device
}

// RenderRows draws a model as it is shown, and holds no whole picture: it hands the rows that are wanted to take from the top, each as
// [channel][column] and valid during the call. They are the same bits whatever part is wanted and however large the budget is:
// clamped to [0,1] and taken to 1/Gamma. An error of take ends it and comes back. Where the device refuses memory it draws in
// lower bands.
func RenderRows(dev *vk.Device, m *splat.Model, d Drawing, take func(y int, row [][]float32) error) error {
	if d.Bottom == 0 {
		d.Bottom = d.H
	}
	zoom := float64(d.H) / float64(m.H)
	shape := memory.Shape{
		W: d.W, H: d.H, C: m.Splats.C, Depth: 8, Splats: max(m.Splats.N, 1),
		DrawOnly: true, Top: d.Top / memory.TileSize, Bottom: (d.Bottom + memory.TileSize - 1) / memory.TileSize,
	}
	request := memory.Request{Shape: shape, Pairs: PairsOf(shape, m.Splats, zoom), Budget: d.Budget}
	on := PlatformOf(dev.Info())
	if d.Tuning != nil {
		on.Tuning = *d.Tuning
	}
	set := on.Setup(m.TopK)
	set.Gamma = m.Gamma
	next := d.Top // row to hand over: lower bands begin at the top again
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

// show draws the splats once and gives the memory back.
func (c *Renderer) show(p *splat.Splats, take func(y int, row [][]float32) error) error {
	defer c.close()
	if err := c.Load(p); err != nil {
		return err
	}
	return c.Rows().Shown().Each(take)
}
