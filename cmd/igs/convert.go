package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"igs/convert"
	"igs/event"
	"igs/imageio"
	"igs/internal/fault"
	"igs/internal/limits"
	"igs/optim"
	"igs/record"
	"igs/splat"
)

func (p *program) convertCommand() *cli.Command {
	return &cli.Command{
		Name: "convert", ArgsUsage: "IN OUT", Usage: "carry a model between .igsm, .safetensors and SVG; read Image-GS checkpoints",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "size", Usage: "it was trained on a picture of `WxH` px"},
			&cli.StringFlag{Name: "image", Usage: "it was trained on a picture of the size of `PICTURE`"},
			&cli.StringFlag{Name: "layers", Usage: "`CHANNELS` of each picture of its stack, for example 3,1"},
			&cli.StringFlag{Name: "gamma", Usage: "it was trained with gamma `G`"},
			&cli.StringFlag{Name: "topk", Usage: fmt.Sprintf("it was trained with the nearest `N` splats at a pixel, 1 to %d", largestTopK)},
			&cli.StringFlag{Name: "bits", Usage: "keep its parameters in `XY,SCALE,ROT,FEAT` bits of a model file, 4 to 32 each, for example 12,10,8,8"},
			&cli.BoolFlag{Name: "sigma", DisableDefaultText: true, Usage: "its scales are standard deviations in px, not their inverses"},
			&cli.BoolFlag{Name: "force", DisableDefaultText: true, Usage: "write over an existing file"},
		},
		Action: p.convert,
		Description: "IN is a model (.igsm), a safetensors file, a checkpoint of igs, or a checkpoint of the research code of Image-GS (.pt), told apart by content;\n" +
			"OUT ends in " + strings.Join(convert.Endings, ", ") + ". The flags but --bits and --force say what IN does not say itself.",
	}
}

func (p *program) convert(ctx *cli.Context) error {
	args, err := files(ctx, "file to read", "file to write")
	if err != nil {
		return err
	}
	in, out := args[0], args[1]
	if err := convert.CanWrite(out); err != nil {
		return err
	}
	given, err := givenBy(ctx)
	if err != nil {
		return err
	}
	m, notes, err := convert.Read(in, given, checkpointAt(in))
	if err != nil {
		return err
	}
	if err := requantise(ctx, m); err != nil {
		return err
	}
	for _, note := range notes {
		p.console.note("%s: %s", in, note)
	}
	if m.Version == "" {
		m.Version = version
	}
	if err := absentAs(out, ctx.Bool("force")); err != nil {
		return err
	}
	if err := convert.Write(out, m); err != nil {
		if fault.Hint(err) == "" {
			err = fault.WithHint(err, "check the folder and the space on its disk")
		}
		return notWritten(err)
	}
	p.console.tell(event.Saved{Kind: "model", Path: out})
	p.console.say("%s  %d splats of %d × %d px, %d channels", out, m.Splats.N, m.W, m.H, m.Splats.C)
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

// checkpointAt lends convert what the trainer knows of its checkpoints, and what the folder of the run says that one lies in.
func checkpointAt(path string) convert.Checkpoint {
	return func(data []byte) (*splat.Splats, convert.Given, error) {
		s, err := optim.DecodeState(data)
		if err != nil {
			return nil, convert.Given{}, err
		}
		known := runAround(path)
		known.W, known.H = s.W, s.H
		return s.Splats, known, nil
	}
}

// runAround is what the folder of a run says of a checkpoint: its settings and, when it has a model already, the pictures. That
// nothing can be read there is no error.
func runAround(checkpoint string) (known convert.Given) {
	whole, err := filepath.Abs(checkpoint)
	if err != nil || filepath.Base(filepath.Dir(whole)) != filepath.Dir(filepath.FromSlash(record.LatestCheckpoint)) {
		return known
	}
	dir := filepath.Dir(filepath.Dir(whole))
	run, err := record.ReadRun(dir)
	if err != nil {
		return known
	}
	if gamma, ok := run.Settings["input.gamma"].Value.(float64); ok {
		known.Gamma = gamma
	}
	if topk, ok := run.Settings["train.topk"].Value.(float64); ok {
		known.TopK = int(topk)
	}
	if m, err := splat.Load(filepath.Join(dir, record.ModelFile)); err == nil {
		known.Pictures = m.Layers
	}
	return known
}

// givenBy is what the flags say of the model.
func givenBy(ctx *cli.Context) (g convert.Given, err error) {
	g.Sigma = ctx.Bool("sigma")
	switch {
	case ctx.IsSet("size") && ctx.IsSet("image"):
		return g, fault.New(fault.BadInput, "give one of the two", "--size and --image both set the size")
	case ctx.IsSet("size"):
		width, height, _ := strings.Cut(ctx.String("size"), "x")
		w, werr := strconv.Atoi(width)
		h, herr := strconv.Atoi(height)
		if errors.Join(werr, herr) != nil || w < 1 || h < 1 || w > limits.Side || h > limits.Side {
			return g, fault.New(fault.BadInput, fmt.Sprintf("give width and height from 1 to %d px, for example --size 768x512", limits.Side), "--size %s", ctx.String("size"))
		}
		g.W, g.H = w, h
	case ctx.IsSet("image"):
		size, err := imageio.ReadSize(ctx.String("image"))
		if err != nil {
			return g, err
		}
		g.W, g.H = size.W, size.H
	}
	if ctx.IsSet("layers") {
		for _, text := range strings.Split(ctx.String("layers"), ",") {
			c, err := strconv.Atoi(strings.TrimSpace(text))
			if err != nil {
				return g, fault.New(fault.BadInput, "give the channels of each picture, for example --layers 3,1", "--layers %s", ctx.String("layers"))
			}
			g.Layers = append(g.Layers, c)
		}
	}
	if ctx.IsSet("gamma") {
		g.Gamma, err = strconv.ParseFloat(ctx.String("gamma"), 64)
		if err != nil || !(g.Gamma > 0) {
			return g, fault.New(fault.BadInput, "a number above 0; 1 is none", "--gamma %s", ctx.String("gamma"))
		}
	}
	if ctx.IsSet("topk") {
		g.TopK, err = strconv.Atoi(ctx.String("topk"))
		if err != nil || g.TopK < 1 || g.TopK > largestTopK {
			return g, fault.New(fault.BadInput, fmt.Sprintf("a whole number from 1 to %d", largestTopK), "--topk %s", ctx.String("topk"))
		}
	}
	return g, nil
}

// requantise gives a model the precision that --bits asks for.
func requantise(ctx *cli.Context, m *splat.Model) error {
	if !ctx.IsSet("bits") {
		return nil
	}
	var n [4]int
	parts := strings.Split(ctx.String("bits"), ",")
	ok := len(parts) == len(n)
	for i := 0; ok && i < len(n); i++ {
		var err error
		n[i], err = strconv.Atoi(strings.TrimSpace(parts[i]))
		ok = err == nil
	}
	bits := splat.Bits{XY: n[0], Scale: n[1], Rot: n[2], Feat: n[3]}
	if !ok || bits.Validate() != nil {
		return fault.New(fault.BadInput, fmt.Sprintf("give four numbers from %d to %d, for example --bits 12,10,8,8", splat.MinBits, splat.MaxBits), "--bits %s", ctx.String("bits"))
	}
	m.Bits = bits
	m.Splats.Quantize(bits)
	return nil
}
