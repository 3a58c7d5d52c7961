package sampling

import (
	"math"
	"slices"

	"igs/imageio"
	"igs/internal/parallel"
)

// gradient computes the weights of mode "gradient": (Sobel magnitude / its maximum)² of every pixel, with the L2 norm
// over the channels. All weights of a flat picture are 0. The border is reflected about the edge of the last pixel,
// which repeats this pixel for three taps.
//
// Only one block of rows is in memory, so the maximum needs a separate pass.
type gradient struct{ *blocks }

func newGradient(m *imageio.Samples) *gradient {
	operators := make([]*sobel, parallel.Workers)
	largest := make([]float64, parallel.Workers) // squared magnitude
	for i := range operators {
		operators[i] = newSobel(m)
	}
	parallel.WorkerRuns(m.H, func(worker, first, end int) {
		most := 0.0
		for y := first; y < end; y++ {
			for _, v := range operators[worker].row(y) {
				if v > most { // max would look for NaN too
					most = v
				}
			}
		}
		largest[worker] = most
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

// squaredGradient computes the squared Sobel magnitude without the division. It needs no pass for the maximum.
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

// GradientRows returns a function that computes the rows of a grey picture of edges: the Sobel magnitude divided by its
// maximum. Its square is the weight of mode "gradient". The function writes row y to dst, which has one channel. It
// must be called for all rows from the top.
func GradientRows(m *imageio.Samples) func(y int, dst [][]float32) error {
	g := newGradient(m)
	return func(y int, dst [][]float32) error {
		for x, w := range g.row(y)[0] {
			dst[0][x] = float32(math.Sqrt(float64(w)))
		}
		return nil
	}
}

// sobel computes squared gradients, one row at a time. Each worker has its own. Rows from the top take the least time: they
// share two rows of the picture.
type sobel struct {
	m                   *imageio.Samples
	rows                [3][][]float32 // three rows of the picture, by their numbers modulo 3
	held                [3]int         // their numbers; -1: none
	smoothed, different []float64      // combinations of three rows at each column, with one more column at each end
	squares             []float64
}

func newSobel(m *imageio.Samples) *sobel {
	return &sobel{
		m: m, rows: [3][][]float32{imageio.NewRow(m.C, m.W), imageio.NewRow(m.C, m.W), imageio.NewRow(m.C, m.W)}, held: [3]int{-1, -1, -1},
		smoothed: make([]float64, m.W+2), different: make([]float64, m.W+2), squares: make([]float64, m.W),
	}
}

// row returns the squared gradient of row y. It is valid until the next call. Samples have 24 bits and are 0 or at
// least 2^-16, so every sum is exact and its order does not matter.
func (s *sobel) row(y int) []float64 {
	clear(s.squares)
	w := s.m.W
	above, here, below := s.picture(max(y-1, 0)), s.picture(y), s.picture(min(y+1, s.m.H-1))
	for c := range s.m.C {
		s.combineRows(above[c], here[c], below[c])
		s.smoothed[0], s.smoothed[w+1] = s.smoothed[1], s.smoothed[w]
		s.different[0], s.different[w+1] = s.different[1], s.different[w]
		s.addSquares()
	}
	return s.squares
}

// picture returns row y of the picture. It is valid until the next row with the same remainder.
func (s *sobel) picture(y int) [][]float32 {
	row, held := s.rows[y%3], &s.held[y%3]
	if *held != y {
		*held = y
		for c := range row {
			s.m.Row(c, y, row[c])
		}
	}
	return row
}

// combineRows computes smoothed and different, without the columns at their ends.
func (s *sobel) combineRows(above, here, below []float32) {
	w, done := s.m.W, 0
	smoothed, different := s.smoothed[1:w+1], s.different[1:w+1]
	if vectors && w >= 4 {
		done = w / 4 * 4
		combineRowsVectors(&smoothed[0], &different[0], &above[0], &here[0], &below[0], done)
	}
	for x := done; x < w; x++ {
		a, b := float64(above[x]), float64(below[x])
		smoothed[x], different[x] = a+2*float64(here[x])+b, b-a
	}
}

// addSquares adds the squared gradients of a channel.
func (s *sobel) addSquares() {
	w, done := s.m.W, 0
	if vectors && w >= 4 {
		done = w / 4 * 4
		addSquaresVectors(&s.squares[0], &s.smoothed[0], &s.different[0], done)
	}
	for x := done; x < w; x++ {
		dx := s.smoothed[x+2] - s.smoothed[x]
		dy := s.different[x] + 2*s.different[x+1] + s.different[x+2]
		// The conversions round the products, so that no CPU fuses them with the addition.
		s.squares[x] += float64(float64(dx*dx) + float64(dy*dy))
	}
}
