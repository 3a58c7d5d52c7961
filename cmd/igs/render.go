package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"igs/event"
	"igs/imageio"
	"igs/internal/command"
	"igs/internal/fault"
	"igs/internal/oneline"
	"igs/internal/signals"
	"igs/internal/wholefile"
	"igs/optim/engine"
	"igs/render"
	"igs/sketch"
	"igs/video"
	"igs/vk"
)

func (p *program) renderCommand() *command.Command {
	return &command.Command{
		Name: "render", Args: "MODEL|RUN", Usage: "render a model at any size",
		Flags: []command.Flag{
			{Name: "height", Usage: "render `N` px high; the width follows"},
			{Name: "scale", Usage: "render `F` times as large as the trained picture"},
			{Name: "crop", Usage: "render only the part `X,Y,W,H` of it, px"},
			{Name: "out", Short: "o", Usage: "write `FILE`: " + strings.Join(imageio.Endings(), ", ") + "; without it, a PNG beside the model", Paths: command.Files, Meant: []string{"output"}},
			{Name: "depth", Usage: "write `BITS` a sample, 8 or 16; without it, the bits of the trained picture", Words: []string{"8", "16"}},
			{Name: "quality", Usage: fmt.Sprintf("write a JPEG of quality `Q`, 1 to 100; without it, %d", imageio.DefaultQuality)},
			{Name: "layers", Kind: command.Bool, Usage: "write each picture of a texture stack to a file of its own, FILE-NAME"},
			{Name: "show", Usage: "render `WHAT` instead of the picture: " + strings.Join(render.Shows, ", "), Words: render.Shows},
			{Name: "image", Usage: "the `PICTURE` for --show error", Paths: command.Files},
			{Name: "memory-budget", Default: "auto", Usage: "use at most `SIZE` of device memory, for example 96MiB"},
			{Name: "force", Kind: command.Bool, Usage: "replace an existing file"},
		},
		Run: p.render, Paths: command.Files, Meant: []string{"view", "show", "draw", "decode", "open", "display", "preview", "upscale"},
		Examples: []command.Example{
			{Line: "igs render model.igsm --scale 2 -o big.png", Meaning: "twice the trained size"},
			{Line: "igs render output/session_1/photo-5000-300", Meaning: "the model of a run"},
		},
		Description: fmt.Sprintf("Without --height and --scale, the size is that of the trained picture. Rows go to the file as they are rendered, so a\n"+
			"picture may be larger than the memory. --show ellipses renders each splat as an ellipse of %g standard deviations,\n"+
			"ids gives each splat a colour of its own, positions renders a dot for each splat, and error renders the difference\n"+
			"from PICTURE, times %d.", sketch.Sigmas, video.ErrorGain),
	}
}

// rendering is a render command with its files.
type rendering struct {
	path string // of the model
	render.View
	files []render.OutputFile
}

// render checks everything that can be wrong before it opens the device.
func (p *program) render(line *command.Line) error {
	args, err := line.Files("model")
	if err != nil {
		return err
	}
	r := &rendering{}
	if r.Model, r.path, err = p.readModel(args[0]); err != nil {
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
		r.Bytes = render.RoundToBytes(r.files)
		if r.Tuning, err = p.renderTuning(dev, r.W*r.H*r.Model.Splats.C); err != nil {
			return err
		}
	}
	return p.writeFiles(r, dev)
}

// renderTuning is the tuning to render a picture of so many samples: that of IGS_TUNE, of igs bench --tune, or the
// default of the kind of device. A render has no loss, so a tuning that was found without SSIM is the nearest.
func (p *program) renderTuning(dev *vk.Device, samples int) (*engine.Tuning, error) {
	on, err := p.tunings.Platform(dev.Info(), samples, false)
	if err != nil {
		return nil, err
	}
	p.console.Debug("rendered with %s", on.Tuning)
	return &on.Tuning, nil
}

// writeFiles renders, writes the files and prints their names.
func (p *program) writeFiles(r *rendering, dev *vk.Device) error {
	live, stop := signals.Listen(p.console, signals.Options{Text: "stopping; press Ctrl-C again to stop at once"})
	defer stop()
	failed, unwritten := render.WriteFiles(r.files, r.watched(live, p.console.Take, r.Rows(dev)))
	p.console.ClearLine()
	switch {
	case errors.Is(failed, context.Canceled):
		return signals.Interruption(live, "no file was written")
	case failed != nil:
		return fmt.Errorf("render %s at %d × %d px: %w", oneline.Text(r.path), r.W, r.H, failed)
	case unwritten != nil:
		return notWritten(unwritten)
	}
	if dev != nil {
		p.console.Debug("device memory: at most %d bytes", dev.Usage().Peak)
	}
	for _, f := range r.files {
		p.console.Take(event.Saved{Kind: f.Kind, Path: f.Path})
		p.console.Say("%s  %d × %d px, %d splats", f.Path, f.Spec.W, f.Spec.H, r.Model.Splats.N)
		if f.Spec.OverWhite(f.Path) {
			p.console.Note("%s has no alpha, so the picture is over white; a .png, .tif or .qoi has it", f.Path)
		}
		if f.Low != 0 || f.High != 1 {
			p.console.Note("%s: black stands for %g and white for %g", f.Path, f.Low, f.High)
		}
	}
	return nil
}

// watched reports the progress at each percent, and ends when a signal comes.
func (r *rendering) watched(live context.Context, show event.Sink, rows render.Rows) render.Rows {
	return func(take func(y int, row [][]float32) error) error {
		tell := render.Percents(r.Area.H, func(y int) { show(event.Drawing{Model: r.path, Row: y, Rows: r.Area.H}) })
		return rows(func(y int, row [][]float32) error {
			if live.Err() != nil {
				return live.Err()
			}
			tell(y)
			return take(y, row)
		})
	}
}

// rowsOf shows how many rows of a model are done.
func (p *program) rowsOf(model string, rows int) func(row int) {
	return render.Percents(rows, func(row int) { p.console.Take(event.Drawing{Model: model, Row: row, Rows: rows}) })
}

// notWritten gives the error of a file that could not be written its exit code. A wrong name or folder is bad input; a
// disk that is full or broken is not.
func notWritten(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EIO) {
		return err
	}
	return fault.WithCode(err, fault.BadInput)
}

// absent refuses a path where a file exists, unless force is set.
func absent(path string, force bool) error {
	_, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) || force {
		return nil
	}
	if err != nil {
		return fault.New(fault.BadInput, "choose another place with --out", "cannot write %s: %w", oneline.Text(path), wholefile.Unnamed(err))
	}
	return fault.New(fault.OutputExists, "--force replaces it; --out names another file", "%s exists", oneline.Text(path))
}

// outputName is the file of --out, or a PNG beside the model.
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
