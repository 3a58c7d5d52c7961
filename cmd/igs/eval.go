package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
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
	target, err := readExactly(args[1])
	if err != nil {
		return err
	}
	size, layers := target.Form()
	p.notes(args[1], target.notes)
	if err := sameChannels(args, m.Layers, layers); err != nil {
		return err
	}
	p.otherSize(m, size.W, size.H)
	info, err := os.Stat(args[0])
	if err != nil {
		return err
	}
	dev, err := p.openDevice(ctx, vk.Options{})
	if err != nil {
		return err
	}
	defer p.close(dev, 0)
	found, err := scoreModel(dev, m, target, 0)
	if err != nil {
		return err
	}
	e := evaluation{Model: args[0], Image: args[1], W: size.W, H: size.H, Splats: m.Splats.N, Bytes: info.Size(),
		Scores: found.whole, Layers: found.layers, BitsPerPixel: bitsPerPixel(info.Size(), size)}
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

func bitsPerPixel(bytes int64, m imageio.Size) float64 {
	return 8 * float64(bytes) / (float64(m.W) * float64(m.H))
}

// exactly is a picture at the precision of its file, and what reading it changed.
type exactly struct {
	planar
	notes []string
}

// readExactly reads a picture for measuring: in floats only where its file has them, since they take four times as much.
func readExactly(path string) (exactly, error) {
	s, err := imageio.ReadSamples(path)
	if err != nil {
		return exactly{}, err
	}
	for _, l := range s.Layers {
		if l.Depth > 16 {
			m, err := imageio.Read(path)
			if err != nil {
				return exactly{}, err
			}
			return exactly{m, m.Notes}, nil
		}
	}
	return exactly{s, s.Notes}, nil
}

// sameChannels refuses a comparison of pictures with other channels.
func sameChannels(args []string, model, picture []imageio.Layer) error {
	list := func(layers []imageio.Layer) (channels []string) {
		for _, l := range layers {
			channels = append(channels, strconv.Itoa(l.C))
		}
		return channels
	}
	if a, b := strings.Join(list(model), "+"), strings.Join(list(picture), "+"); a != b {
		return fault.New(fault.BadInput, "compare with the picture it was trained on", "%s has %s channels and %s %s", args[0], a, args[1], b)
	}
	return nil
}

// notes passes on what reading a picture changed.
func (p *program) notes(path string, notes []string) {
	for _, note := range notes {
		p.console.warn("%s: %s", path, note)
	}
}
