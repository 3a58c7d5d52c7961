package main

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"igs/convert"
	"igs/event"
	"igs/imageio"
	"igs/internal/command"
	"igs/internal/fault"
	"igs/internal/limits"
	"igs/optim"
	"igs/render"
	"igs/session"
	"igs/splat"
	"igs/splat/symbols"
	"igs/vk"
)

func (p *program) convertCommand() *command.Command {
	return &command.Command{
		Name: "convert", Args: "IN OUT", Usage: "convert a model to .igsm, .safetensors, SVG or a page; reads Image-GS checkpoints too",
		Flags: []command.Flag{
			{Name: "size", Usage: "size of the picture that the model was trained on: `WxH` px"},
			{Name: "image", Usage: "take this size from `PICTURE`", Paths: command.Files},
			{Name: "layers", Usage: "`CHANNELS` of each picture of a texture stack, for example 3,1"},
			{Name: "gamma", Usage: "gamma `G` that the model was trained with"},
			{Name: "topk", Usage: fmt.Sprintf("number `N` of splats that count at a pixel, 1 to %d", largestTopK)},
			{Name: "bits", Usage: "write parameters with `XY,SCALE,ROT,FEAT` bits, 4 to 32 each, for example 12,10,8,8"},
			{Name: "loss-db", Usage: "write the smallest .igsm whose PSNR against --picture is lower by at most `DB`"},
			{Name: "picture", Usage: "the `PICTURE` of the training, for --loss-db", Paths: command.Files},
			{Name: "sigma", Kind: command.Bool, Usage: "the scales in IN are standard deviations in px, not their inverses"},
			{Name: "force", Kind: command.Bool, Usage: "replace an existing file"},
		},
		Run: p.convert, Paths: command.Files, Meant: []string{"export", "import", "quantize", "quantise", "save"},
		Description: "IN is a model (.igsm), the folder of a run, a safetensors file, a checkpoint of igs, or a checkpoint of the\n" +
			"research code of Image-GS (.pt). igs looks at the content, not at the name. OUT ends in " + strings.Join(convert.Endings, ", ") + ". --bits,\n" +
			"--loss-db, --picture and --force are about OUT; all other flags tell what IN does not contain. --loss-db searches for the\n" +
			"precision and the symbols of the file on the device, as igs run does at the end.",
	}
}

