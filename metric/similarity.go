package metric

// Similarity measures the SSIM of two pictures row by row, and nothing else. It does not use several processors.
type Similarity struct {
	samples  float64
	channels []*scale
}

// NewSimilarity returns a meter for pictures of w × h px with c channels.
func NewSimilarity(w, h, c int) *Similarity {
	s := &Similarity{samples: float64(w) * float64(h) * float64(c)}
	memory := newMemory(1)
	for range c {
		s.channels = append(s.channels, newScale(w, h, memory))
	}
	return s
}

// Add adds the next row of a channel of both pictures, from the top.
func (s *Similarity) Add(c int, target, render []float32) {
	s.channels[c].add([][]float32{target}, [][]float32{render})
}

// Mean returns the SSIM, after all rows are added. It is that of a Scorer for the same rows.
func (s *Similarity) Mean() float64 {
	sum := 0.0
	for _, one := range s.channels {
		sum += one.found().index
	}
	return sum / s.samples
}
