package configs

import (
	"embed"
	"fmt"
	"slices"
)

// presets holds a job file without pictures for each preset.
//
//go:embed presets
var presets embed.FS

// noPreset is the value that means no preset.
const noPreset = "none"

// FillPreset gives every setting that is still at its default the value of a preset. Call it
// after all layers, so that a preset never wins over what somebody asked for, and before
// FillRecipe. The name none changes nothing. The name auto is an error: AutoPreset replaces it
// by another one.
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

// fill takes settings from the text of a job file, if nothing else set them. origin becomes their origin.
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

// Sizes of pictures at which AutoPreset changes the preset.
const (
	pixels4K = 4096 * 2160
	pixels8K = 36_000_000 // a little more than 8192 × 4320
)

// A device is small for a picture when it has less memory than bytesBeside + bytesAPixel for each pixel.
// Training that keeps all pixels needs about 16 bytes a pixel in float16, and some buffers
// whose size does not depend on the picture.
const (
	bytesAPixel = 16
	bytesBeside = 64 << 20
)

// AutoPreset chooses a preset for a job. pixels is the size of the largest picture. deviceBytes
// is the memory that training may use, 0 when it is unknown. why is a clause for the user.
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
		return "extreme", size + fmt.Sprintf(", and the device has only %d MiB for it", deviceBytes>>20)
	}
	return "large", size
}

// Images are the files to train on, in the order of Runs, with patterns expanded. The error is
// Mistakes; Runs returns the same ones.
func (j *Job) Images() ([]string, error) {
	paths, mistakes := j.images()
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	return slices.Clip(paths), nil
}
