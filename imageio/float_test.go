package imageio

import (
	"encoding/binary"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// exrOf is an OpenEXR picture of grey floats without packing.
func exrOf(w, h int, values []float32) []byte {
	out := []byte("v/1\x01\x02\x00\x00\x00")
	attribute := func(name, kind string, data []byte) {
		out = append(append(append(append(out, name...), 0), kind...), 0)
		out = append(binary.LittleEndian.AppendUint32(out, uint32(len(data))), data...)
	}
	window := binary.LittleEndian.AppendUint32(make([]byte, 8), uint32(w-1))
	window = binary.LittleEndian.AppendUint32(window, uint32(h-1))
	attribute("channels", "chlist", []byte("Y\x00\x02\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x00"))
	attribute("compression", "compression", []byte{0})
	attribute("dataWindow", "box2i", window)
	attribute("displayWindow", "box2i", window)
	out = append(out, 0)
	if values == nil {
		return out
	}
	at := len(out) + 8*h
	for y := range h {
		out = binary.LittleEndian.AppendUint64(out, uint64(at+y*(8+4*w)))
	}
	for y := range h {
		out = binary.LittleEndian.AppendUint32(out, uint32(y))
		out = binary.LittleEndian.AppendUint32(out, uint32(4*w))
		for _, v := range values[y*w:][:w] {
			out = binary.LittleEndian.AppendUint32(out, math.Float32bits(v))
		}
	}
	return out
}

func TestFloatsAreNormalised(t *testing.T) {
	inf := float32(math.Inf(1))
	nan := inf - inf
	cases := map[string]struct {
		values    []float32
		low, high float32
		want      []float32
		notes     []string
	}{
		"within 0..1": {[]float32{0, 0.25, 1e-6, 0.9}, 0, 1, []float32{0, 0.25, 1e-6, 0.9}, nil},
		"light":       {[]float32{0, 1, 10, 40}, 0, 40, []float32{0, 0.025, 0.25, 1}, []string{"from 0 to 40"}},
		"negative":    {[]float32{-1, 0, 0.5, 1}, -1, 1, []float32{0, 0.5, 0.75, 1}, []string{"from -1 to 1"}},
		"odd":         {[]float32{nan, inf, -inf, 3}, 0, 3, []float32{0, 1, 0, 1}, []string{"not a number count as 0: 1", "one: 2", "from 0 to 3"}},
		"a sixteenth": {[]float32{0, 0.0625, 0.03125, 0}, 0, 1, []float32{0, 0.0625, 0.03125, 0}, nil},
		"far below 1": {[]float32{0, 2e-5, 1e-5, 5e-6}, 0, 2e-5, []float32{0, 1, 0.5, 0.25}, []string{"from 0 to 2e-05"}},
		"dark":        {[]float32{0, 0.002, 0.001, 0}, 0, 0.002, []float32{0, 1, 0.5, 0}, []string{"from 0 to 0.002"}},
		"heights":     {[]float32{1000, 1001, 1000.5, 1000}, 1000, 1001, []float32{0, 1, 0.5, 0}, []string{"from 1000 to 1001"}},
		"depths":      {[]float32{-1001, -1000, -1000.5, -1000}, -1001, -1000, []float32{0, 1, 0.5, 1}, []string{"from -1001 to -1000"}},
		"a hole":      {[]float32{nan, 1001, 1000.5, 1001}, 0, 1001, []float32{0, 1, 1000.5 / 1001, 1}, []string{"as 0: 1", "from 0 to 1001"}},
		"smallest":    {[]float32{0, math.SmallestNonzeroFloat32, 0, 0}, 0, math.SmallestNonzeroFloat32, []float32{0, 1, 0, 0}, []string{"from 0 to 1.4"}},
		"equal":       {[]float32{0.25, 0.25, 0.25, 0.25}, 0, 1, []float32{0.25, 0.25, 0.25, 0.25}, nil},
		"black":       {[]float32{0, 0, 0, 0}, 0, 1, []float32{0, 0, 0, 0}, nil},
		"equal above": {[]float32{4, 4, 4, 4}, 0, 4, []float32{1, 1, 1, 1}, []string{"from 0 to 4"}},
		"odd below 0": {[]float32{nan, inf, -inf, -1}, -1, 1, []float32{0.5, 1, 0, 0}, []string{"as 0: 1", "one: 2", "from -1 to 1"}},
		"only odd":    {[]float32{nan, nan, inf, -inf}, 0, 1, []float32{0, 0, 1, 0}, []string{"as 0: 2", "one: 2"}},
		"the largest": {[]float32{-math.MaxFloat32, math.MaxFloat32, 0, 1}, -math.MaxFloat32, math.MaxFloat32, []float32{0, 1, 0.5, 0.5}, []string{"from -3.403e+38"}},
	}
	for name, k := range cases {
		path := save(t, "light.map.exr", exrOf(2, 2, k.values))
		m, err := ReadFloats(path, Options{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		layer := []Layer{{"light.map", 1, 32, k.low, k.high, false}}
		if !slices.Equal(m.Pix, k.want) || !slices.Equal(m.Layers, layer) || m.Depth != 16 {
			t.Errorf("%s: %v, layers %v, depth %d", name, m.Pix, m.Layers, m.Depth)
		}
		if len(m.Notes) != len(k.notes) {
			t.Errorf("%s: notes %q", name, m.Notes)
		}
		for i := range min(len(m.Notes), len(k.notes)) {
			if !strings.Contains(m.Notes[i], k.notes[i]) {
				t.Errorf("%s: %q does not say %q", name, m.Notes[i], k.notes[i])
			}
		}
		s, err := ReadSamples(path)
		if err != nil || s.Depth != 16 || !slices.Equal(s.Layers, layer) || !slices.Equal(s.words, m.Samples(16).words) {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
		if size, err := ReadSize(path); size != (Size{2, 2, 1, 16}) || err != nil {
			t.Errorf("%s: %+v, %v", name, size, err)
		}
	}
}

func TestNotesOfOpenEXR(t *testing.T) {
	for name, want := range map[string][]string{
		"alpha":     {linearNote, overBlack, "values from -0.5 to "},
		"opaque":    {linearNote, "values from -0.5 to "},
		"window":    {"only its data window of 9 x 21 px is read", linearNote, "values from -0.5 to "},
		"zip_float": {linearNote, "values from -1 to 20"},
	} {
		m, err := ReadFloats(filepath.Join("exr", "testdata", name+".exr"), Options{Alpha: Alpha{Drop: true}})
		if err != nil {
			t.Fatal(err)
		}
		if m.C != 3 || len(m.Notes) != len(want) {
			t.Errorf("%s: %d channels, notes %q", name, m.C, m.Notes)
			continue
		}
		for i, w := range want {
			if !strings.Contains(m.Notes[i], w) {
				t.Errorf("%s: %q does not say %q", name, m.Notes[i], w)
			}
		}
	}
}

// A target with a wide range and gamma 1 has one note about it. With another gamma, or with gamma 0, there is none.
func TestNoteOfGamma(t *testing.T) {
	dir := folder(t, map[string][]byte{"a.exr": exrOf(2, 1, []float32{1, 20}), "b.exr": exrOf(2, 1, []float32{1, 30}), "c.exr": exrOf(2, 1, []float32{0, 1})})
	for path, want := range map[string]int{dir: 1, filepath.Join(dir, "a.exr"): 1, filepath.Join(dir, "c.exr"): 0} {
		for gamma, want := range map[float64]int{1: want, 0: 0, 0.5: 0} {
			s, err := ReadTarget(path, Options{Gamma: gamma})
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Count(strings.Join(s.Notes, "\n"), "input.gamma"); got != want {
				t.Errorf("%s, gamma %g: %q", filepath.Base(path), gamma, s.Notes)
			}
		}
	}
}

// Gamma is applied before a target gets 16 bits. Otherwise the darkest values would all be one step.
func TestGammaComesBeforeRounding(t *testing.T) {
	path := save(t, "dark.exr", exrOf(3, 1, []float32{1e-6, 2e-6, 1}))
	s, err := ReadTarget(path, Options{Gamma: 0.5})
	if err != nil {
		t.Fatal(err)
	}
	if want := []uint16{66, 93, 65535}; !slices.Equal(s.words, want) { // 65535·√v
		t.Errorf("%v, want %v", s.words, want)
	}
}
