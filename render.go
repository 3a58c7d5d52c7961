package igs

import (
	"context"
	"fmt"
	"image"
	"math"

	"igs/imageio"
	"igs/optim/engine"
)

// RenderOptions says how a model is rendered. The zero value renders the whole picture at the size of Model.Size.
type RenderOptions struct {
	W, H         int     // size of the whole picture, px; if one is 0 it follows from the other and the aspect ratio
	Top, Bottom  int     // renders only the rows Top to Bottom-1; both 0 means all rows
	Device       *Device // nil means DefaultDevice
	MemoryBudget int64   // maximum device memory, bytes; 0 means the memory that was free when the device was opened
}

// Render renders the model at w × h px on the default device. If w or h is 0, it follows from the other and the aspect
// ratio.
//
// The image is an *image.Gray, *image.Gray16, *image.RGBA or *image.RGBA64, depending on the channels and the depth of
// the picture that the model was trained on. With alpha it is an *image.NRGBA or *image.NRGBA64. For a texture stack it is the first picture of the stack.
func (m *Model) Render(w, h int) (image.Image, error) {
	return m.RenderImage(context.Background(), RenderOptions{W: w, H: h})
}

// RenderImage renders as Render does, with the options of d. If ctx is cancelled, it returns the error of ctx.
func (m *Model) RenderImage(ctx context.Context, d RenderOptions) (image.Image, error) {
	d, err := m.complete(d)
	if err != nil {
		return nil, err
	}
	s := m.Size()
	c := newRowImage(d.W, d.Bottom-d.Top, m.model.Layers, s.Channels, s.Depth)
	err = m.renderRows(ctx, d, func(y int, row [][]float32) error { return c.put(y-d.Top, row) })
	if err != nil {
		return nil, err
	}
	return c.image, nil
}

// RenderRows renders the model row by row. The picture may be larger than the memory of the device and of the host.
//
// It calls take for each row from the top. row is indexed as [channel][column] and holds samples from 0 to 1. Alpha is the
// last channel of its picture, and colours are not multiplied by it. take may
// change row but must not keep it. The samples of a row do not depend on the other rows rendered or on the memory
// budget. If take returns an error, RenderRows stops and returns that error. If ctx is cancelled, it returns the error
// of ctx.
func (m *Model) RenderRows(ctx context.Context, d RenderOptions, take func(y int, row [][]float32) error) error {
	return m.renderRows(ctx, d, func(y int, row [][]float32) error {
		rest := row
		for _, l := range m.model.Layers {
			if l.Alpha {
				imageio.Unmix(rest[:l.C])
			}
			rest = rest[l.C:]
		}
		return take(y, row)
	})
}

// renderRows is RenderRows with the channels of the training.
func (m *Model) renderRows(ctx context.Context, d RenderOptions, take func(y int, row [][]float32) error) error {
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
	var own error // from take or ctx: returned without a kind
	err = engine.RenderRows(dev.vk, m.model, engine.RenderOptions{W: d.W, H: d.H, Top: d.Top, Bottom: d.Bottom, Budget: d.MemoryBudget}, func(y int, row [][]float32) error {
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

// complete fills in the zero fields of d and returns an error if d cannot be rendered.
func (m *Model) complete(d RenderOptions) (RenderOptions, error) {
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
		return d, badInput(fmt.Sprintf("use a Top and a Bottom from 0 to %d, with Top less than Bottom", d.H), "a drawing from row %d to row %d", d.Top, d.Bottom)
	case d.MemoryBudget < 0:
		return d, badInput("use 0 for the free memory of the device", "a memory budget of %d bytes", d.MemoryBudget)
	}
	return d, nil
}

// rowImage is an image that is filled row by row.
type rowImage struct {
	image    image.Image
	pix      []byte
	stride   int
	depth    int
	colour   bool
	alpha    bool
	channels int              // of the picture
	row      *imageio.Samples // one row, rounded to the depth of the image
}

// newRowImage makes an image for the first of the layers, or for all channels if there are no layers.
func newRowImage(w, h int, layers []imageio.Layer, channels, depth int) *rowImage {
	if len(layers) > 0 {
		channels = layers[0].C
	}
	c, at := &rowImage{depth: depth, channels: channels, colour: channels >= 3, alpha: len(layers) > 0 && layers[0].Alpha}, image.Rect(0, 0, w, h)
	switch {
	case c.alpha && depth == 16:
		m := image.NewNRGBA64(at)
		c.image, c.pix, c.stride = m, m.Pix, m.Stride
	case c.alpha:
		m := image.NewNRGBA(at)
		c.image, c.pix, c.stride = m, m.Pix, m.Stride
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

// put writes the first channels of a row into row y of the image. It changes the row.
func (c *rowImage) put(y int, row [][]float32) error {
	line, pixel := c.pix[y*c.stride:][:c.stride], 4
	switch {
	case c.alpha:
		row = row[:c.channels]
		imageio.Unmix(row)
		if c.channels == 2 { // a grey pixel becomes three equal colours
			row = [][]float32{row[0], row[0], row[0], row[1]}
		}
	case c.colour:
		row = row[:3]
	default:
		row, pixel = row[:1], 1
	}
	if c.depth == 16 {
		pixel *= 2
	}
	for k := range row {
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
	for x := 3 * pixel / 4; c.colour && !c.alpha && x < len(line); x += pixel { // opaque
		for k := range pixel / 4 {
			line[x+k] = 0xff
		}
	}
	return nil
}
