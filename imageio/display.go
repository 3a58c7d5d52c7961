package imageio

import (
	"math"

	"igs/internal/parallel"
)

// Rows is a picture that comes row by row from the top, and knows the space that its samples are in.
type Rows struct {
	Gamma float64 // a sample is what is shown to the power of Gamma; 1: it is what is shown
	// Each hands the rows to take, each as [channel][column], valid during the call and free to be changed. An error of take ends it
	// and comes back. It can be called again.
	Each func(take func(y int, row [][]float32) error) error
}

// Shown are the rows as they are shown: clamped to [0,1] and taken to the power of 1/Gamma.
func (r Rows) Shown() Rows {
	if r.Gamma == 1 {
		return r
	}
	each, gamma := r.Each, r.Gamma
	return Rows{Gamma: 1, Each: func(take func(y int, row [][]float32) error) error {
		return each(func(y int, row [][]float32) error {
			for _, line := range row {
				Show(line, gamma)
			}
			return take(y, row)
		})
	}}
}

// Show takes samples of a space of the given gamma to what is shown, in place. Gamma 1 leaves them as they are.
func Show(line []float32, gamma float64) {
	if gamma == 1 {
		return
	}
	parallel.Runs(len(line), func(first, end int) {
		for x, v := range line[first:end] {
			line[first+x] = ShownSample(v, gamma)
		}
	})
}

// ShownSample is what is shown of a sample: v clamped to [0,1] and taken to the power of 1/gamma.
func ShownSample(v float32, gamma float64) float32 {
	v = min(max(v, 0), 1)
	if gamma == 1 {
		return v
	}
	return float32(math.Pow(float64(v), 1/gamma))
}
