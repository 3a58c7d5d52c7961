package main

import (
	"os"
	"strconv"
	"strings"

	"igs/cmd/igs/command"
	"igs/imageio"
	"igs/internal/fault"
	"igs/printer"
	"igs/render"
	"igs/session"
	"igs/splat"
	"igs/vk"
)

func (p *program) evalCommand() *command.Command {
	return &command.Command{
		Name: "eval", Args: "MODEL IMAGE", Usage: "PSNR, SSIM, MS-SSIM, FLIP and size of a model against a picture",
		Run:         p.eval,
		Description: "The model is drawn at the size of the picture and clamped to black and white, not rounded. A folder is a texture stack.",
	}
}

func (p *program) eval(line *command.Line) error {
	args, err := line.Files("model", "picture")
	if err != nil {
		return err
	}
	m, err := session.LoadModel(args[0])
	if err != nil {
		return err
	}
	target, notes, err := readExactly(args[1])
	if err != nil {
		return err
	}
	size, layers := target.Form()
	p.notes(args[1], notes)
	if err := sameChannels(args, m.Layers, layers); err != nil {
		return err
	}
	p.warnOfOtherSize(m, size.W, size.H)
	info, err := os.Stat(args[0])
	if err != nil {
		return err
	}
	dev, err := p.openDevice(line, vk.Options{})
	if err != nil {
		return err
	}
	defer p.close(dev)
	found, err := render.Score(dev, m, target, 0)
	if err != nil {
		return err
	}
	p.console.Evaluation(printer.Evaluation{Model: args[0], Image: args[1], Size: size, Splats: m.Splats.N, Bytes: info.Size(), Scores: found})
	return nil
}

// readExactly reads a picture for measuring, and says what reading changed. The picture is in floats only where its file has them,
// since they take four times as much memory.
func readExactly(path string) (render.Target, []string, error) {
	s, err := imageio.ReadSamples(path)
	if err != nil {
		return nil, nil, err
	}
	for _, l := range s.Layers {
		if l.Depth > 16 {
			m, err := imageio.Read(path)
			if err != nil {
				return nil, nil, err
			}
			return m, m.Notes, nil
		}
	}
	return s, s.Notes, nil
}

// sameChannels refuses a comparison of pictures with other channels.
func sameChannels(args []string, model, picture []imageio.Layer) error {
	list := func(layers []imageio.Layer) string {
		var channels []string
		for _, l := range layers {
			channels = append(channels, strconv.Itoa(l.C))
		}
		return strings.Join(channels, "+")
	}
	if a, b := list(model), list(picture); a != b {
		return fault.New(fault.BadInput, "compare with the picture it was trained on", "%s has %s channels and %s %s", args[0], a, args[1], b)
	}
	return nil
}

// warnOfOtherSize says that a comparison is not at the size of the training.
func (p *program) warnOfOtherSize(m *splat.Model, w, h int) {
	if w != m.W || h != m.H {
		p.console.Warn("the model was trained at %d × %d px and is compared at %d × %d", m.W, m.H, w, h)
	}
}
