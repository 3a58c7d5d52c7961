package imageio

// Layer is one picture of a texture stack; a plain picture is a stack of one. The samples of its channels are
// (v − Low) / (High − Low) of the values v that its file has as floats.
type Layer struct {
	Name      string  // of the file, without its ending
	C         int     // channels: 1 or 3; with alpha 2 or 4
	Depth     int     // bits a sample of the file: 8, 16, or 32 for floats
	Low, High float32 // 0 and 1; of floats beyond them, or within a small part of them, the range
	Alpha     bool    // the last channel is alpha, and the others are colours over mid grey, as in Mix
}

// Rescaler converts samples of one stack to the ranges of another. The values that samples stand for do not change.
type Rescaler struct {
	gain, offset []float32 // by channel; empty when the ranges are equal
	alpha        []int     // by channel: that of the alpha of its layer, or 0
}

// NewRescaler makes a Rescaler for two stacks of the same channels. For other stacks it changes nothing.
func NewRescaler(from, to []Layer) Rescaler {
	var r Rescaler
	if len(from) != len(to) {
		return r
	}
	changed := false
	for i, l := range from {
		if l.C != to[i].C || l.Alpha != to[i].Alpha {
			return Rescaler{}
		}
		alpha := 0
		if l.Alpha {
			alpha = len(r.gain) + l.C - 1
		}
		changed = changed || l.Low != to[i].Low || l.High != to[i].High
		width := float64(to[i].High) - float64(to[i].Low)
		for range l.Colours() {
			r.alpha = append(r.alpha, alpha)
			r.gain = append(r.gain, float32((float64(l.High)-float64(l.Low))/width))
			r.offset = append(r.offset, float32((float64(l.Low)-float64(to[i].Low))/width))
		}
		if l.Alpha {
			r.alpha, r.gain, r.offset = append(r.alpha, 0), append(r.gain, 1), append(r.offset, 0)
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
		if at := r.alpha[c]; at > 0 {
			r.applyOver(row[c], row[at], c, alphaShare(r.colours(at)))
			continue
		}
		for x, v := range row[c] {
			row[c][x] = v*gain + r.offset[c]
		}
	}
}

// colours is the number of colours of the layer whose alpha is channel at.
func (r Rescaler) colours(at int) (n int) {
	for _, alpha := range r.alpha {
		if alpha == at {
			n++
		}
	}
	return n
}

// applyOver changes a line of colours over mid grey (Mix). The colours are multiplied by alpha, and so is the offset.
func (r Rescaler) applyOver(line, alphas []float32, c int, share float32) {
	for x, v := range alphas {
		a := visible(v, share)
		line[x] = (line[x]-(1-a)/2)*r.gain[c] + a*r.offset[c] + (1-a)/2
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
