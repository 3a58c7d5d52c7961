package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/urfave/cli/v2"

	"igs/imageio"
	"igs/internal/fault"
)

// sheet is a file to be written of some of the channels that are drawn.
type sheet struct {
	path      string
	kind      string // as in event.Saved
	spec      imageio.Spec
	first     int     // channel of the drawing; spec.C of them from there
	low, high float32 // what black and white stand for
}

// askSheets lists the files, and refuses those that cannot be written or are there already.
func (r *rendering) askSheets(ctx *cli.Context) error {
	format, err := askedFormat(ctx)
	if err != nil {
		return err
	}
	if r.sheets, err = r.asked(ctx.Bool("layers"), outputName(ctx, r.path)); err != nil {
		return err
	}
	for i := range r.sheets {
		s := &r.sheets[i]
		s.spec.W, s.spec.H, s.spec.Quality = r.area.w, r.area.h, format.Quality
		if format.Depth != 0 {
			s.spec.Depth = format.Depth
		} else if most := imageio.Depth(s.path); most > 0 {
			s.spec.Depth = min(s.spec.Depth, most)
		}
		if err := s.spec.Check(s.path); err != nil {
			return err
		}
		if err := absent(s.path, ctx.Bool("force")); err != nil {
			return err
		}
	}
	return nil
}

// asked are the files, in the depth of what they show.
func (r *rendering) asked(each bool, out string) ([]sheet, error) {
	switch layers := r.model.Layers; {
	case r.show != "":
		c := 3
		if r.show == showError {
			c = r.model.Splats.C
		}
		return []sheet{{path: out, kind: r.show, spec: imageio.Spec{C: c, Depth: 8}, high: 1}}, nil
	case each:
		return layerSheets(layers, out), nil
	case len(layers) > 1:
		return nil, fault.New(fault.BadInput, "--layers writes a file for each of them", "%s holds %d pictures with %d channels in all, which are not one picture", r.path, len(layers), r.model.Splats.C)
	case layers[0].C != 1 && layers[0].C != 3:
		return nil, fault.New(fault.BadInput, "--layers writes each channel as a grey picture", "%s has %d channels, and a picture 1 or 3", r.path, layers[0].C)
	default:
		return []sheet{ofLayer(layers[0], out)}, nil
	}
}

// askedFormat reads --depth and --quality, 0 where they are not given.
func askedFormat(ctx *cli.Context) (f imageio.Spec, err error) {
	switch depth := ctx.String("depth"); {
	case depth == "8":
		f.Depth = 8
	case depth == "16":
		f.Depth = 16
	case ctx.IsSet("depth"):
		return f, fault.New(fault.BadInput, "say --depth 8 or --depth 16", "--depth %s", depth)
	}
	if ctx.IsSet("quality") {
		f.Quality, err = strconv.Atoi(ctx.String("quality"))
		if err != nil || f.Quality < 1 || f.Quality > 100 {
			return f, fault.New(fault.BadInput, "give a whole number from 1 to 100", "--quality %s", ctx.String("quality"))
		}
	}
	return f, nil
}

// ofLayer is a layer of 1 or 3 channels as a file.
func ofLayer(l imageio.Layer, path string) sheet {
	return sheet{path: path, kind: "render", spec: imageio.Spec{C: l.C, Depth: min(l.Depth, 16)}, low: l.Low, high: l.High}
}

// layerSheets are the files of a stack: OUT-NAME for each layer, or OUT-1, OUT-2 … when the names do not tell all apart. A layer that
// is neither grey nor RGB becomes a grey file for each channel.
func layerSheets(layers []imageio.Layer, out string) []sheet {
	ending := filepath.Ext(out)
	label := func(i int, named bool) string {
		if named {
			return strings.TrimSuffix(out, ending) + "-" + fileName(layers[i].Name)
		}
		return fmt.Sprintf("%s-%d", strings.TrimSuffix(out, ending), i+1)
	}
	list := func(named bool) (sheets []sheet) {
		channel := 0
		for i, l := range layers {
			parts, plain := 1, l
			if l.C != 1 && l.C != 3 {
				parts, plain.C = l.C, 1
			}
			for k := range parts {
				name := label(i, named)
				if parts > 1 {
					name += fmt.Sprintf("-channel%d", k+1)
				}
				s := ofLayer(plain, name+ending)
				s.first = channel
				channel += plain.C
				sheets = append(sheets, s)
			}
		}
		return sheets
	}
	sheets, seen := list(true), map[string]bool{}
	for _, s := range sheets {
		seen[strings.ToLower(s.path)] = true // some file systems take both cases for one
	}
	nameless := slices.ContainsFunc(layers, func(l imageio.Layer) bool { return strings.TrimSpace(l.Name) == "" })
	if nameless || len(seen) < len(sheets) {
		return list(false)
	}
	return sheets
}

// fileName is the name of a layer without what could lead to another folder or is no sign for a file. It came from outside.
func fileName(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_.+ ()", r) {
			return r
		}
		return '_'
	}, strings.ToValidUTF8(name, "_"))
}
