package main

import (
	"os"
	"slices"
	"strconv"
	"strings"

	"igs/imageio"
	"igs/internal/command"
	"igs/internal/fault"
	"igs/internal/oneline"
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
	target, notes, err := readExactly(args[1], likeModel(m))
	if err != nil {
		return err
	}
	size, layers := target.Form()
	p.notes(args[1], notes)
	if err := sameChannels(args, m.Layers, layers); err != nil {
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

// likeModel is how to read a picture that is compared with a model. Alpha counts only if the model has it.
func likeModel(m *splat.Model) imageio.Options {
	hasAlpha := slices.ContainsFunc(m.Layers, func(l imageio.Layer) bool { return l.Alpha })
	return imageio.Options{Alpha: imageio.Alpha{Drop: !hasAlpha}}
}

// readExactly reads a picture for measuring. Notes say what reading changed. Only a file of floats is read as floats,
// because floats take four times the memory of 8 bits.
func readExactly(path string, o imageio.Options) (render.Target, []string, error) {
	s, err := imageio.ReadTarget(path, o)
	if err != nil {
		return nil, nil, err
	}
	for _, l := range s.Layers {
		if l.Depth > 16 {
			m, err := imageio.ReadFloats(path, o)
			if err != nil {
				return nil, nil, err
			}
			return m, m.Notes, nil
		}
	}
	return s, s.Notes, nil
}

// sameChannels refuses to compare a model and a picture with different channels.
func sameChannels(args []string, model, picture []imageio.Layer) error {
	list := func(layers []imageio.Layer) string {
		var channels []string
		for _, l := range layers {
			n := strconv.Itoa(l.Colours())
			if l.Alpha {
				n += " and alpha"
			}
			channels = append(channels, n)
		}
		return strings.Join(channels, "+")
	}
	if a, b := list(model), list(picture); a != b {
		return fault.New(fault.BadInput, "compare with the picture it was trained on", "the channels differ: %s has %s, and %s has %s", oneline.Text(args[0]), a, oneline.Text(args[1]), b)
	}
	return nil
}

// warnOfOtherSize warns when a comparison is not at the size of the training.
func (p *program) warnOfOtherSize(m *splat.Model, w, h int) {
	if w != m.W || h != m.H {
		p.console.Warn("the model was trained at %d × %d px and is compared at %d × %d", m.W, m.H, w, h)
	}
}
