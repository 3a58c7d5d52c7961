package igs

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	"igs/splat"
)

// Model is a trained picture. It never changes, and may be used by many goroutines. Two Models are the same when Encode writes the same bytes.
type Model struct{ model *splat.Model }

// Parameters are the numbers of a model, splat after splat in each slice. docs/format.md in the sources has the formula by which they make
// a picture.
type Parameters struct {
	Splats, Channels int
	Position         []float32 // 2 a splat: x and y in widths and heights of the picture, from its top left
	InverseSigma     []float32 // 2 a splat: 1/σ along its two axes, in 1/px of the size of the training
	Rotation         []float32 // 1 a splat: the angle of its first axis, radians
	Color            []float32 // Channels a splat
}

// Decode reads a model to the end of r. What is no model, or a damaged one, is ErrBadInput.
func Decode(r io.Reader) (*Model, error) {
	m, err := splat.Read(r)
	if err != nil {
		return nil, classify(err)
	}
	return &Model{m}, nil
}

// Load reads a model file (.igsm).
func Load(path string) (*Model, error) {
	m, err := splat.Load(path)
	if err != nil {
		return nil, classify(err)
	}
	return &Model{m}, nil
}

// asDecoded is what decoding the file of a model gives, so that a model shows the same before it is written and after.
func asDecoded(m *splat.Model) (*Model, error) {
	var file bytes.Buffer
	if err := splat.Write(&file, m); err != nil {
		return nil, err
	}
	return Decode(&file)
}

// valid is false for the zero Model, and for none.
func (m *Model) valid() error {
	if m == nil || m.model == nil {
		return badInput("a Model comes from Train, a Trainer, Decode or Load", "an empty Model")
	}
	return nil
}

// Encode writes the model file (docs/format.md in the sources). The same model gives the same bytes, always.
func (m *Model) Encode(w io.Writer) error {
	if err := m.valid(); err != nil {
		return err
	}
	return classify(splat.Write(w, m.model))
}

// Save writes the model file so that path holds either what it held before or all of the model.
func (m *Model) Save(path string) error {
	if err := m.valid(); err != nil {
		return err
	}
	return classify(splat.Save(path, m.model))
}

// Size is that of the picture that the model was trained on. Its depth is that of the images which Render makes.
func (m *Model) Size() Size {
	if m.valid() != nil {
		return Size{}
	}
	return Size{m.model.W, m.model.H, m.model.Splats.C, m.model.Depth()}
}

// Splats counts them.
func (m *Model) Splats() int {
	if m.valid() != nil {
		return 0
	}
	return m.model.Splats.N
}

// Parameters are a copy of the numbers of the model.
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

// String says what the model is in a few words.
func (m *Model) String() string {
	if m.valid() != nil {
		return "empty model"
	}
	return fmt.Sprintf("%d splats of a picture of %s", m.Splats(), m.Size())
}
