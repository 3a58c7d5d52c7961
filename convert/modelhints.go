package convert

import (
	"fmt"
	"slices"

	"igs/imageio"
	"igs/internal/fault"
	"igs/splat"
)

// ModelHints is what a file does not contain about its model: told by the user, or found beside the file. A zero value
// means unknown.
type ModelHints struct {
	W, H   int     // size of the picture that it was trained on, px
	Layers []int   // channels of each picture of a stack
	Gamma  float64 // of the training
	TopK   int     // splats that count at a pixel
	Sigma  bool    // the tensor scale holds σ instead of 1/σ

	Pictures []imageio.Layer // of the stack, when more than the channels is known; Layers counts more
}

func (g ModelHints) something() bool {
	return g.W != 0 || g.H != 0 || g.Layers != nil || g.Gamma != 0 || g.TopK != 0 || g.Sigma
}

const topK = 10 // of the paper, when nothing tells another

// complete makes a model of splats. The caller sets Recipe and Version. Notes tell what was assumed.
func (g ModelHints) complete(p *splat.Splats) (m *splat.Model, notes []string, err error) {
	if g.W == 0 || g.H == 0 {
		return nil, nil, fault.New(fault.BadInput, "give given.size WxH in px, or given.image PICTURE with the picture that it was trained on", "the file does not contain the size of its picture")
	}
	m = &splat.Model{Splats: p, W: g.W, H: g.H, TopK: g.TopK, Gamma: g.Gamma, Bits: splat.Lossless}
	if g.Gamma == 0 {
		m.Gamma = 1
		notes = append(notes, "gamma 1 is assumed; given.gamma sets another")
	}
	if g.TopK == 0 {
		m.TopK = topK
		notes = append(notes, fmt.Sprintf("topk %d is assumed; given.topk sets another", topK))
	}
	if m.Layers, err = g.layers(p.C); err != nil {
		return nil, nil, err
	}
	if !slices.Equal(m.Layers, g.Pictures) {
		notes = append(notes, "its pictures get 8 bits a sample, with values from 0 to 1; igs render --depth 16 writes 16 bits")
	}
	if g.Sigma {
		for i, sigma := range p.Scale {
			p.Scale[i] = 1 / sigma
		}
	}
	return m, notes, m.Validate()
}

// layers divides the channels among pictures. Without hints all channels are one picture.
func (g ModelHints) layers(channels int) ([]imageio.Layer, error) {
	if g.Layers == nil {
		known := 0
		for _, l := range g.Pictures {
			known += l.C
		}
		if known == channels {
			return g.Pictures, nil
		}
		if channels != 1 && channels != 3 {
			return nil, fault.New(fault.BadInput, "give the channels of each picture of the stack, for example given.layers 3,1", "the model has %d channels, which are not one picture", channels)
		}
		return splat.Plain(channels, 8), nil
	}
	sum := 0
	for _, c := range g.Layers {
		if c != 1 && c != 3 {
			return nil, fault.New(fault.BadInput, "a picture has 1 or 3 channels", "a picture of %d channels", c)
		}
		sum += c
	}
	if sum != channels {
		return nil, fault.New(fault.BadInput, fmt.Sprintf("the numbers of given.layers must add up to %d", channels), "the model has %d channels, and the pictures %d", channels, sum)
	}
	if len(g.Layers) == 1 {
		return splat.Plain(channels, 8), nil
	}
	var layers []imageio.Layer
	for i, c := range g.Layers {
		one := splat.Plain(c, 8)[0]
		one.Name = fmt.Sprintf("layer_%d", i+1)
		layers = append(layers, one)
	}
	return layers, nil
}
