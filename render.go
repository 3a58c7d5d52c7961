package igs

import (
	"context"
	"fmt"
	"image"
	"math"

	"igs/imageio"
	"igs/optim/engine"
)

// Drawing says how a model is drawn. The zero value is the whole picture at the size of the training.
type Drawing struct {
	W, H         int     // px of the whole picture; of a side that is 0 the length follows from the other
	Top, Bottom  int     // of its rows only these are drawn: Top to Bottom-1; all when both are 0
	Device       *Device // nil = DefaultDevice
	MemoryBudget int64   // of the device, that drawing may take at most; 0 = what was free when it was opened
}

// Render draws the model at any size, on the default device: w × h px, of a side that is 0 the length follows from the other. The image is an
// *image.Gray, *image.Gray16, *image.RGBA or *image.RGBA64, as was the picture that the model was trained on; of a texture stack it is the first
// picture.
func (m *Model) Render(w, h int) (image.Image, error) {
	return m.RenderImage(context.Background(), Drawing{W: w, H: h})
}

// RenderImage is Render on any device, of any rows. A ctx that is cancelled ends it with its error.
func (m *Model) RenderImage(ctx context.Context, d Drawing) (image.Image, error) {
	d, err := m.complete(d)
	if err != nil {
		return nil, err
	}
	s := m.Size()
	c := newCanvas(d.W, d.Bottom-d.Top, m.model.Layers, s.Channels, s.Depth)
	err = m.RenderRows(ctx, d, func(y int, row [][]float32) error { return c.put(y-d.Top, row) })
	if err != nil {
		return nil, err
	}
	return c.image, nil
}

// RenderRows draws the model for those who need not hold the picture, which may be larger than the memory of the device and the host. It
// hands the rows to take in turn, each as [channel][column], with samples from 0 to 1; a row may be changed, but not kept. Rows are the same bits whatever
// part is drawn in whatever memory. An error of take ends it and comes back.
func (m *Model) RenderRows(ctx context.Context, d Drawing, take func(y int, row [][]float32) error) error {
	d, err := m.complete(d)
	if err != nil {
		return err
	}
	dev, err := d.Device.orDefault()
	if err != nil {
		return err
	}
	done, err := dev.use()
	if err != nil {
		return err
	}
	defer done()
	var own error // of take, which is not ours to classify
	err = engine.RenderRows(dev.vk, m.model, engine.Drawing{W: d.W, H: d.H, Top: d.Top, Bottom: d.Bottom, Budget: d.MemoryBudget}, func(y int, row [][]float32) error {
		if own = ctx.Err(); own == nil {
			own = take(y, row)
		}
		return own
	})
	if own != nil {
		return own
	}
	return classify(err)
}

// complete fills in what was left open, and refuses what cannot be drawn.
func (m *Model) complete(d Drawing) (Drawing, error) {
	if err := m.valid(); err != nil {
		return d, err
	}
	trained, side := m.Size(), func(n, of, by int) int { return int(max(1, math.Round(float64(n)*float64(of)/float64(by)))) }
	switch {
	case d.W == 0 && d.H == 0:
		d.W, d.H = trained.W, trained.H
	case d.W == 0:
		d.W = side(d.H, trained.W, trained.H)
	case d.H == 0:
		d.H = side(d.W, trained.H, trained.W)
	}
	if d.Top == 0 && d.Bottom == 0 {
		d.Bottom = d.H
	}
	switch {
	case d.W < 1 || d.H < 1 || d.W > imageio.MaxWritten || d.H > imageio.MaxWritten:
		return d, badInput(fmt.Sprintf("a side may have 1 to %d px", imageio.MaxWritten), "a drawing of %d × %d px", d.W, d.H)
	case d.Top < 0 || d.Bottom > d.H || d.Top >= d.Bottom:
		return d, badInput(fmt.Sprintf("give rows of 0 to %d", d.H), "a drawing from row %d to row %d", d.Top, d.Bottom)
	case d.MemoryBudget < 0:
		return d, badInput("0 is what the device has free", "a memory budget of %d bytes", d.MemoryBudget)
	}
	return d, nil
}

// canvas is an image that rows are put into.
type canvas struct {
	image  image.Image
	pix    []byte
	stride int
	depth  int
	colour bool
	row    *imageio.Samples // rounds one row to the depth of the image
}

// newCanvas is for the first of the layers; without layers for all channels.
func newCanvas(w, h int, layers []imageio.Layer, channels, depth int) *canvas {
	if len(layers) > 0 {
		channels = layers[0].C
	}
	c, at := &canvas{depth: depth, colour: channels >= 3}, image.Rect(0, 0, w, h)
	switch {
	case c.colour && depth == 16:
		m := image.NewRGBA64(at)
		c.image, c.pix, c.stride = m, m.Pix, m.Stride
	case c.colour:
		m := image.NewRGBA(at)
		c.image, c.pix, c.stride = m, m.Pix, m.Stride
	case depth == 16:
		m := image.NewGray16(at)
		c.image, c.pix, c.stride = m, m.Pix, m.Stride
	default:
		m := image.NewGray(at)
		c.image, c.pix, c.stride = m, m.Pix, m.Stride
	}
	c.row = imageio.NewSamples(w, 1, 1, depth)
	return c
}

// put makes row y of the image the first channels of a row.
func (c *canvas) put(y int, row [][]float32) error {
	line, channels, pixel := c.pix[y*c.stride:][:c.stride], 1, 1
	if c.colour {
		channels, pixel = 3, 4
	}
	if c.depth == 16 {
		pixel *= 2
	}
	for k := range channels {
		c.row.SetRow(0, 0, row[k])
		if c.depth == 16 {
			for x, v := range c.row.Row16(0, 0) {
				line[x*pixel+2*k], line[x*pixel+2*k+1] = byte(v>>8), byte(v)
			}
			continue
		}
		for x, v := range c.row.Row8(0, 0) {
			line[x*pixel+k] = v
		}
	}
	for x := 3 * pixel / 4; c.colour && x < len(line); x += pixel { // alpha
		for k := range pixel / 4 {
			line[x+k] = 0xff
		}
	}
	return nil
}
