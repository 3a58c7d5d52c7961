package convert

import (
	"fmt"
	"slices"

	"igs/imageio"
	"igs/internal/fault"
	"igs/splat"
)

// Hints are facts about a model that its file does not contain. They come from the user or from the folder of the file.
// A zero field is unknown.
type Hints struct {
	W, H   int     // size of the picture it was trained on, px
	Layers []int   // channels of each picture of a stack
	Gamma  float64 // of the training
	TopK   int     // most splats that are blended at a pixel
	Sigma  bool    // the tensor scale holds σ and not 1/σ

	Pictures []imageio.Layer // the pictures of the stack, if more than their channels is known; Layers has priority
}

func (h Hints) something() bool {
	return h.W != 0 || h.H != 0 || h.Layers != nil || h.Gamma != 0 || h.TopK != 0 || h.Sigma
}

const topK = 10 // the default of the paper

// complete makes a model of splats and hints. The caller sets Recipe and Version. Notes say what was assumed.
func (h Hints) complete(p *splat.Splats) (m *splat.Model, notes []string, err error) {
	if h.W == 0 || h.H == 0 {
		return nil, nil, fault.New(fault.BadInput, "say given.size WxH in px, or given.image PICTURE with the picture it was trained on", "it does not say for which size of picture it is")
	}
	m = &splat.Model{Splats: p, W: h.W, H: h.H, TopK: h.TopK, Gamma: h.Gamma, Bits: splat.Lossless}
	if h.Gamma == 0 {
		m.Gamma = 1
		notes = append(notes, "gamma 1 is assumed; given.gamma sets another")
	}
	if h.TopK == 0 {
		m.TopK = topK
		notes = append(notes, fmt.Sprintf("topk %d is assumed; given.topk sets another", topK))
	}
	if m.Layers, err = h.layers(p.C); err != nil {
		return nil, nil, err
	}
	if !slices.Equal(m.Layers, h.Pictures) {
		notes = append(notes, "its pictures are assumed to have 8 bits a sample, from 0 to 1; igs render --depth 16 writes more")
	}
	if h.Sigma {
		for i, sigma := range p.Scale {
			p.Scale[i] = 1 / sigma
		}
	}
	return m, notes, m.Validate()
}

// layers divides the channels among the pictures. Without hints there is one picture.
func (h Hints) layers(channels int) ([]imageio.Layer, error) {
	if h.Layers == nil {
		known := 0
		for _, l := range h.Pictures {
			known += l.C
		}
		if known == channels {
			return h.Pictures, nil
		}
		if channels != 1 && channels != 3 {
			return nil, fault.New(fault.BadInput, "say the channels of each picture of the stack, for example given.layers 3,1", "%d channels are not a single picture", channels)
		}
		return splat.Plain(channels, 8), nil
	}
	sum := 0
	for _, c := range h.Layers {
		if c != 1 && c != 3 {
			return nil, fault.New(fault.BadInput, "a picture has 1 or 3 channels", "a picture of %d channels", c)
		}
		sum += c
	}
	if sum != channels {
		return nil, fault.New(fault.BadInput, fmt.Sprintf("the numbers of given.layers must add up to %d", channels), "the model has %d channels, but the pictures have %d", channels, sum)
	}
	if len(h.Layers) == 1 {
		return splat.Plain(channels, 8), nil
	}
	var layers []imageio.Layer
	for i, c := range h.Layers {
		one := splat.Plain(c, 8)[0]
		one.Name = fmt.Sprintf("layer_%d", i+1)
		layers = append(layers, one)
	}
	return layers, nil
}
