package imageio

import "math"

// Layer is one picture of a texture stack; a plain picture is a stack of one. The samples of its channels are
// (v − Low) / (High − Low) of the values v that its file has as floats.
type Layer struct {
	Name      string  // of the file, without its ending
	C         int     // channels: 1 or 3
	Depth     int     // bits a sample of the file: 8, 16, or 32 for floats
	Low, High float32 // 0 and 1, unless the file holds floats beyond them
}

// Layer is picture i of a stack; it shares memory with the stack.
func (m *Image) Layer(i int) *Image {
	first := 0
	for _, l := range m.Layers[:i] {
		first += l.C
	}
	l, n := m.Layers[i], m.W*m.H
	return &Image{W: m.W, H: m.H, C: l.C, Depth: l.Depth, Layers: []Layer{l}, Pix: m.Pix[first*n : (first+l.C)*n : (first+l.C)*n]}
}

// Shown takes the samples, which it clamps to 0..1, to the power of 1/gamma in place and returns the picture: the inverse of what
// a target goes through.
func (m *Image) Shown(gamma float64) *Image {
	for i, v := range m.Pix {
		v = min(max(v, 0), 1)
		if gamma != 1 {
			v = float32(math.Pow(float64(v), 1/gamma))
		}
		m.Pix[i] = v
	}
	return m
}

// Rescale gives the samples of each layer the range of another, in place: what stood for a value stands for it again. Stacks of other
// channels are left alone.
func (m *Image) Rescale(to []Layer) {
	if len(to) != len(m.Layers) {
		return
	}
	for i, l := range m.Layers {
		if l.C != to[i].C || l.Low == to[i].Low && l.High == to[i].High {
			continue
		}
		pix := m.Layer(i).Pix
		for k, v := range pix {
			value := float64(l.Low) + float64(v)*(float64(l.High)-float64(l.Low))
			pix[k] = float32((value - float64(to[i].Low)) / (float64(to[i].High) - float64(to[i].Low)))
		}
	}
}
