package imageio

// Layer is one picture of a texture stack; a plain picture is a stack of one. The samples of its channels are
// (v − Low) / (High − Low) of the values v that its file has as floats.
type Layer struct {
	Name      string  // of the file, without its ending
	C         int     // channels: 1 or 3
	Depth     int     // bits a sample of the file: 8, 16, or 32 for floats
	Low, High float32 // 0 and 1; of floats beyond them, or within a small part of them, the range
}

// Rescaler converts samples of one stack to the ranges of another. The values that samples stand for do not change.
type Rescaler struct{ gain, offset []float32 } // by channel; empty when the ranges are equal

// NewRescaler makes a Rescaler for two stacks of the same channels. For other stacks it changes nothing.
func NewRescaler(from, to []Layer) Rescaler {
	var r Rescaler
	if len(from) != len(to) {
		return r
	}
	changed := false
	for i, l := range from {
		if l.C != to[i].C {
			return Rescaler{}
		}
		changed = changed || l.Low != to[i].Low || l.High != to[i].High
		width := float64(to[i].High) - float64(to[i].Low)
		for range l.C {
			r.gain = append(r.gain, float32((float64(l.High)-float64(l.Low))/width))
			r.offset = append(r.offset, float32((float64(l.Low)-float64(to[i].Low))/width))
		}
	}
	if !changed {
		return Rescaler{}
	}
	return r
}

// Apply changes a row in place. The row has a slice for each channel.
func (r Rescaler) Apply(row [][]float32) {
	for c, gain := range r.gain {
		for x, v := range row[c] {
			row[c][x] = v*gain + r.offset[c]
		}
	}
}

// Form is the size of the picture and its layers.
func (m *Image) Form() (Size, []Layer) { return Size{m.W, m.H, m.C, m.Depth}, m.Layers }

// Form is the size of the picture and its layers.
func (s *Samples) Form() (Size, []Layer) { return Size{s.W, s.H, s.C, s.Depth}, s.Layers }

// Row writes row y of channel c to dst, of W samples, and returns it.
func (m *Image) Row(c, y int, dst []float32) []float32 {
	copy(dst[:m.W], m.Plane(c)[y*m.W:])
	return dst[:m.W]
}
