package render

import (
	"slices"
	"strconv"
	"strings"

	"igs/imageio"
	"igs/internal/fault"
	"igs/internal/oneline"
	"igs/splat"
)

// Target is a picture in planes of floats or of the samples of its file.
type Target interface {
	Form() (imageio.Size, []imageio.Layer)
	Row(c, y int, dst []float32) []float32
}

// LikeModel is how to read a picture that is compared with a model. Alpha counts only if the model has it.
func LikeModel(m *splat.Model) imageio.Options {
	hasAlpha := slices.ContainsFunc(m.Layers, func(l imageio.Layer) bool { return l.Alpha })
	return imageio.Options{Alpha: imageio.Alpha{Drop: !hasAlpha}}
}

// ReadTarget reads a picture for measuring. Notes say what reading changed. Only a file of floats is read as floats,
// because floats take four times the memory of 8 bits.
func ReadTarget(path string, o imageio.Options) (Target, []string, error) {
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

// SameChannels refuses to compare a model and a picture with different channels.
func SameChannels(model, picture string, of, with []imageio.Layer) error {
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
	if a, b := list(of), list(with); a != b {
		return fault.New(fault.BadInput, "compare with the picture it was trained on", "the channels differ: %s has %s, and %s has %s", oneline.Text(model), a, oneline.Text(picture), b)
	}
	return nil
}
