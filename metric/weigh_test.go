package metric

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Vectors give the sums of the plain loop, for every length and in place, and write nothing behind the last column.
func TestWeigh(t *testing.T) {
	if !vectors {
		t.Skip("the CPU has no vectors of four float64")
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for n := 1; n < 40; n++ {
		var rows [size][]float64
		var weights [size]float64
		for k := range rows {
			weights[k] = rng.Float64() - 0.5
			for range n + k {
				rows[k] = append(rows[k], rng.Float64())
			}
		}
		want, out := make([]float64, n), append(make([]float64, n), 7)
		weighColumns(want, &rows, &weights, 0)
		weigh(out[:n], &rows, &weights)
		same := func(got []float64) {
			for x, v := range want {
				if math.Abs(got[x]-v) > 1e-14 {
					t.Fatalf("column %d of %d: %g, want %g", x, n, got[x], v)
				}
			}
		}
		same(out)
		if out[n] != 7 {
			t.Fatalf("%d columns: the one behind them has changed", n)
		}
		weigh(rows[0], &rows, &weights)
		same(rows[0])
	}
}

func TestLogarithmAndExponential(t *testing.T) {
	for v := 1e-300; v < 1e4; v *= 1.37 {
		if got, want := logarithm(v), math.Log(v); math.Abs(got-want) > 4e-8 {
			t.Errorf("logarithm of %g: %g, want %g", v, got, want)
		}
		if got, want := exponential(-v), math.Exp(-v); math.Abs(got-want) > 3e-8*want {
			t.Errorf("e to the %g: %g, want %g", -v, got, want)
		}
	}
	if exponential(0) != 1 || exponential(-math.MaxFloat64) != 0 || !math.IsNaN(exponential(math.NaN())) {
		t.Error("exponential of 0, of a very negative number or of NaN")
	}
}
