package main

import (
	"os"

	"igs/internal/command"
	"igs/printer"
	"igs/render"
	"igs/splat"
	"igs/vk"
)

func (p *program) evalCommand() *command.Command {
	return &command.Command{
		Name: "eval", Args: "MODEL|RUN IMAGE", Usage: "measure a model against a picture: PSNR, SSIM, MS-SSIM, FLIP, size",
		Run: p.eval, Paths: command.Files, Meant: []string{"evaluate", "score", "measure", "metrics", "psnr", "test", "validate"},
		Description: "The model is rendered at the size of the picture. Its samples are clamped to 0..1 and not rounded. IMAGE may be a\n" +
			"folder: a texture stack.",
	}
}

func (p *program) eval(line *command.Line) error {
	args, err := line.Files("model", "picture")
	if err != nil {
		return err
	}
	m, file, err := p.readModel(args[0])
	if err != nil {
		return err
	}
	target, notes, err := render.ReadTarget(args[1], render.LikeModel(m))
	if err != nil {
		return err
	}
	size, layers := target.Form()
	p.notes(args[1], notes)
	if err := render.SameChannels(args[0], args[1], m.Layers, layers); err != nil {
		return err
	}
	p.warnOfOtherSize(m, size.W, size.H)
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	dev, err := p.openDevice(line, vk.Options{})
	if err != nil {
		return err
	}
	defer p.close(dev)
	tuning, err := p.renderTuning(dev, size.W*size.H*size.C)
	if err != nil {
		return err
	}
	found, err := render.Score(dev, m, render.Watched(target, p.rowsOf(args[0], size.H)), 0, tuning)
	p.console.ClearLine()
	if err != nil {
		return err
	}
	p.console.Evaluation(printer.Evaluation{Model: file, Image: args[1], Size: size, Splats: m.Splats.N, Bytes: info.Size(), Scores: found})
	return nil
}

// warnOfOtherSize warns when a comparison is not at the size of the training.
func (p *program) warnOfOtherSize(m *splat.Model, w, h int) {
	if w != m.W || h != m.H {
		p.console.Warn("the model was trained at %d × %d px and is compared at %d × %d", m.W, m.H, w, h)
	}
}
