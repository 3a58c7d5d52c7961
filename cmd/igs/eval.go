package main

import (
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"igs/imageio"
	"igs/internal/fault"
	"igs/record"
	"igs/runlog"
	"igs/vk"
)

func (p *program) evalCommand() *cli.Command {
	return &cli.Command{
		Name: "eval", ArgsUsage: "MODEL IMAGE", Usage: "PSNR, SSIM, MS-SSIM, FLIP and size of a model against a picture",
		Action:      p.eval,
		Description: "The model is drawn at the size of the picture and clamped to black and white, not rounded. A folder is a texture stack.",
	}
}

// evaluation is the result in --json.
type evaluation struct {
	Model  string `json:"model"`
	Image  string `json:"image"`
	W      int    `json:"width"`
	H      int    `json:"height"`
	Splats int    `json:"num_gaussians"`
	record.Scores
	Bytes        int64                `json:"num_bytes"`
	BitsPerPixel float64              `json:"bits_per_pixel"`
	Layers       []record.LayerScores `json:"layers,omitempty"` // of a stack
}

func (evaluation) Name() string { return "evaluated" }

func (p *program) eval(ctx *cli.Context) error {
	args, err := files(ctx, "model", "picture")
	if err != nil {
		return err
	}
	m, err := loadModel(args[0])
	if err != nil {
		return err
	}
	target, err := imageio.Read(args[1])
	if err != nil {
		return err
	}
	p.notes(args[1], target.Notes)
	if target.C != m.Splats.C {
		return fault.New(fault.BadInput, "compare with the picture it was trained on", "%s has %d channels and %s %d", args[0], m.Splats.C, args[1], target.C)
	}
	p.otherSize(m, target.W, target.H)
	info, err := os.Stat(args[0])
	if err != nil {
		return err
	}
	dev, err := p.openDevice(ctx, vk.Options{})
	if err != nil {
		return err
	}
	defer p.close(dev, 0)
	found, err := scoreModel(dev, m, target)
	if err != nil {
		return err
	}
	e := evaluation{Model: args[0], Image: args[1], W: target.W, H: target.H, Splats: m.Splats.N, Bytes: info.Size(),
		Scores: found.whole, Layers: found.layers, BitsPerPixel: bitsPerPixel(info.Size(), target)}
	p.console.tell(e)
	if !p.console.json && !p.console.quiet {
		e.print(p.console.out)
	}
	return nil
}

// print writes the measures line by line, and those of layers as a table.
func (e evaluation) print(to io.Writer) {
	fmt.Fprintf(to, "psnr     %s\nssim     %.6f\nms-ssim  %s\nflip     %s\n", runlog.Decibels(float64(e.PSNR)), float64(e.SSIM), shownScore(e.MSSSIM), shownScore(e.FLIP))
	fmt.Fprintf(to, "size     %d bytes, %s\nrate     %.4f bits per pixel\n", e.Bytes, runlog.Bytes(e.Bytes), e.BitsPerPixel)
	if len(e.Layers) == 0 {
		return
	}
	t := tabwriter.NewWriter(to, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "\nlayer\tPSNR\tSSIM\tMS-SSIM\tFLIP")
	for _, l := range e.Layers {
		fmt.Fprintf(t, "%s\t%s\n", runlog.Plain(l.Name), scoreCells(l.Scores))
	}
	t.Flush()
}

func bitsPerPixel(bytes int64, m *imageio.Image) float64 {
	return 8 * float64(bytes) / (float64(m.W) * float64(m.H))
}

// notes passes on what reading a picture changed.
func (p *program) notes(path string, notes []string) {
	for _, note := range notes {
		p.console.warn("%s: %s", path, note)
	}
}
