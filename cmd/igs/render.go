package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"igs/cmd/igs/command"
	"igs/event"
	"igs/imageio"
	"igs/internal/fault"
	"igs/internal/wholefile"
	"igs/render"
	"igs/runlog"
	"igs/session"
	"igs/sketch"
	"igs/video"
	"igs/vk"
)

func (p *program) renderCommand() *command.Command {
	return &command.Command{
		Name: "render", Args: "MODEL", Usage: "draw a model at any size",
		Flags: []command.Flag{
			{Name: "height", Usage: "draw `N` px high; the width follows"},
			{Name: "scale", Usage: "draw `F` times as large as it was trained"},
			{Name: "crop", Usage: "keep the part `X,Y,W,H` px of what is drawn"},
			{Name: "out", Short: "o", Usage: "write `FILE`: " + strings.Join(imageio.Endings(), ", ") + "; else a PNG beside the model"},
			{Name: "depth", Usage: "write `BITS` a sample: 8 or 16; else those of the picture it was trained on", Words: []string{"8", "16"}},
			{Name: "quality", Usage: fmt.Sprintf("write a JPEG of quality `Q`, 1 to 100; else %d", imageio.DefaultQuality)},
			{Name: "layers", Kind: command.Bool, Usage: "write each picture of a stack to a file of its own, FILE-NAME"},
			{Name: "show", Usage: "show `WHAT` instead of the picture: " + strings.Join(render.Shows, ", "), Words: render.Shows},
			{Name: "image", Usage: "the `PICTURE` that --show error compares with"},
			{Name: "memory-budget", Default: "auto", Usage: "take at most `SIZE` of the device, such as 96MiB"},
			{Name: "force", Kind: command.Bool, Usage: "write over an existing file"},
		},
		Run: p.render,
		Description: fmt.Sprintf("What is drawn goes to the file row by row, so that a picture may be larger than all memory. --show draws the splats as\n"+
			"ellipses of %g standard deviations, in colours of their own (ids), or as dots (positions), or the error × %d.", sketch.Sigmas, video.ErrorGain),
	}
}

// rendering is a render command that is known to be possible.
type rendering struct {
	path string // of the model
	render.Drawing
	files []render.OutputFile
}

// render looks at all that can be wrong before it opens the device, and draws.
func (p *program) render(line *command.Line) error {
	args, err := line.Files("model")
	if err != nil {
		return err
	}
	r := &rendering{path: args[0]}
	if r.Model, err = session.LoadModel(r.path); err != nil {
		return err
	}
	for _, ask := range []func(*command.Line) error{r.askShow, r.askSize, r.askBudget, r.askFiles} {
		if err := ask(line); err != nil {
			return err
		}
	}
	if r.Target != nil {
		p.notes(line.String("image"), r.Target.Notes)
		p.warnOfOtherSize(r.Model, r.W, r.H)
	}
	var dev *vk.Device
	if r.NeedsDevice() {
		if dev, err = p.openDevice(line, vk.Options{}); err != nil {
			return err
		}
		defer p.close(dev)
		on, err := p.tunings.Platform(dev.Info(), r.W*r.H*r.Model.Splats.C, false)
		if err != nil {
			return err
		}
		r.Tuning = &on.Tuning
		p.console.Debug("drawn with %s", on.Tuning)
	}
	return p.draw(r, dev)
}

// draw writes the files and tells of them.
func (p *program) draw(r *rendering, dev *vk.Device) error {
	live, stop := listen(p.console, "ending; once more to leave at once")
	defer stop()
	drawing, writing := render.WriteFiles(r.files, r.watched(live, p.console.Take, r.Rows(dev)))
	p.console.ClearLine()
	switch {
	case errors.Is(drawing, context.Canceled):
		return interruption(live, "no file was written")
	case drawing != nil:
		return fmt.Errorf("draw %s at %d × %d px: %w", runlog.Plain(r.path), r.W, r.H, drawing)
	case writing != nil:
		return notWritten(writing)
	}
	if dev != nil {
		p.console.Debug("device memory: at most %d bytes", dev.Usage().Peak)
	}
	for _, f := range r.files {
		p.console.Take(event.Saved{Kind: f.Kind, Path: f.Path})
		p.console.Say("%s  %d × %d px, %d splats", f.Path, f.Spec.W, f.Spec.H, r.Model.Splats.N)
		if f.Low != 0 || f.High != 1 {
			p.console.Note("%s: black stands for %g and white for %g", f.Path, f.Low, f.High)
		}
	}
	return nil
}

// watched says at each percent how far the drawing is, and ends when a signal asks for it.
func (r *rendering) watched(live context.Context, show event.Sink, rows render.Rows) render.Rows {
	return func(take func(y int, row [][]float32) error) error {
		said := -1
		return rows(func(y int, row [][]float32) error {
			if live.Err() != nil {
				return live.Err()
			}
			if percent := 100 * y / r.Area.H; percent > said {
				said = percent
				show(event.Drawing{Model: r.path, Row: y, Rows: r.Area.H})
			}
			return take(y, row)
		})
	}
}

// notWritten is the error of a file that could not be written. A wrong name or folder is the user's, a disk that is full or broken is not.
func notWritten(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EIO) {
		return err
	}
	return fault.WithCode(err, fault.BadInput)
}

// absent refuses to write over something that is there.
func absent(path string, force bool) error {
	_, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) || force {
		return nil
	}
	if err != nil {
		return fault.New(fault.BadInput, "choose another place with --out", "cannot write %s: %w", runlog.Plain(path), wholefile.Unnamed(err))
	}
	return fault.New(fault.OutputExists, "--force writes over it, --out names another file", "%s exists", runlog.Plain(path))
}

// outputName is the file asked for, or a PNG beside the model.
func outputName(line *command.Line, model string) string {
	if out := line.String("out"); out != "" {
		return out
	}
	name := strings.TrimSuffix(model, filepath.Ext(model))
	if show := line.String("show"); show != "" {
		name += "-" + show
	}
	return name + ".png"
}
