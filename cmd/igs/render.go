package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/internal/fault"
	"igs/internal/wholefile"
	"igs/optim/engine"
	"igs/runlog"
	"igs/sketch"
	"igs/splat"
	"igs/video"
	"igs/vk"
)

func (p *program) renderCommand() *cli.Command {
	return &cli.Command{
		Name: "render", ArgsUsage: "MODEL", Usage: "draw a model at any size",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "height", Usage: "draw `N` px high; the width follows"},
			&cli.StringFlag{Name: "scale", Usage: "draw `F` times as large as it was trained"},
			&cli.StringFlag{Name: "crop", Usage: "keep the part `X,Y,W,H` px of what is drawn"},
			&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "write `FILE`: " + strings.Join(imageio.Endings(), ", ") + "; else a PNG beside the model"},
			&cli.StringFlag{Name: "depth", Usage: "write `BITS` a sample: 8 or 16; else those of the picture it was trained on"},
			&cli.StringFlag{Name: "quality", Usage: fmt.Sprintf("write a JPEG of quality `Q`, 1 to 100; else %d", imageio.DefaultQuality)},
			&cli.BoolFlag{Name: "layers", DisableDefaultText: true, Usage: "write each picture of a stack to a file of its own, FILE-NAME"},
			&cli.StringFlag{Name: "show", Usage: "show `WHAT` instead of the picture: " + strings.Join(shows, ", ")},
			&cli.StringFlag{Name: "image", Usage: "the `PICTURE` that --show error compares with"},
			&cli.StringFlag{Name: "memory-budget", Value: "auto", DefaultText: "auto", Usage: "take at most `SIZE` of the device, such as 96MiB"},
			&cli.BoolFlag{Name: "force", DisableDefaultText: true, Usage: "write over an existing file"},
		},
		Action: p.render,
		Description: fmt.Sprintf("What is drawn goes to the file row by row, so that a picture may be larger than all memory. --show draws the splats as\n"+
			"ellipses of %g standard deviations, in colours of their own (ids), or as dots (positions), or the error × %d.", sketch.Sigmas, video.ErrorGain),
	}
}

// rendering is a render command that is known to be possible.
type rendering struct {
	path   string // of the model
	model  *splat.Model
	target *imageio.Samples // to compare with, or nil
	show   string
	w, h   int // of the whole picture
	area   window
	budget int64
	on     engine.Platform
	sheets []sheet
}

// render looks at all that can be wrong before it opens the device, and draws.
func (p *program) render(ctx *cli.Context) error {
	args, err := files(ctx, "model")
	if err != nil {
		return err
	}
	r := &rendering{path: args[0]}
	if r.model, err = loadModel(r.path); err != nil {
		return err
	}
	for _, step := range []func(*cli.Context) error{r.askShow, r.askSize, r.askBudget, r.askSheets} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if r.target != nil {
		p.notes(ctx.String("image"), r.target.Notes)
		p.otherSize(r.model, r.w, r.h)
	}
	var dev *vk.Device
	if r.needsDevice() {
		if dev, err = p.openDevice(ctx, vk.Options{}); err != nil {
			return err
		}
		defer p.close(dev, 0)
		if r.on, err = p.platform(dev.Info(), r.w*r.h*r.model.Splats.C, false); err != nil {
			return err
		}
		p.console.debug("drawn with %s", r.on.Tuning)
	}
	return p.draw(r, dev)
}

func (r *rendering) askBudget(ctx *cli.Context) error {
	if ctx.IsSet("memory-budget") && !r.needsDevice() {
		return fault.New(fault.BadInput, "leave it out", "--memory-budget is for what a device draws, and --show %s needs none", r.show)
	}
	job := configs.Default()
	err := job.Set("memory.budget", ctx.String("memory-budget"), "--memory-budget")
	r.budget = job.Memory.Budget
	return err
}

// draw writes the files and tells of them.
func (p *program) draw(r *rendering, dev *vk.Device) error {
	live, stop := listenSaying(p.console, "ending; once more to leave at once")
	defer stop()
	show, done := p.console.progress()
	drawing, writing := writeSheets(r.sheets, r.watched(live, show, r.rows(dev)))
	done()
	switch {
	case errors.Is(drawing, context.Canceled):
		return interruption(live, "no file was written")
	case drawing != nil:
		return fmt.Errorf("draw %s at %d × %d px: %w", runlog.Plain(r.path), r.w, r.h, drawing)
	case writing != nil:
		return notWritten(writing)
	}
	if dev != nil {
		p.console.debug("device memory: at most %d bytes", dev.Usage().Peak)
	}
	for _, s := range r.sheets {
		p.console.tell(event.Saved{Kind: s.kind, Path: s.path})
		p.console.say("%s  %d × %d px, %d splats", s.path, s.spec.W, s.spec.H, r.model.Splats.N)
		if s.low != 0 || s.high != 1 {
			p.console.note("%s: black stands for %g and white for %g", s.path, s.low, s.high)
		}
	}
	return nil
}

// notWritten is the error of a file that could not be written. A wrong name or folder is the user's, a disk that is full or broken is not.
func notWritten(err error) error {
	if diskFull(err) || errors.Is(err, syscall.EIO) {
		return err
	}
	return fault.WithCode(err, fault.BadInput)
}

// watched says at each percent how far it is, and ends when a signal asks for it.
func (r *rendering) watched(live context.Context, show event.Sink, rows pushedRows) pushedRows {
	return func(take func(y int, row [][]float32) error) error {
		said := -1
		return r.area.of(rows)(func(y int, row [][]float32) error {
			if live.Err() != nil {
				return live.Err()
			}
			if percent := 100 * y / r.area.h; percent > said {
				said = percent
				show(event.Drawing{Model: r.path, Row: y, Rows: r.area.h})
			}
			return take(y, row)
		})
	}
}

// loadModel reads a model and sees to it that there is a hint.
func loadModel(path string) (*splat.Model, error) {
	m, err := splat.Load(path)
	if err != nil && fault.Hint(err) == "" {
		err = fault.WithHint(err, "check the path; igs run writes a model.igsm for each run")
	}
	return m, err
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
func outputName(ctx *cli.Context, model string) string {
	if out := ctx.String("out"); out != "" {
		return out
	}
	name := strings.TrimSuffix(model, filepath.Ext(model))
	if show := ctx.String("show"); show != "" {
		name += "-" + show
	}
	return name + ".png"
}
