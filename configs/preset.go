package configs

import (
	"embed"
	"fmt"
	"slices"
)

// presets are job files without pictures, read as every job file is.
//
//go:embed presets
var presets embed.FS

// noPreset is the name that stands for no preset.
const noPreset = "none"

// FillPreset gives every setting that is still at its default the value of a preset. It
// comes after all layers, so that a preset never wins over what somebody asked for, and
// before FillRecipe. The name none fills nothing; auto is no name here: AutoPreset makes one of it.
func (j *Job) FillPreset(name string) error {
	if name == noPreset {
		return nil
	}
	text, err := presets.ReadFile("presets/" + name + ".toml")
	if err != nil {
		return Mistakes{{Where: j.whence("preset"), Text: fmt.Sprintf("there is no preset %q", name)}}
	}
	return j.fill("preset "+name, string(text))
}

// fill takes from a job file what nothing else set. origin stands for the file.
func (j *Job) fill(origin, text string) error {
	from := Default()
	if err := from.decode(origin, text); err != nil {
		return err
	}
	for _, name := range []string{"preset", "recipe", "effort"} {
		if from.origins[name] != fromDefault {
			return Mistakes{{Where: from.origins[name], Text: "neither a preset nor a recipe can set " + name}}
		}
	}
	for _, k := range schema {
		if from.origins[k.name] == fromDefault || j.origins[k.name] != fromDefault {
			continue
		}
		k.in(j).take(k.in(from))
		j.origins[k.name] = origin
	}
	return nil
}

// What the presets are for, in pixels.
const (
	pixels4K = 4096 * 2160
	pixels8K = 36_000_000 // 8192 × 4320 and a little
)

// A device is small for a picture when it has less than this. Training that keeps all it
// can needs some 16 bytes a pixel in float16, and buffers that do not grow with the picture.
const (
	bytesAPixel = 16
	bytesBeside = 64 << 20
)

// AutoPreset chooses a preset for a job. pixels is the size of the largest picture, and
// deviceBytes the memory that training may use, 0 when that is not known. why is a clause
// for the user.
func AutoPreset(pixels, deviceBytes int64) (name, why string) {
	size := fmt.Sprintf("the largest picture has %.1f megapixels", float64(pixels)/1e6)
	if pixels < 100_000 {
		size = fmt.Sprintf("the largest picture has %d pixels", pixels)
	}
	small := deviceBytes > 0 && deviceBytes < bytesBeside+bytesAPixel*pixels
	switch {
	case pixels <= pixels4K:
		return "standard", size
	case pixels > pixels8K:
		return "extreme", size
	case small:
		return "extreme", size + ", and the device only " + fmt.Sprintf("%d MiB for it", deviceBytes>>20)
	}
	return "large", size
}

// Images are the files to train on, patterns expanded, in the order of Runs. The error is
// Mistakes; Runs gives them too.
func (j *Job) Images() ([]string, error) {
	paths, mistakes := j.images()
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	return slices.Clip(paths), nil
}
