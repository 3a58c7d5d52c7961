package convert

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"igs/imageio"
	"igs/internal/fault"
	"igs/internal/safetensors"
	"igs/splat"
	"igs/splat/symbols"
)

// Formats in the metadata of a safetensors file. docs/convert.md describes the first one.
const (
	modelFormat      = "igs-model 1"
	checkpointFormat = "igs checkpoint 1"
	owingFormat      = "igs checkpoint 2" // of a checkpoint that owes work after its step
	formatKey        = "format"
	stepsKey         = "steps" // optional
)

// layer is an imageio.Layer in the metadata.
type layer struct {
	Name     string  `json:"name"`
	Channels int     `json:"channels"`
	Depth    int     `json:"depth"`
	Low      float32 `json:"low"`
	High     float32 `json:"high"`
	Alpha    bool    `json:"alpha,omitempty"`
}

// encodeSafetensors writes the tensors xy (N, 2), scale (N, 2), rot (N, 1) and feat (N, C), and the rest of m as
// metadata.
func encodeSafetensors(m *splat.Model) ([]byte, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	var layers []layer
	for _, l := range m.Layers {
		layers = append(layers, layer{l.Name, l.C, l.Depth, l.Low, l.High, l.Alpha})
	}
	text, err := json.Marshal(layers)
	if err != nil {
		return nil, err
	}
	bits, err := json.Marshal([]int{m.Bits.XY, m.Bits.Scale, m.Bits.Rot, m.Bits.Feat})
	if err != nil {
		return nil, err
	}
	metadata := map[string]string{
		formatKey: modelFormat, "width": strconv.Itoa(m.W), "height": strconv.Itoa(m.H), "topk": strconv.Itoa(m.TopK),
		"gamma": strconv.FormatFloat(m.Gamma, 'g', -1, 64), "layers": string(text), "bits": string(bits),
		"recipe": m.Recipe, "version": m.Version,
	}
	if g := m.Grid; g != (symbols.Grid{}) {
		metadata[stepsKey] = fmt.Sprintf("[%d,%d,%d,%d]", g.Position, g.Size, g.Angle, g.Colour)
	}
	p := m.Splats
	return safetensors.Encode([]safetensors.Tensor{
		{Name: "xy", Shape: []int{p.N, 2}, Values: p.XY},
		{Name: "scale", Shape: []int{p.N, 2}, Values: p.Scale},
		{Name: "rot", Shape: []int{p.N, 1}, Values: p.Rot},
		{Name: "feat", Shape: []int{p.N, p.C}, Values: p.Feat},
	}, metadata)
}

// decodeSafetensors reads a file of encodeSafetensors, a checkpoint of igs, or the four tensors alone, for which given
// tells the rest. Of any other file it reads only the header.
func decodeSafetensors(r io.ReaderAt, size int64, given ModelHints, checkpoint Checkpoint) (*splat.Model, []string, error) {
	f, err := safetensors.Open(r, size)
	if err != nil {
		return nil, nil, err
	}
	switch f.Metadata[formatKey] {
	case checkpointFormat, owingFormat:
		return fromCheckpoint(r, f, given, checkpoint)
	case modelFormat:
		if given.something() {
			return nil, nil, fault.New(fault.BadInput, tellsItself, "the file is an export of igs")
		}
		if n := len(f.Names()); n != 4 {
			return nil, nil, fmt.Errorf("%d tensors; an export of igs has 4", n)
		}
		p, err := splatsOf(f)
		if err != nil {
			return nil, nil, err
		}
		m, err := described(p, f.Metadata)
		return m, nil, err
	}
	p, err := splatsOf(f)
	if err != nil {
		return nil, nil, err
	}
	m, notes, err := given.complete(p)
	return m, append(notes, "igs did not write the file; the conventions of igs are assumed for its tensors"), err
}

