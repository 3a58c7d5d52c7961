package main

import (
	"fmt"
	"strconv"
	"strings"

	"igs/cmd/igs/command"
	"igs/convert"
	"igs/event"
	"igs/imageio"
	"igs/internal/fault"
	"igs/internal/limits"
	"igs/session"
	"igs/splat"
)

func (p *program) convertCommand() *command.Command {
	return &command.Command{
		Name: "convert", Args: "IN OUT", Usage: "carry a model between .igsm, .safetensors and SVG; read Image-GS checkpoints",
		Flags: []command.Flag{
			{Name: "size", Usage: "it was trained on a picture of `WxH` px"},
			{Name: "image", Usage: "it was trained on a picture of the size of `PICTURE`"},
			{Name: "layers", Usage: "`CHANNELS` of each picture of its stack, for example 3,1"},
			{Name: "gamma", Usage: "it was trained with gamma `G`"},
			{Name: "topk", Usage: fmt.Sprintf("it was trained with the nearest `N` splats at a pixel, 1 to %d", largestTopK)},
			{Name: "bits", Usage: "keep its parameters in `XY,SCALE,ROT,FEAT` bits of a model file, 4 to 32 each, for example 12,10,8,8"},
			{Name: "sigma", Kind: command.Bool, Usage: "its scales are standard deviations in px, not their inverses"},
			{Name: "force", Kind: command.Bool, Usage: "write over an existing file"},
		},
		Run: p.convert,
		Description: "IN is a model (.igsm), a safetensors file, a checkpoint of igs, or a checkpoint of the research code of Image-GS (.pt), told apart by content;\n" +
			"OUT ends in " + strings.Join(convert.Endings, ", ") + ". The flags but --bits and --force say what IN does not say itself.",
	}
}

func (p *program) convert(line *command.Line) error {
	args, err := line.Files("file to read", "file to write")
	if err != nil {
		return err
	}
	in, out := args[0], args[1]
	if err := convert.CanWrite(out); err != nil {
		return err
	}
	given, err := modelHints(line)
	if err != nil {
		return err
	}
	m, notes, err := convert.Read(in, given, session.CheckpointReader(in))
	if err != nil {
		return err
	}
	if err := requantise(line, m); err != nil {
		return err
	}
	for _, note := range notes {
		p.console.Note("%s: %s", in, flagsInHint(note))
	}
	if m.Version == "" {
		m.Version = version
	}
	if err := absentAs(out, line.Bool("force")); err != nil {
		return err
	}
	if err := convert.Write(out, m); err != nil {
		if fault.Hint(err) == "" {
			err = fault.WithHint(err, "check the folder and the space on its disk")
		}
		return notWritten(err)
	}
	p.console.Take(event.Saved{Kind: "model", Path: out})
	p.console.Say("%s  %d splats of %d × %d px, %d channels", out, m.Splats.N, m.W, m.H, m.Splats.C)
	return nil
}

// absentAs is absent for a command without --out.
func absentAs(path string, force bool) error {
	err := absent(path, force)
	if fault.Code(err) == fault.OutputExists {
		return fault.WithHint(err, "--force writes over it, or choose another name")
	}
	return fault.WithHint(err, "choose another place")
}

const largestTopK = 32

// modelHints are what the flags say of the model.
func modelHints(line *command.Line) (g convert.Hints, err error) {
	g.Sigma = line.Bool("sigma")
	switch {
	case line.IsSet("size") && line.IsSet("image"):
		return g, fault.New(fault.BadInput, "give one of the two", "--size and --image both set the size")
	case line.IsSet("size"):
		w, h, ok := sizeOf(line.String("size"))
		if !ok {
			return g, fault.New(fault.BadInput, fmt.Sprintf("give width and height from 1 to %d px, for example --size 768x512", limits.Side), "--size %s", line.String("size"))
		}
		g.W, g.H = w, h
	case line.IsSet("image"):
		size, err := imageio.ReadSize(line.String("image"))
		if err != nil {
			return g, err
		}
		g.W, g.H = size.W, size.H
	}
	if line.IsSet("layers") {
		for _, text := range strings.Split(line.String("layers"), ",") {
			c, err := strconv.Atoi(strings.TrimSpace(text))
			if err != nil {
				return g, fault.New(fault.BadInput, "give the channels of each picture, for example --layers 3,1", "--layers %s", line.String("layers"))
			}
			g.Layers = append(g.Layers, c)
		}
	}
	if line.IsSet("gamma") {
		g.Gamma, err = strconv.ParseFloat(line.String("gamma"), 64)
		if err != nil || !(g.Gamma > 0) {
			return g, fault.New(fault.BadInput, "a number above 0; 1 is none", "--gamma %s", line.String("gamma"))
		}
	}
	if line.IsSet("topk") {
		g.TopK, err = strconv.Atoi(line.String("topk"))
		if err != nil || g.TopK < 1 || g.TopK > largestTopK {
			return g, fault.New(fault.BadInput, fmt.Sprintf("a whole number from 1 to %d", largestTopK), "--topk %s", line.String("topk"))
		}
	}
	return g, nil
}

// requantise gives a model the precision that --bits asks for.
func requantise(line *command.Line, m *splat.Model) error {
	if !line.IsSet("bits") {
		return nil
	}
	n, ok := fourNumbers(line.String("bits"))
	bits := splat.Bits{XY: n[0], Scale: n[1], Rot: n[2], Feat: n[3]}
	if !ok || bits.Validate() != nil {
		return fault.New(fault.BadInput, fmt.Sprintf("give four numbers from %d to %d, for example --bits 12,10,8,8", splat.MinBits, splat.MaxBits), "--bits %s", line.String("bits"))
	}
	m.Bits = bits
	m.Splats.Quantize(bits)
	return nil
}
