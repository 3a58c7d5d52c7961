package render

import (
	"igs/imageio"
	"igs/optim/engine"
	"igs/sketch"
	"igs/splat"
	"igs/vk"
)

// What a drawing can show instead of the picture.
const (
	ShowEllipses  = "ellipses"
	ShowIDs       = "ids"
	ShowPositions = "positions"
	ShowError     = "error"
)

// Shows are all of them.
var Shows = []string{ShowEllipses, ShowIDs, ShowPositions, ShowError}

// Drawing is a picture of a model.
type Drawing struct {
	Model  *splat.Model
	Show   string           // "" = the picture, or one of Shows
	Target *imageio.Samples // what ShowError compares with
	W, H   int              // of the whole picture
	Area   Window           // the part that is wanted
	Budget int64            // bytes of the device; 0 = what is free
	Tuning *engine.Tuning   // of the kernels; nil = that of the kind of device
}

// NeedsDevice reports whether Rows draws on a device.
func (d *Drawing) NeedsDevice() bool { return d.Show != ShowEllipses && d.Show != ShowPositions }

// Rows are the rows of the window. A device is needed only where NeedsDevice says so.
func (d *Drawing) Rows(dev *vk.Device) Rows { return d.Area.Of(d.whole(dev)) }

// whole are the rows of the window at their places in the whole picture.
func (d *Drawing) whole(dev *vk.Device) Rows {
	sketched := sketch.Area{W: d.W, H: d.H, Top: d.Area.Y, Bottom: d.Area.Y + d.Area.H}
	drawn := func(m *splat.Model) Rows {
		return func(take func(y int, row [][]float32) error) error {
			return engine.RenderRows(dev, m, engine.Drawing{W: d.W, H: d.H, Top: sketched.Top, Bottom: sketched.Bottom, Budget: d.Budget, Tuning: d.Tuning}, take)
		}
	}
	switch d.Show {
	case ShowEllipses:
		return Rows(sketch.Ellipses(d.Model, sketched))
	case ShowPositions:
		return Rows(sketch.Positions(d.Model, sketched))
	case ShowIDs:
		return drawn(sketch.Identities(d.Model))
	case ShowError:
		return d.compared(drawn(d.Model))
	}
	return drawn(d.Model)
}

// compared is the error of what is drawn. Layers of floats have the range of their own file, so drawn rows are rescaled to the
// range of the target.
func (d *Drawing) compared(drawn Rows) Rows {
	same := imageio.NewRescaler(d.Model.Layers, d.Target.Layers)
	return Errors(func(take func(y int, row [][]float32) error) error {
		return drawn(func(y int, row [][]float32) error {
			same.Apply(row)
			return take(y, row)
		})
	}, d.Target, 1)
}