// fromCheckpoint reads a checkpoint of igs. What the user did not tell comes from the folder of the run.
func fromCheckpoint(r io.ReaderAt, f *safetensors.File, given ModelHints, checkpoint Checkpoint) (*splat.Model, []string, error) {
	if given.W != 0 || given.Sigma {
		return nil, nil, fault.New(fault.BadInput, "leave out given.size, given.image and given.sigma", "a checkpoint of igs contains its size")
	}
	if err := fits(f); err != nil {
		return nil, nil, err
	}
	data := make([]byte, f.Size())
	if _, err := r.ReadAt(data, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, err
	}
	p, beside, err := checkpoint(data)
	if err != nil {
		return nil, nil, err
	}
	given.W, given.H, given.Pictures = beside.W, beside.H, beside.Pictures
	var found []string
	if given.Gamma == 0 && beside.Gamma > 0 {
		given.Gamma = beside.Gamma
		found = append(found, fmt.Sprintf("gamma %g", beside.Gamma))
	}
	if given.TopK == 0 && beside.TopK > 0 {
		given.TopK = beside.TopK
		found = append(found, fmt.Sprintf("topk %d", beside.TopK))
	}
	m, notes, err := given.complete(p)
	if found != nil {
		notes = append(notes, strings.Join(found, ", ")+": from the folder of the run")
	}
	return m, notes, err
}

// fits refuses a file that is larger than its splats, two moments for each parameter, and their ages. It reads only the
// header, so a large file is refused before it is read.
func fits(f *safetensors.File) error {
	l, err := layoutOf(f)
	if err != nil {
		return err
	}
	if most := 4 * int64(l.n) * int64(3*(5+l.c)+1); f.Values() > most {
		return fmt.Errorf("%d bytes of values; a checkpoint of %d splats has %d", f.Values(), l.n, most)
	}
	return nil
}

// layoutOf finds the four tensors. Other tensors are ignored.
func layoutOf(f *safetensors.File) (layout, error) {
	return arrange(func(name string) (array, error) {
		shape, ok := f.Shape(name)
		if !ok {
			return array{}, fmt.Errorf("the tensor %s is missing", name)
		}
		return array{shape, func() ([]float32, error) { return f.Read(name) }}, nil
	})
}

func splatsOf(f *safetensors.File) (*splat.Splats, error) {
	l, err := layoutOf(f)
	if err != nil {
		return nil, err
	}
	return l.splats()
}

// described makes a model from splats and the metadata of an export of igs, which is complete.
func described(p *splat.Splats, metadata map[string]string) (*splat.Model, error) {
	for _, key := range []string{"width", "height", "topk", "gamma", "layers", "bits", "recipe", "version"} {
		if _, ok := metadata[key]; !ok {
			return nil, fmt.Errorf("the metadata have no %s", key)
		}
	}
	m := &splat.Model{Splats: p, Recipe: metadata["recipe"], Version: metadata["version"]}
	var err error
	number := func(key string) int {
		n, failed := strconv.Atoi(metadata[key])
		if failed != nil && err == nil {
			err = fmt.Errorf("metadata: %s is %q", key, metadata[key])
		}
		return n
	}
	m.W, m.H, m.TopK = number("width"), number("height"), number("topk")
	if err != nil {
		return nil, err
	}
	if m.Gamma, err = strconv.ParseFloat(metadata["gamma"], 64); err != nil {
		return nil, fmt.Errorf("metadata: gamma is %q", metadata["gamma"])
	}
	var layers []layer
	if err := json.Unmarshal([]byte(metadata["layers"]), &layers); err != nil {
		return nil, fmt.Errorf("metadata: layers: %w", err)
	}
	for _, l := range layers {
		m.Layers = append(m.Layers, imageio.Layer{Name: l.Name, C: l.Channels, Depth: l.Depth, Low: l.Low, High: l.High, Alpha: l.Alpha})
	}
	var bits []int
	if err := json.Unmarshal([]byte(metadata["bits"]), &bits); err != nil || len(bits) != 4 {
		return nil, fmt.Errorf("metadata: bits is %q; it should be four numbers", metadata["bits"])
	}
	m.Bits = splat.Bits{XY: bits[0], Scale: bits[1], Rot: bits[2], Feat: bits[3]}
	if text, ok := metadata[stepsKey]; ok {
		var steps []uint32
		if err := json.Unmarshal([]byte(text), &steps); err != nil || len(steps) != 4 {
			return nil, fmt.Errorf("metadata: %s is %q; it should be four numbers", stepsKey, text)
		}
		m.Grid = symbols.Grid{Position: steps[0], Size: steps[1], Angle: steps[2], Colour: steps[3]}
	}
	return m, m.Validate()
}
