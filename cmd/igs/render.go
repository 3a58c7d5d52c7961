package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"igs/event"
	"igs/internal/fault"
	"igs/internal/wholefile"
	"igs/optim"
	"igs/splat"
	"igs/vk"
)

const largestSide = 32768 // px, as for reading

func (p *program) renderCommand() *cli.Command {
	return &cli.Command{
		Name: "render", ArgsUsage: "MODEL", Usage: "draw a model at any size",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "height", Usage: "draw `N` px high; the width follows"},
			&cli.StringFlag{Name: "scale", Usage: "draw `F` times as large as it was trained"},
			&cli.StringFlag{Name: "crop", Usage: "keep the part `X,Y,W,H` px of what is drawn"},
			&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "write the PNG `FILE`; else one beside the model"},
			&cli.BoolFlag{Name: "force", DisableDefaultText: true, Usage: "write over an existing file"},
		},
		Action: p.render,
	}
}

func (p *program) render(ctx *cli.Context) error {
	args, err := files(ctx, "model")
	if err != nil {
		return err
	}
	m, err := loadModel(args[0])
	if err != nil {
		return err
	}
	w, h, err := drawnSize(ctx, m)
	if err != nil {
		return err
	}
	area, err := cropped(ctx.String("crop"), w, h)
	if err != nil {
		return err
	}
	out := ctx.String("out")
	if out == "" {
		out = strings.TrimSuffix(args[0], filepath.Ext(args[0])) + ".png"
	}
	if err := absent(out, ctx.Bool("force")); err != nil {
		return err
	}
	dev, err := p.openDevice(ctx, vk.Options{})
	if err != nil {
		return err
	}
	defer p.close(dev, 0)
	drawing, writing := writePushed(out, area.w, area.h, m.Splats.C, m.Depth(), area.of(func(take func(y int, row [][]float32) error) error {
		return optim.RenderRows(dev, m, w, h, take)
	}))
	if drawing != nil {
		return fmt.Errorf("draw %s at %d × %d px: %w", args[0], w, h, drawing)
	}
	if writing != nil {
		return fault.WithCode(writing, fault.BadInput)
	}
	p.console.tell(event.Saved{Kind: "render", Path: out})
	p.console.say("%s  %d × %d px, %d splats", out, area.w, area.h, m.Splats.N)
	return nil
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
		return fault.New(fault.BadInput, "choose another place with --out", "cannot write %s: %w", path, wholefile.Unnamed(err))
	}
	return fault.New(fault.OutputExists, "--force writes over it, --out names another file", "%s exists", path)
}

// drawnSize is the size asked for, with the proportions of the model.
func drawnSize(ctx *cli.Context, m *splat.Model) (w, h int, err error) {
	scale := 1.0
	switch {
	case ctx.IsSet("height") && ctx.IsSet("scale"):
		return 0, 0, fault.New(fault.BadInput, "give one of the two", "--height and --scale both set the size")
	case ctx.IsSet("height"):
		n, err := strconv.Atoi(ctx.String("height"))
		if err != nil || n < 1 || n > largestSide {
			return 0, 0, fault.New(fault.BadInput, fmt.Sprintf("give whole px from 1 to %d", largestSide), "--height %s", ctx.String("height"))
		}
		scale = float64(n) / float64(m.H)
	case ctx.IsSet("scale"):
		scale, err = strconv.ParseFloat(ctx.String("scale"), 64)
		if err != nil || !(scale > 0) || math.IsInf(scale, 0) {
			return 0, 0, fault.New(fault.BadInput, "2 is twice the size", "--scale %s", ctx.String("scale"))
		}
	}
	x, y := math.Round(float64(m.W)*scale), math.Round(float64(m.H)*scale)
	if x < 1 || y < 1 || x > largestSide || y > largestSide {
		return 0, 0, fault.New(fault.BadInput, fmt.Sprintf("a side may have 1 to %d px; the model was trained at %d × %d", largestSide, m.W, m.H), "a picture of %.0f × %.0f px", x, y)
	}
	return int(x), int(y), nil
}

// window is a part of a picture, px.
type window struct{ x, y, w, h int }

func cropped(text string, w, h int) (window, error) {
	if text == "" {
		return window{0, 0, w, h}, nil
	}
	var n [4]int
	parts := strings.Split(text, ",")
	ok := len(parts) == 4
	for i := 0; ok && i < 4; i++ {
		var err error
		n[i], err = strconv.Atoi(strings.TrimSpace(parts[i]))
		ok = err == nil
	}
	a := window{n[0], n[1], n[2], n[3]}
	if !ok || a.x < 0 || a.y < 0 || a.w < 1 || a.h < 1 || a.w > w || a.h > h || a.x > w-a.w || a.y > h-a.h {
		return window{}, fault.New(fault.BadInput, fmt.Sprintf("give X,Y,W,H inside of %d × %d px", w, h), "--crop %s", text)
	}
	return a, nil
}

// of is the part of the rows that lies in the window.
func (a window) of(rows pushedRows) pushedRows {
	return func(take func(y int, row [][]float32) error) error {
		return rows(func(y int, row [][]float32) error {
			if y < a.y || y >= a.y+a.h {
				return nil
			}
			part := make([][]float32, len(row))
			for c := range row {
				part[c] = row[c][a.x : a.x+a.w]
			}
			return take(y-a.y, part)
		})
	}
}
