package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"igs/configs"
	"igs/imageio"
	"igs/internal/command"
	"igs/internal/fault"
	"igs/internal/oneline"
	"igs/render"
)

// askShow reads --show, and the picture of --show error.
func (r *rendering) askShow(line *command.Line) error {
	r.Show = line.String("show")
	switch {
	case line.IsSet("show") && !slices.Contains(render.Shows, r.Show):
		return fault.New(fault.BadInput, "use "+strings.Join(render.Shows[:3], ", ")+" or "+render.Shows[3], "--show %q is unknown", r.Show)
	case r.Show != "" && line.Bool("layers"):
		return fault.New(fault.BadInput, "leave out one of the two", "--layers is for pictures, and --show renders the splats, which all layers share")
	case r.Show == render.ShowError && line.String("image") == "":
		return fault.New(fault.BadInput, "name the picture: --image PICTURE", "--show error needs the picture that the model was trained on")
	case r.Show != render.ShowError && line.IsSet("image"):
		return fault.New(fault.BadInput, "add --show error, or leave out --image", "--image is for --show error only")
	case r.Show == render.ShowError:
		return r.readTarget(line.String("image"))
	}
	return nil
}

func (r *rendering) readTarget(path string) error {
	target, err := imageio.ReadTarget(path, render.LikeModel(r.Model))
	if err != nil {
		return err
	}
	if len(r.Model.Layers) > 1 {
		return fault.New(fault.BadInput, "leave out --show error; igs eval compares a stack", "--show error is for one picture, and %s holds %d", oneline.Text(r.path), len(r.Model.Layers))
	}
	if err := render.SameChannels(r.path, path, r.Model.Layers, target.Layers); err != nil {
		return err
	}
	r.Target = target
	return nil
}

// askSize reads the size of the whole picture and the part to render. --show error has the size of its picture.
func (r *rendering) askSize(line *command.Line) (err error) {
	if r.Target != nil {
		if line.IsSet("height") || line.IsSet("scale") {
			return fault.New(fault.BadInput, "leave out --height and --scale", "--show error renders at the size of the picture, %d × %d px", r.Target.W, r.Target.H)
		}
		r.W, r.H = r.Target.W, r.Target.H
	} else if r.W, r.H, err = renderSize(line, r.Model.W, r.Model.H); err != nil {
		return err
	}
	r.Area, err = cropped(line.String("crop"), r.W, r.H)
	return err
}

// renderSize is the size of --height or --scale, with the proportions of the trained picture.
func renderSize(line *command.Line, trainedW, trainedH int) (w, h int, err error) {
	const largest = imageio.MaxWritten
	scale := 1.0
	switch {
	case line.IsSet("height") && line.IsSet("scale"):
		return 0, 0, fault.New(fault.BadInput, "give only one of the two", "--height and --scale both set the size")
	case line.IsSet("height"):
		n, err := strconv.Atoi(line.String("height"))
		if err != nil || n < 1 || n > largest {
			return 0, 0, fault.New(fault.BadInput, fmt.Sprintf("give a whole number of px from 1 to %d", largest), "--height %s is not a height", line.String("height"))
		}
		scale = float64(n) / float64(trainedH)
	case line.IsSet("scale"):
		scale, err = strconv.ParseFloat(line.String("scale"), 64)
		if err != nil || !(scale > 0) || math.IsInf(scale, 0) {
			return 0, 0, fault.New(fault.BadInput, "give a number above 0; 2 is twice the size", "--scale %s is not a scale", line.String("scale"))
		}
	}
	x, y := math.Round(float64(trainedW)*scale), math.Round(float64(trainedH)*scale)
	if x < 1 || y < 1 || x > largest || y > largest {
		return 0, 0, fault.New(fault.BadInput, fmt.Sprintf("a side may have 1 to %d px; the model was trained at %d × %d", largest, trainedW, trainedH), "igs does not render a picture of %.0f × %.0f px", x, y)
	}
	return int(x), int(y), nil
}

