package optim

import (
	"igs/imageio"
	"igs/memory"
	"igs/splat"
	"igs/vk"
)

// Render draws a model at w × h px, clamped to [0,1]. σ scales with the height.
func Render(dev *vk.Device, m *splat.Model, w, h int) (*imageio.Image, error) {
	picture := imageio.New(w, h, m.Splats.C)
	picture.Depth = m.Depth
	err := RenderRows(dev, m, w, h, func(y int, row [][]float32) error {
		for c, line := range row {
			copy(picture.Plane(c)[y*w:], line)
		}
		return nil
	})
	return picture, err
}

// RenderRows is Render for pictures that need not be held: it hands the rows to take from the top, each as [channel][column] and valid
// during the call. An error of take ends it and comes back.
func RenderRows(dev *vk.Device, m *splat.Model, w, h int, take func(y int, row [][]float32) error) error {
	shape := memory.Shape{W: w, H: h, C: m.Splats.C, Depth: 8, DrawOnly: true}
	c, err := newCanvas(dev, shape, m.Splats, float32(h)/float32(m.H), setupFor(dev, m.TopK, max(m.Splats.N, 1)))
	if err != nil {
		return err
	}
	defer c.close()
	if err := c.load(m.Splats); err != nil {
		return err
	}
	return c.eachRow(take)
}