func (p *program) convert(line *command.Line) error {
	args, err := line.Files("file to read", "file to write")
	if err != nil {
		return err
	}
	out := args[1]
	if err := convert.CanWrite(out); err != nil {
		return err
	}
	in, err := session.FindModel(args[0])
	if err != nil {
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
	loss, err := lossOf(line, out)
	if err != nil {
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
	if loss > 0 {
		if err := p.shrink(line, m, loss); err != nil {
			return err
		}
	}
	if err := convert.Write(out, m); err != nil {
		if fault.Hint(err) == "" {
			err = fault.WithHint(err, "check the folder and the space on its disk")
		}
		return notWritten(err)
	}
	p.console.Take(event.Saved{Kind: "model", Path: out})
	channels := "channels"
	if m.Splats.C == 1 {
		channels = "channel"
	}
	p.console.Say("%s  %d splats of %d × %d px, %d %s", out, m.Splats.N, m.W, m.H, m.Splats.C, channels)
	return nil
}

// absentAs is absent for a command that has no flag --out.
func absentAs(path string, force bool) error {
	err := absent(path, force)
	if fault.Code(err) == fault.OutputExists {
		return fault.WithHint(err, "--force replaces it; or choose another name")
	}
	return fault.WithHint(err, "choose another place")
}

const largestTopK = 32

// modelHints is what the flags tell about the model.
func modelHints(line *command.Line) (g convert.ModelHints, err error) {
	g.Sigma = line.Bool("sigma")
	switch {
	case line.IsSet("size") && line.IsSet("image"):
		return g, fault.New(fault.BadInput, "give only one of the two", "--size and --image both set the size")
	case line.IsSet("size"):
		w, h, ok := sizeOf(line.String("size"))
		if !ok {
			return g, fault.New(fault.BadInput, fmt.Sprintf("give width and height from 1 to %d px, for example --size 768x512", limits.Side), "--size %s is not a size", line.String("size"))
		}
		g.W, g.H = w, h
	case line.IsSet("image"):
		size, err := imageio.TargetSize(line.String("image"), imageio.Options{Alpha: imageio.Alpha{Drop: true}})
		if err != nil {
			return g, err
		}
		g.W, g.H = size.W, size.H
	}
	if line.IsSet("layers") {
		for _, text := range strings.Split(line.String("layers"), ",") {
			c, err := strconv.Atoi(strings.TrimSpace(text))
			if err != nil {
				return g, fault.New(fault.BadInput, "give the number of channels of each picture, for example --layers 3,1", "--layers %s is not a list of numbers", line.String("layers"))
			}
			g.Layers = append(g.Layers, c)
		}
	}
	if line.IsSet("gamma") {
		g.Gamma, err = strconv.ParseFloat(line.String("gamma"), 64)
		if err != nil || !(g.Gamma > 0) {
			return g, fault.New(fault.BadInput, "give a number above 0; 1 means no gamma", "--gamma %s is not a gamma", line.String("gamma"))
		}
	}
	if line.IsSet("topk") {
		g.TopK, err = strconv.Atoi(line.String("topk"))
		if err != nil || g.TopK < 1 || g.TopK > largestTopK {
			return g, fault.New(fault.BadInput, fmt.Sprintf("give a whole number from 1 to %d", largestTopK), "--topk %s is not such a number", line.String("topk"))
		}
	}
	return g, nil
}

// requantise rounds a model to the bits of --bits.
func requantise(line *command.Line, m *splat.Model) error {
	if !line.IsSet("bits") {
		return nil
	}
	n, ok := fourNumbers(line.String("bits"))
	bits := splat.Bits{XY: n[0], Scale: n[1], Rot: n[2], Feat: n[3]}
	if !ok || bits.Validate() != nil {
		return fault.New(fault.BadInput, fmt.Sprintf("give four numbers from %d to %d, for example --bits 12,10,8,8", splat.MinBits, splat.MaxBits), "--bits %s is not a precision", line.String("bits"))
	}
	m.Bits, m.Grid = bits, symbols.Grid{}
	m.Splats.Quantize(bits)
	return nil
}

// lossOf is the loss of --loss-db, or 0.
func lossOf(line *command.Line, out string) (float64, error) {
	if !line.IsSet("loss-db") {
		if line.IsSet("picture") {
			return 0, fault.New(fault.BadInput, "give the loss with --loss-db, or leave out --picture", "--picture is for --loss-db only")
		}
		return 0, nil
	}
	loss, err := strconv.ParseFloat(line.String("loss-db"), 64)
	switch {
	case err != nil || !(loss > 0 && loss <= 20):
		return 0, fault.New(fault.BadInput, "give a number above 0 and at most 20, for example --loss-db 0.2", "--loss-db %s is not such a loss", line.String("loss-db"))
	case line.IsSet("bits"):
		return 0, fault.New(fault.BadInput, "give only one of the two", "--loss-db and --bits both set the precision")
	case !line.IsSet("picture"):
		return 0, fault.New(fault.BadInput, "name it with --picture PICTURE", "--loss-db needs the picture of the training")
	case filepath.Ext(out) != ".igsm":
		return 0, fault.New(fault.BadInput, "write a file that ends in .igsm", "--loss-db is about .igsm, and %s is another kind of file", out)
	}
	return loss, nil
}

// shrink rounds a model for a file of a certain loss.
func (p *program) shrink(line *command.Line, m *splat.Model, loss float64) error {
	how := render.LikeModel(m)
	how.Gamma = m.Gamma
	target, err := imageio.ReadTarget(line.String("picture"), how)
	if err != nil {
		return err
	}
	dev, err := p.openDevice(line, vk.Options{})
	if err != nil {
		return err
	}
	defer p.close(dev)
	done, err := optim.RoundModel(dev, target, m, loss)
	if err == nil {
		p.console.Note("%d bytes; the PSNR changes by %+.4f dB", done.Bytes, -done.Loss)
	}
	return err
}
