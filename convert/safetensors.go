package convert

import (
	"encoding/json"
	"fmt"
	"strconv"

	"igs/imageio"
	"igs/internal/fault"
	"igs/internal/safetensors"
	"igs/splat"
)

// Formats that the metadata of a safetensors file may name. docs/convert.md is the reference of the first.
const (
	modelFormat      = "igs-model 1"
	checkpointFormat = "igs checkpoint 1"
	formatKey        = "format"
)

// layer is how the metadata has an imageio.Layer.
type layer struct {
	Name     string  `json:"name"`
	Channels int     `json:"channels"`
	Depth    int     `json:"depth"`
	Low      float32 `json:"low"`
	High     float32 `json:"high"`
}

// encodeSafetensors gives the tensors xy (N, 2), scale (N, 2), rot (N, 1) and feat (N, C), and all else of m as metadata.
func encodeSafetensors(m *splat.Model) ([]byte, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	var layers []layer
	for _, l := range m.Layers {
		layers = append(layers, layer{l.Name, l.C, l.Depth, l.Low, l.High})
	}
	text, err := json.Marshal(layers)
	if err != nil {
		return nil, err
	}
	bits, err := json.Marshal([]int{m.Bits.XY, m.Bits.Scale, m.Bits.Rot, m.Bits.Feat})
	if err != nil {
		return nil, err
	}
	p := m.Splats
	return safetensors.Encode([]safetensors.Tensor{
		{Name: "xy", Shape: []int{p.N, 2}, Values: p.XY},
		{Name: "scale", Shape: []int{p.N, 2}, Values: p.Scale},
		{Name: "rot", Shape: []int{p.N, 1}, Values: p.Rot},
		{Name: "feat", Shape: []int{p.N, p.C}, Values: p.Feat},
	}, map[string]string{
		formatKey: modelFormat, "width": strconv.Itoa(m.W), "height": strconv.Itoa(m.H), "topk": strconv.Itoa(m.TopK),
		"gamma": strconv.FormatFloat(m.Gamma, 'g', -1, 64), "layers": string(text), "bits": string(bits),
		"recipe": m.Recipe, "version": m.Version,
	})
}

// decodeSafetensors reads what encodeSafetensors wrote, a checkpoint of igs, or the four tensors alone, as given says.
func decodeSafetensors(data []byte, given Given, checkpoint Checkpoint) (*splat.Model, []string, error) {
	tensors, metadata, err := safetensors.Decode(data)
	if err != nil {
		return nil, nil, err
	}
	switch metadata[formatKey] {
	case checkpointFormat:
		return fromCheckpoint(data, given, checkpoint)
	case modelFormat:
		if given.something() {
			return nil, nil, fault.New(fault.BadInput, tellsItself, "an export of igs")
		}
		if len(tensors) != 4 {
			return nil, nil, fmt.Errorf("%d tensors; an export of igs has 4", len(tensors))
		}
		p, err := splatsOf(tensors)
		if err != nil {
			return nil, nil, err
		}
		m, err := described(p, metadata)
		return m, nil, err
	}
	p, err := splatsOf(tensors)
	if err != nil {
		return nil, nil, err
	}
	m, notes, err := given.complete(p)
	return m, append(notes, "it is no export of igs: the conventions of igs are assumed for its tensors"), err
}

func fromCheckpoint(data []byte, given Given, checkpoint Checkpoint) (*splat.Model, []string, error) {
	if given.W != 0 || given.Sigma {
		return nil, nil, fault.New(fault.BadInput, "leave --size, --image and --sigma out", "a checkpoint of igs, which says its size itself")
	}
	p, w, h, err := checkpoint(data)
	if err != nil {
		return nil, nil, err
	}
	given.W, given.H = w, h
	return given.complete(p)
}

// splatsOf finds the four tensors and holds their shapes against each other. Others are left aside.
func splatsOf(tensors []safetensors.Tensor) (*splat.Splats, error) {
	byName := map[string]array{}
	for _, t := range tensors {
		byName[t.Name] = array{t.Shape, t.Values}
	}
	return assemble(func(name string) (array, error) {
		a, ok := byName[name]
		if !ok {
			return a, fmt.Errorf("the tensor %s is missing", name)
		}
		return a, nil
	})
}

// array is a tensor of float32, the last dimension the fastest.
type array struct {
	shape  []int
	values []float32
}

// assemble makes splats of the tensors that find gives.
func assemble(find func(name string) (array, error)) (*splat.Splats, error) {
	p := &splat.Splats{}
	for _, want := range []struct {
		name string
		to   *[]float32
		each int // values a splat; 0: any number of them
	}{{"xy", &p.XY, 2}, {"scale", &p.Scale, 2}, {"rot", &p.Rot, 1}, {"feat", &p.Feat, 0}} {
		a, err := find(want.name)
		if err != nil {
			return nil, err
		}
		flat := len(a.shape) == 1 && want.each == 1
		if !flat && len(a.shape) != 2 {
			return nil, fmt.Errorf("the tensor %s has the shape %v", want.name, a.shape)
		}
		if want.name == "xy" {
			p.N = a.shape[0]
		}
		if want.name == "feat" {
			want.each, p.C = a.shape[1], a.shape[1]
		}
		if a.shape[0] != p.N || !flat && a.shape[1] != want.each {
			return nil, fmt.Errorf("the tensor %s has the shape %v; it should be [%d %d]", want.name, a.shape, p.N, want.each)
		}
		*want.to = a.values
	}
	return p, p.Validate()
}

// described is a model of which the metadata of an export of igs says all.
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
		m.Layers = append(m.Layers, imageio.Layer{Name: l.Name, C: l.Channels, Depth: l.Depth, Low: l.Low, High: l.High})
	}
	var bits []int
	if err := json.Unmarshal([]byte(metadata["bits"]), &bits); err != nil || len(bits) != 4 {
		return nil, fmt.Errorf("metadata: bits is %q; it should be four numbers", metadata["bits"])
	}
	m.Bits = splat.Bits{XY: bits[0], Scale: bits[1], Rot: bits[2], Feat: bits[3]}
	return m, validate(m)
}
