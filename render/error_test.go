package render

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Vectors give the errors that the loop gives, for every number of columns, and nothing behind them.
func TestErrorLine(t *testing.T) {
	with := vectors
	defer func() { vectors = with }()
	rng := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 7, 8, 21} {
		rendered, target := make([]float32, n), make([]float32, n)
		for x := range target {
			rendered[x], target[x] = rng.Float32(), rng.Float32()
		}
		rendered[n-1] = float32(math.NaN())
		rendered[0] = target[0] + 0.125*float32(n%2)
		for _, most := range []float32{1, math.MaxFloat32} {
			got, want := make([]float32, n+1), make([]float32, n)
			got[n] = 7
			vectors = with
			errorLine(got[:n], rendered, target, most)
			vectors = false
			errorLine(want, rendered, target, most)
			for x, v := range want {
				difference := 4 * math.Abs(float64(rendered[x])-float64(target[x]))
				if math.Float32bits(got[x]) != math.Float32bits(v) || math.Abs(float64(v)-min(difference, float64(most))) > 1e-6 {
					t.Errorf("%d columns, at most %g: %g with vectors, %g without, for a difference of %g", n, most, got[x], v, difference)
				}
			}
			if got[n] != 7 {
				t.Errorf("%d columns: the one behind them has changed", n)
			}
		}
	}
}
