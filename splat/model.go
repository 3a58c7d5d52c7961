package splat

import (
	"fmt"

	"igs/imageio"
	"igs/internal/limits"
)

// Model is what training leaves behind and rendering needs.
type Model struct {
	Splats  *Splats
	W, H    int             // size it was trained at, px; scales are in 1/px of it
	TopK    int             // splats that count at a pixel
	Layers  []imageio.Layer // the pictures it was trained on, one after the other in its channels; at least one
	Gamma   float64         // of the training: it drew v^Gamma of the samples v, so what it draws is taken to 1/Gamma to be shown
	Bits    Bits            // precision of the parameters in a file
	Recipe  string          // recipe of the training, e.g. "paper"
	Version string          // igs version that wrote it
}

const maxText = 255 // bytes of a name in a model file

// Validate reports the first thing that keeps m from being rendered or written.
func (m *Model) Validate() error {
	switch {
	case m.Splats == nil:
		return fmt.Errorf("model without splats")
	case m.W < 1 || m.H < 1 || m.W > limits.Side || m.H > limits.Side:
		return fmt.Errorf("picture of %d×%d px", m.W, m.H)
	case m.TopK < 1 || m.TopK > limits.TopK:
		return fmt.Errorf("top-K of %d", m.TopK)
	case !(m.Gamma > 0 && m.Gamma <= limits.Gamma):
		return fmt.Errorf("gamma of %g", m.Gamma)
	case m.Splats.C > limits.Channels:
		return fmt.Errorf("%d channels", m.Splats.C)
	case len(m.Recipe) > maxText || len(m.Version) > maxText:
		return fmt.Errorf("recipe or version name longer than %d bytes", maxText)
	}
	if err := m.validateLayers(); err != nil {
		return err
	}
	if err := m.Bits.Validate(); err != nil {
		return err
	}
	return m.Splats.Validate()
}

// validateLayers holds the pictures of the model against its channels.
func (m *Model) validateLayers() error {
	channels := 0
	for _, l := range m.Layers {
		switch {
		case l.C < 1:
			return fmt.Errorf("a layer of %d channels", l.C)
		case l.Depth != 8 && l.Depth != 16 && l.Depth != 32:
			return fmt.Errorf("picture of %d bits per sample", l.Depth)
		case !(finite(float64(l.Low)) && finite(float64(l.High)) && l.Low < l.High):
			return fmt.Errorf("a range from %g to %g", l.Low, l.High)
		case len(l.Name) > maxText:
			return fmt.Errorf("the name of a layer is longer than %d bytes", maxText)
		}
		channels += l.C
	}
	if channels != m.Splats.C {
		return fmt.Errorf("layers of %d channels in all, splats of %d", channels, m.Splats.C)
	}
	return nil
}

// Depth is the bits a sample that a PNG of the model should have: 16 if any of its pictures had more than 8.
func (m *Model) Depth() int {
	for _, l := range m.Layers {
		if l.Depth > 8 {
			return 16
		}
	}
	return 8
}

// Plain is the layer of a picture that is no stack.
func Plain(channels, depth int) []imageio.Layer {
	return []imageio.Layer{{C: channels, Depth: depth, High: 1}}
}
