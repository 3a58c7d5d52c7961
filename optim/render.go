package optim

import (
	"igs/imageio"
	"igs/memory"
	"igs/splat"
	"igs/vk"
)

// Render draws a model at w × h pixels, clamped to [0,1]. σ scales with the height.
func Render(dev *vk.Device, m *splat.Model, w, h int) (*imageio.Image, error) {
	picture := imageio.New(w, h, m.Splats.C)
	picture.Depth, picture.Layers = m.Depth(), m.Layers
	err := RenderRows(dev, m, w, h, func(y int, row [][]float32) error {
		for c, line := range row {
			copy(picture.Plane(c)[y*w:], line)
		}
		return nil
	})
	return picture, err
}

// RenderRows is Render for a picture that need not be held: it hands the rows to take from the top, each as [channel][column] and valid
// during the call. An error of take ends it and comes back. Where the device refuses memory it draws in lower bands.
func RenderRows(dev *vk.Device, m *splat.Model, w, h int, take func(y int, row [][]float32) error) error {
	zoom := float64(h) / float64(m.H)
	shape := memory.Shape{W: w, H: h, C: m.Splats.C, Depth: 8, Splats: max(m.Splats.N, 1), DrawOnly: true}
	request := memory.Request{Shape: shape, Pairs: pairsOf(shape, m.Splats, zoom)}
	set := setupFor(dev.Info(), m.TopK)
	next := 0 // row to hand over: lower bands begin at the top again
	for rung := 0; ; {
		plan, err := memory.ChooseFrom(request, set.limits, rung)
		if err != nil {
			return err
		}
		c, err := newCanvas(dev, plan, float32(zoom), set)
		if err == nil {
			err = c.show(m.Splats, func(y int, row [][]float32) error {
				if y < next {
					return nil
				}
				next++
				return take(y, row)
			})
		}
		if !outOfMemory(err) {
			return err
		}
		rung = plan.Rung + 1
	}
}

// show draws the splats once and gives the memory back.
func (c *canvas) show(p *splat.Splats, take func(y int, row [][]float32) error) error {
	defer c.close()
	if err := c.load(p); err != nil {
		return err
	}
	return c.eachRow(take)
}
