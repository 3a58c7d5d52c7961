package render

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"igs/imageio"
)

// OutputFile is a picture file with some of the rendered channels.
type OutputFile struct {
	Path      string // "": only the thumbnail is written
	Kind      string // as in event.Saved
	Spec      imageio.Spec
	First     int     // first channel; the file has Spec.C of them
	Low, High float32 // the values of black and white

	Thumbnail string // file of a smaller copy, a JPEG or a PNG; "" for none
	Width     int    // of the thumbnail, px
}

// LayerFile is the file of a layer with 1 or 3 channels, and perhaps alpha.
func LayerFile(l imageio.Layer, path string) OutputFile {
	return OutputFile{Path: path, Kind: "render", Spec: imageio.Spec{C: l.C, Depth: min(l.Depth, 16)}, Low: l.Low, High: l.High}
}

// WithoutAlpha is the file of the colours only.
func (f OutputFile) WithoutAlpha() OutputFile {
	if imageio.HasAlpha(f.Spec.C) {
		f.Spec.C--
	}
	return f
}

// RoundToBytes reports whether all files hold 8 bits a sample of the rows as they are, so that the rows may be rounded to
// 8 bits before.
func RoundToBytes(files []OutputFile) bool {
	return !slices.ContainsFunc(files, func(f OutputFile) bool {
		return f.Spec.Depth != 8 || imageio.HasAlpha(f.Spec.C) || f.Low != 0 || f.High != 1 || f.Thumbnail != ""
	})
}

// LayerFiles lists the files of a stack: OUT-NAME for each layer, or OUT-1, OUT-2 … when names are missing or not
// unique. A layer that is neither grey nor RGB becomes one grey file for each channel.
func LayerFiles(layers []imageio.Layer, out string) []OutputFile {
	ending := filepath.Ext(out)
	label := func(i int, named bool) string {
		if named {
			return strings.TrimSuffix(out, ending) + "-" + fileName(layers[i].Name)
		}
		return fmt.Sprintf("%s-%d", strings.TrimSuffix(out, ending), i+1)
	}
	list := func(named bool) (files []OutputFile) {
		channel := 0
		for i, l := range layers {
			parts, plain := 1, l
			if l.C != 1 && l.C != 3 && !l.Alpha {
				parts, plain.C = l.C, 1
			}
			for k := range parts {
				name := label(i, named)
				if parts > 1 {
					name += fmt.Sprintf("-channel%d", k+1)
				}
				f := LayerFile(plain, name+ending)
				f.First = channel
				channel += plain.C
				files = append(files, f)
			}
		}
		return files
	}
	files, seen := list(true), map[string]bool{}
	for _, f := range files {
		seen[strings.ToLower(f.Path)] = true // some file systems ignore case
	}
	nameless := slices.ContainsFunc(layers, func(l imageio.Layer) bool { return strings.TrimSpace(l.Name) == "" })
	if nameless || len(seen) < len(files) {
		return list(false)
	}
	return files
}

// longestPart is the longest part of a file name that comes from the name of a layer, bytes. The whole name may have 255.
const longestPart = 180

// fileName is the name of a layer as a part of a file name. The layer's name comes from a file, so characters that lead
// to another folder or that file systems refuse become "_". A long name is cut.
func fileName(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_.+ ()", r) {
			return r
		}
		return '_'
	}, strings.ToValidUTF8(name, "_"))
	end := min(len(name), longestPart)
	for end < len(name) && !utf8.RuneStart(name[end]) {
		end--
	}
	return name[:end]
}

// Stacked reports whether layers are not a single picture of 1 or 3 colours, and perhaps alpha.
func Stacked(layers []imageio.Layer) bool {
	return len(layers) > 1 || len(layers) == 1 && layers[0].Colours() != 1 && layers[0].Colours() != 3
}
