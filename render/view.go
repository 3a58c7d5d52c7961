package render

import (
	"igs/imageio"
	"igs/optim/engine"
	"igs/sketch"
	"igs/splat"
	"igs/vk"
)

// What a view can show instead of the picture.
const (
	ShowEllipses  = "ellipses"
	ShowIDs       = "ids"
	ShowPositions = "positions"
	ShowError     = "error"
)

// Shows lists all of them.
var Shows = []string{ShowEllipses, ShowIDs, ShowPositions, ShowError}

// View says what of a model is rendered, at which size, and which part of it.
type View struct {
	Model  *splat.Model
	Show   string           // "" = the picture, or one of Shows
	Target *imageio.Samples // the picture of ShowError
	W, H   int              // of the whole picture, px
	Area   Window           // the part to render
	Budget int64            // device memory, bytes; 0 = what is free
	Tuning *engine.Tuning   // of the kernels; nil = that of the kind of device
	Bytes  bool             // 8 bits a sample are enough (RoundToBytes)
}

// NeedsDevice reports whether Rows needs a device.
func (v *View) NeedsDevice() bool { return v.Show != ShowEllipses && v.Show != ShowPositions }

// Rows gives the rows of the window. dev may be nil when NeedsDevice is false.
func (v *View) Rows(dev *vk.Device) Rows { return v.Area.Of(v.whole(dev)) }

// whole gives the rows of the window, in the full width and with the row numbers of the whole picture.
func (v *View) whole(dev *vk.Device) Rows {
	sketched := sketch.Area{W: v.W, H: v.H, Top: v.Area.Y, Bottom: v.Area.Y + v.Area.H}
	rendered := func(m *splat.Model) Rows {
		return func(take func(y int, row [][]float32) error) error {
			return engine.RenderRows(dev, m, engine.RenderOptions{W: v.W, H: v.H, Top: sketched.Top, Bottom: sketched.Bottom, Budget: v.Budget, Tuning: v.Tuning, Bytes: v.Bytes && v.Show != ShowError}, take)
		}
	}
	switch v.Show {
	case ShowEllipses:
		return Rows(sketch.Ellipses(v.Model, sketched))
	case ShowPositions:
		return Rows(sketch.Positions(v.Model, sketched))
	case ShowIDs:
		return rendered(sketch.Identities(v.Model))
	case ShowError:
		return v.compared(rendered(v.Model))
	}
	return rendered(v.Model)
}

// compared gives the error of the rendered rows. A layer of floats has the value range of its own file, so the rows are
// rescaled to the range of the target first.
func (v *View) compared(rendered Rows) Rows {
	same := imageio.NewRescaler(v.Model.Layers, v.Target.Layers)
	return Errors(func(take func(y int, row [][]float32) error) error {
		return rendered(func(y int, row [][]float32) error {
			same.Apply(row)
			return take(y, row)
		})
	}, v.Target, 1)
}
