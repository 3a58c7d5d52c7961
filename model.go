package igs

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	"igs/splat"
)

// Model is a trained model of a picture. It is immutable and safe for concurrent use. Two models are equal if Encode
// writes the same bytes.
type Model struct{ model *splat.Model }

// Parameters are the parameters of a model. Each slice holds the values of the first splat, then those of the second,
// and so on. docs/format.md in the source code gives the formula that renders them.
type Parameters struct {
	Splats, Channels int
	Position         []float32 // 2 per splat: x and y of the centre; (0, 0) is the top left, (1, 1) the bottom right
	InverseSigma     []float32 // 2 per splat: 1/σ along its two axes, in 1/px at the size of Model.Size
	Rotation         []float32 // 1 per splat: the angle of its first axis, radians
	Color            []float32 // Channels per splat. With alpha the last is α√n/2 of n colours, and the others are colours over mid grey
}

// Decode reads a model from r, to the end of r. Data that is not a model, or a damaged model, gives ErrBadInput.
func Decode(r io.Reader) (*Model, error) {
	m, err := splat.Read(r)
	if err != nil {
		return nil, classify(err)
	}
	return &Model{m}, nil
}

// Load reads a model file (.igsm). A file that is not a model gives ErrBadInput.
func Load(path string) (*Model, error) {
	m, err := splat.Load(path)
	if err != nil {
		return nil, classify(err)
	}
	return &Model{m}, nil
}

// asDecoded encodes and decodes a model. A model in memory then renders exactly as its file does.
func asDecoded(m *splat.Model) (*Model, error) {
	var file bytes.Buffer
	if err := splat.Write(&file, m); err != nil {
		return nil, err
	}
	return Decode(&file)
}

// valid returns an error for a nil or zero Model.
func (m *Model) valid() error {
	if m == nil || m.model == nil {
		return badInput("get a Model from Train, a Trainer, Decode or Load", "an empty Model")
	}
	return nil
}

// Encode writes the model in the format of model files (docs/format.md in the source code). The same model always gives
// the same bytes.
func (m *Model) Encode(w io.Writer) error {
	if err := m.valid(); err != nil {
		return err
	}
	return classify(splat.Write(w, m.model))
}

// Save writes a model file. The file at path is replaced only when the new file is complete.
func (m *Model) Save(path string) error {
	if err := m.valid(); err != nil {
		return err
	}
	return classify(splat.Save(path, m.model))
}

// Size returns the size of the picture that the model was trained on. Its Depth is the depth of the images of Render.
func (m *Model) Size() Size {
	if m.valid() != nil {
		return Size{}
	}
	return Size{m.model.W, m.model.H, m.model.Splats.C, m.model.Depth()}
}

// HasAlpha says whether the picture, or the first of a texture stack, has alpha.
func (m *Model) HasAlpha() bool { return m.valid() == nil && m.model.Layers[0].Alpha }

// Splats returns the number of splats.
func (m *Model) Splats() int {
	if m.valid() != nil {
		return 0
	}
	return m.model.Splats.N
}

// Parameters returns a copy of the parameters.
func (m *Model) Parameters() Parameters {
	if m.valid() != nil {
		return Parameters{}
	}
	p := m.model.Splats
	return Parameters{
		Splats: p.N, Channels: p.C,
		Position: slices.Clone(p.XY), InverseSigma: slices.Clone(p.Scale), Rotation: slices.Clone(p.Rot), Color: slices.Clone(p.Feat),
	}
}

// String describes the model in a few words.
func (m *Model) String() string {
	if m.valid() != nil {
		return "empty model"
	}
	return fmt.Sprintf("%d splats of a picture of %s", m.Splats(), m.Size())
}
