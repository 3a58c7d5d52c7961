package main

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"igs/imageio"
	"igs/internal/fault"
	"igs/optim/engine"
	"igs/runlog"
	"igs/sketch"
	"igs/splat"
	"igs/vk"
)

// What --show can show instead of the picture.
const (
	showEllipses  = "ellipses"
	showIDs       = "ids"
	showPositions = "positions"
	showError     = "error"
)

var shows = []string{showEllipses, showIDs, showPositions, showError}

// askShow reads what is to be shown, and the picture that it needs.
func (r *rendering) askShow(ctx *cli.Context) error {
	r.show = ctx.String("show")
	switch {
	case ctx.IsSet("show") && !slices.Contains(shows, r.show):
		return fault.New(fault.BadInput, "say "+strings.Join(shows[:3], ", ")+" or "+shows[3], "--show %q", r.show)
	case r.show != "" && ctx.Bool("layers"):
		return fault.New(fault.BadInput, "leave out one of the two", "--show shows the splats, which all layers share; --layers has nothing to part")
	case r.show == showError && ctx.String("image") == "":
		return fault.New(fault.BadInput, "name the picture: --image PICTURE", "--show error needs the picture that the model stands for")
	case r.show != showError && ctx.IsSet("image"):
		return fault.New(fault.BadInput, "add --show error, or leave out --image", "--image is what --show error compares with")
	case r.show == showError:
		return r.readTarget(ctx.String("image"))
	}
	return nil
}

func (r *rendering) readTarget(path string) error {
	target, err := imageio.ReadSamples(path)
	if err != nil {
		return err
	}
	if len(r.model.Layers) > 1 || target.C != r.model.Splats.C {
		return fault.New(fault.BadInput, "compare with the picture it was trained on", "%s has %d channels in %d layers, and %s has %d channels",
			runlog.Plain(r.path), r.model.Splats.C, len(r.model.Layers), runlog.Plain(path), target.C)
	}
	r.target = target
	return nil
}

// otherSize says that a comparison is not at the size of the training.
func (p *program) otherSize(m *splat.Model, w, h int) {
	if w != m.W || h != m.H {
		p.console.warn("the model was trained at %d × %d px and is compared at %d × %d", m.W, m.H, w, h)
	}
}

func (r *rendering) needsDevice() bool { return r.show != showEllipses && r.show != showPositions }

// rows are those of the window, at their places in the whole picture.
func (r *rendering) rows(dev *vk.Device) pushedRows {
	sketched := sketch.Area{W: r.w, H: r.h, Top: r.area.y, Bottom: r.area.y + r.area.h}
	drawn := func(m *splat.Model) pushedRows {
		return func(take func(y int, row [][]float32) error) error {
			return engine.RenderRows(dev, m, engine.Drawing{W: r.w, H: r.h, Top: sketched.Top, Bottom: sketched.Bottom, Budget: r.budget, Tuning: &r.on.Tuning}, take)
		}
	}
	switch r.show {
	case showEllipses:
		return pushedRows(sketch.Ellipses(r.model, sketched))
	case showPositions:
		return pushedRows(sketch.Positions(r.model, sketched))
	case showIDs:
		return drawn(sketch.Identities(r.model))
	case showError:
		return r.compared(drawn(r.model))
	}
	return drawn(r.model)
}

// compared is the error of what is drawn. Floats have the range of their own file: what is drawn is taken to the target's.
func (r *rendering) compared(drawn pushedRows) pushedRows {
	same := imageio.NewRescaler(r.model.Layers, r.target.Layers)
	return errorRows(func(take func(y int, row [][]float32) error) error {
		return drawn(func(y int, row [][]float32) error {
			same.Apply(row)
			return take(y, row)
		})
	}, r.target, 1)
}
