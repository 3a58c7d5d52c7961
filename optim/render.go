package optim

import (
	"igs/imageio"
	"igs/memory"
	"igs/splat"
	"igs/vk"
)

// Render draws a model at w × h pixels, clamped to [0,1]. σ scales with the height. Where the device refuses memory it draws in
// lower bands.
func Render(dev *vk.Device, m *splat.Model, w, h int) (*imageio.Image, error) {
	zoom := float64(h) / float64(m.H)
	shape := memory.Shape{W: w, H: h, C: m.Splats.C, Depth: 8, Splats: max(m.Splats.N, 1), DrawOnly: true}
	request := memory.Request{Shape: shape, Pairs: pairsOf(shape, m.Splats, zoom)}
	set := setupFor(dev.Info(), m.TopK)
	for rung := 0; ; {
		plan, err := memory.ChooseFrom(request, set.limits, rung)
		if err != nil {
			return nil, err
		}
		picture, err := render(dev, m, plan, float32(zoom), set)
		if err == nil {
			picture.Depth = m.Depth
		}
		if !outOfMemory(err) {
			return picture, err
		}
		rung = plan.Rung + 1
	}
}

func render(dev *vk.Device, m *splat.Model, plan memory.Plan, zoom float32, set setup) (*imageio.Image, error) {
	c, err := newCanvas(dev, plan, zoom, set)
	if err != nil {
		return nil, err
	}
	defer c.close()
	if err := c.load(m.Splats); err != nil {
		return nil, err
	}
	return c.picture()
}
