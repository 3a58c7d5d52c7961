package main

import (
	"os"

	"github.com/urfave/cli/v2"

	"igs/imageio"
	"igs/internal/fault"
	"igs/metric"
	"igs/optim"
	"igs/runlog"
	"igs/vk"
)

func (p *program) evalCommand() *cli.Command {
	return &cli.Command{
		Name: "eval", ArgsUsage: "MODEL IMAGE", Usage: "PSNR, SSIM and size of a model against a picture",
		Action:      p.eval,
		Description: "The model is drawn at the size of the picture and clamped to black and white, not rounded.",
	}
}

// evaluation is the result in --json.
type evaluation struct {
	Model        string  `json:"model"`
	Image        string  `json:"image"`
	W            int     `json:"width"`
	H            int     `json:"height"`
	Splats       int     `json:"num_gaussians"`
	PSNR         float64 `json:"psnr"`
	SSIM         float64 `json:"ssim"`
	Bytes        int64   `json:"num_bytes"`
	BitsPerPixel float64 `json:"bits_per_pixel"`
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
	drawn, err := optim.Render(dev, m, target.W, target.H)
	if err != nil {
		return err
	}
	e := evaluation{Model: args[0], Image: args[1], W: target.W, H: target.H, Splats: m.Splats.N, Bytes: info.Size(),
		PSNR: metric.PSNR(drawn, target), SSIM: metric.SSIM(drawn, target), BitsPerPixel: bitsPerPixel(info.Size(), target)}
	p.console.tell(e)
	p.console.say("psnr  %s\nssim  %.6f\nsize  %d bytes, %s\nrate  %.4f bits per pixel", runlog.Decibels(e.PSNR), e.SSIM, e.Bytes, runlog.Bytes(e.Bytes), e.BitsPerPixel)
	return nil
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