func cropped(text string, w, h int) (render.Window, error) {
	if text == "" {
		return render.Window{W: w, H: h}, nil
	}
	n, ok := fourNumbers(text)
	a := render.Window{X: n[0], Y: n[1], W: n[2], H: n[3]}
	if !ok || a.X < 0 || a.Y < 0 || a.W < 1 || a.H < 1 || a.W > w || a.H > h || a.X > w-a.W || a.Y > h-a.H {
		return render.Window{}, fault.New(fault.BadInput, fmt.Sprintf("give X,Y,W,H inside of %d × %d px", w, h), "--crop %s is not a part of the picture", text)
	}
	return a, nil
}

// fourNumbers reads four whole numbers between commas.
func fourNumbers(text string) (n [4]int, ok bool) {
	parts := strings.Split(text, ",")
	if len(parts) != len(n) {
		return n, false
	}
	for i, part := range parts {
		var err error
		if n[i], err = strconv.Atoi(strings.TrimSpace(part)); err != nil {
			return n, false
		}
	}
	return n, true
}

func (r *rendering) askBudget(line *command.Line) error {
	if line.IsSet("memory-budget") && !r.NeedsDevice() {
		return fault.New(fault.BadInput, "leave it out", "--memory-budget is for device memory, and --show %s needs none", r.Show)
	}
	job := configs.Default()
	err := job.Set("memory.budget", line.String("memory-budget"), "--memory-budget")
	r.Budget = job.Memory.Budget
	return err
}

// askFiles lists the files, and refuses files that cannot be written or that exist.
func (r *rendering) askFiles(line *command.Line) error {
	format, err := askedFormat(line)
	if err != nil {
		return err
	}
	if r.files, err = r.asked(line.Bool("layers"), outputName(line, r.path)); err != nil {
		return err
	}
	for i := range r.files {
		f := &r.files[i]
		f.Spec.W, f.Spec.H, f.Spec.Quality = r.Area.W, r.Area.H, format.Quality
		if format.Depth != 0 {
			f.Spec.Depth = format.Depth
		} else if most := imageio.Depth(f.Path); most > 0 {
			f.Spec.Depth = min(f.Spec.Depth, most)
		}
		if err := f.Spec.Check(f.Path); err != nil {
			return err
		}
		if err := absent(f.Path, line.Bool("force")); err != nil {
			return err
		}
	}
	return nil
}

// asked lists the files, each with its channels and its bits a sample.
func (r *rendering) asked(each bool, out string) ([]render.OutputFile, error) {
	switch layers := r.Model.Layers; {
	case r.Show != "":
		c := 3
		if r.Show == render.ShowError {
			c = r.Model.Layers[0].Colours()
		}
		return []render.OutputFile{{Path: out, Kind: r.Show, Spec: imageio.Spec{C: c, Depth: 8}, High: 1}}, nil
	case each:
		return render.LayerFiles(layers, out), nil
	case len(layers) > 1:
		return nil, fault.New(fault.BadInput, "--layers writes a file for each picture", "%s holds %d pictures with %d channels in all, which do not fit into one file", r.path, len(layers), r.Model.Splats.C)
	case layers[0].Colours() != 1 && layers[0].Colours() != 3:
		return nil, fault.New(fault.BadInput, "--layers writes each channel as a grey picture", "%s has %d channels, and a picture has 1 or 3", r.path, layers[0].C)
	default:
		return []render.OutputFile{render.LayerFile(layers[0], out)}, nil
	}
}

// askedFormat reads --depth and --quality; 0 means that the flag is not given.
func askedFormat(line *command.Line) (f imageio.Spec, err error) {
	switch depth := line.String("depth"); {
	case depth == "8":
		f.Depth = 8
	case depth == "16":
		f.Depth = 16
	case line.IsSet("depth"):
		return f, fault.New(fault.BadInput, "use --depth 8 or --depth 16", "--depth %s is not possible", depth)
	}
	if line.IsSet("quality") {
		f.Quality, err = strconv.Atoi(line.String("quality"))
		if err != nil || f.Quality < 1 || f.Quality > 100 {
			return f, fault.New(fault.BadInput, "give a whole number from 1 to 100", "--quality %s is not a quality", line.String("quality"))
		}
	}
	return f, nil
}
