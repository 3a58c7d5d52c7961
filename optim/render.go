package optim

import (
	"igs/imageio"
	"igs/memory"
	"igs/splat"
	"igs/vk"
)

// Render draws a model at w × h pixels, clamped to [0,1]. σ scales with the height.
func Render(dev *vk.Device, m *splat.Model, w, h int) (*imageio.Image, error) {
	shape := memory.Shape{W: w, H: h, C: m.Splats.C, Depth: 8, DrawOnly: true}
	c, err := newCanvas(dev, shape, m.Splats, float32(h)/float32(m.H), setupFor(dev, m.TopK, max(m.Splats.N, 1)))
	if err != nil {
		return nil, err
	}
	defer c.close()
	if err := c.load(m.Splats); err != nil {
		return nil, err
	}
	picture, err := c.picture()
	if err == nil {
		picture.Depth = m.Depth
	}
	return picture, err
}
