package imageio

import (
	"math"

	"igs/internal/parallel"
)

// Rows is a picture that is delivered row by row from the top. It knows the gamma of its samples.
type Rows struct {
	Gamma float64 // a sample is its display value to the power of Gamma; 1 for display values
	// Each calls take for every row, as [channel][column]. A row is valid during the call, and take may change it. Each
	// ends at the first error of take and returns it. Each can be called again.
	Each func(take func(y int, row [][]float32) error) error
}

// Shown are the rows for display: clamped to [0,1] and raised to 1/Gamma.
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

// Show converts samples of the given gamma to display values in place. With gamma 1 it changes nothing.
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

// ShownSample is the display value of a sample: v clamped to [0,1] and raised to 1/gamma.
func ShownSample(v float32, gamma float64) float32 {
	v = min(max(v, 0), 1)
	if gamma == 1 {
		return v
	}
	return float32(math.Pow(float64(v), 1/gamma))
}
