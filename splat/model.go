package splat

import (
	"fmt"

	"igs/imageio"
	"igs/internal/limits"
	"igs/splat/symbols"
)

// Model is a trained model: all that rendering needs.
type Model struct {
	Splats  *Splats
	W, H    int             // size of the training picture, px; scales are in 1/px at this size
	TopK    int             // maximum number of splats that count at a pixel
	Layers  []imageio.Layer // the training pictures, at least one; together they have the channels of the splats
	Gamma   float64         // the splats represent v^Gamma of the samples v; the sample to show is the rendered one to 1/Gamma
	Bits    Bits            // precision of the parameters in a file of format version 1
	Grid    symbols.Grid    // precision in a file of format version 2; zero: the file has version 1
	Recipe  string          // recipe of the training, such as "paper"
	Version string          // version of igs that wrote the model
}

const maxText = 255 // maximum length of a name in a model file, bytes

// Validate returns an error if m cannot be rendered or written.
func (m *Model) Validate() error {
	switch {
	case m.Splats == nil:
		return fmt.Errorf("a model without splats")
	case m.W < 1 || m.H < 1 || m.W > limits.Side || m.H > limits.Side:
		return fmt.Errorf("a picture of %d×%d px", m.W, m.H)
	case m.TopK < 1 || m.TopK > limits.TopK:
		return fmt.Errorf("a top-K of %d", m.TopK)
	case !(m.Gamma > 0 && m.Gamma <= limits.Gamma):
		return fmt.Errorf("a gamma of %g", m.Gamma)
	case m.Splats.C > limits.Channels:
		return fmt.Errorf("%d channels", m.Splats.C)
	case len(m.Recipe) > maxText || len(m.Version) > maxText:
		return fmt.Errorf("the name of the recipe or the version is longer than %d bytes", maxText)
	}
	if err := m.validateLayers(); err != nil {
		return err
	}
	if err := m.Bits.Validate(); err != nil {
		return err
	}
	if m.Grid != (symbols.Grid{}) {
		if err := m.Grid.Validate(); err != nil {
			return err
		}
	}
	return m.Splats.Validate()
}

// validateLayers checks the pictures of the model and their channels.
func (m *Model) validateLayers() error {
	channels := 0
	for _, l := range m.Layers {
		switch {
		case l.C < 1:
			return fmt.Errorf("a layer of %d channels", l.C)
		case l.Alpha && !imageio.HasAlpha(l.C):
			return fmt.Errorf("a layer with alpha of %d channels", l.C)
		case l.Depth != 8 && l.Depth != 16 && l.Depth != 32:
			return fmt.Errorf("a picture of %d bits per sample", l.Depth)
		case !(finite(float64(l.Low)) && finite(float64(l.High)) && l.Low < l.High):
			return fmt.Errorf("a range from %g to %g", l.Low, l.High)
		case len(l.Name) > maxText:
			return fmt.Errorf("the name of a layer is longer than %d bytes", maxText)
		}
		channels += l.C
	}
	if channels != m.Splats.C {
		return fmt.Errorf("layers of %d channels in all, but splats of %d channels", channels, m.Splats.C)
	}
	return nil
}

// Depth returns the number of bits per sample for a PNG of the model: 16 if any of its pictures has more than 8, else
// 8.
func (m *Model) Depth() int {
	for _, l := range m.Layers {
		if l.Depth > 8 {
			return 16
		}
	}
	return 8
}

// Plain returns the single layer of a picture that is not a stack.
func Plain(channels, depth int) []imageio.Layer {
	return []imageio.Layer{{C: channels, Depth: depth, High: 1}}
}
