package sampling

import (
	"math"
	"slices"

	"igs/imageio"
	"igs/internal/parallel"
)

// gradient gives the weights that mode "gradient" places splats by: (Sobel magnitude / its
// maximum)² of every pixel, the channels joined by their L2 norm; 0 everywhere in a flat
// picture. Beyond the border the picture is reflected about the edge of the last pixel,
// which for three taps repeats it.
//
// Nothing of it is kept but a block of rows: the maximum takes a pass of its own.
type gradient struct{ *blocks }

func newGradient(m *imageio.Samples) *gradient {
	operators := make([]*sobel, parallel.Workers)
	largest := make([]float64, parallel.Workers) // squared magnitude
	for i := range operators {
		operators[i] = newSobel(m)
	}
	parallel.Each(m.H, func(worker, y int) {
		for _, v := range operators[worker].row(y) {
			largest[worker] = max(largest[worker], v)
		}
	})
	norm := slices.Max(largest)
	if norm == 0 {
		norm = 1 // all weights are 0
	}
	return &gradient{newBlocks(m.H, 1, m.W, func(worker, y int, row [][]float32) {
		for x, v := range operators[worker].row(y) {
			row[0][x] = float32(float64(float32(v)) / norm)
		}
	})}
}

// squaredGradient gives the squared Sobel magnitude itself. It needs no pass for the
// maximum.
func squaredGradient(m *imageio.Samples) *blocks {
	operators := make([]*sobel, parallel.Workers)
	for i := range operators {
		operators[i] = newSobel(m)
	}
	return newBlocks(m.H, 1, m.W, func(worker, y int, row [][]float32) {
		for x, v := range operators[worker].row(y) {
			row[0][x] = float32(v)
		}
	})
}

// GradientRows shows in grey where a picture has edges: the Sobel magnitude over its
// greatest value, of which the square is what mode "gradient" places splats by. The
// function it gives writes row y to dst, one channel; rows are asked for from the top.
func GradientRows(m *imageio.Samples) func(y int, dst [][]float32) error {
	g := newGradient(m)
	return func(y int, dst [][]float32) error {
		for x, w := range g.row(y)[0] {
			dst[0][x] = float32(math.Sqrt(float64(w)))
		}
		return nil
	}
}

// sobel computes squared gradients, a row at a time. A worker has one for itself.
type sobel struct {
	m                   *imageio.Samples
	above, here, below  []float32
	smoothed, different []float64 // of the three rows at each column, and a column more at each end
	squares             []float64
}

func newSobel(m *imageio.Samples) *sobel {
	return &sobel{
		m: m, above: make([]float32, m.W), here: make([]float32, m.W), below: make([]float32, m.W),
		smoothed: make([]float64, m.W+2), different: make([]float64, m.W+2), squares: make([]float64, m.W),
	}
}

// row is the squared gradient of row y, valid until the next. Samples have 24 bits and are
// at least 2^-16 or 0, so that every sum here is exact and its order does not matter.
func (s *sobel) row(y int) []float64 {
	clear(s.squares)
	w, squares := s.m.W, s.squares
	for c := range s.m.C {
		above, here, below := s.m.Row(c, max(y-1, 0), s.above), s.m.Row(c, y, s.here), s.m.Row(c, min(y+1, s.m.H-1), s.below)
		smoothed, different := s.smoothed[:w+2], s.different[:w+2]
		for x, v := range here {
			a, b := float64(above[x]), float64(below[x])
			smoothed[x+1], different[x+1] = a+2*float64(v)+b, b-a
		}
		smoothed[0], smoothed[w+1] = smoothed[1], smoothed[w]
		different[0], different[w+1] = different[1], different[w]
		for x := range squares {
			dx := smoothed[x+2] - smoothed[x]
			dy := different[x] + 2*different[x+1] + different[x+2]
			// Rounded before they are added, so that no machine fuses them.
			squares[x] += float64(dx*dx) + float64(dy*dy)
		}
	}
	return s.squares
}
