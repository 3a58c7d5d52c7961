package sampling

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"igs/imageio"
)

// Vectors give the bits of the plain loops, for every width.
func TestSobelWithVectors(t *testing.T) {
	if !vectors {
		t.Skip("the CPU has no vectors of four float64")
	}
	defer func() { vectors = true }()
	rng := rand.New(rand.NewPCG(1, 2))
	for _, w := range []int{1, 3, 4, 5, 8, 101} {
		m := imageio.New(w, 5, 3)
		for i := range m.Pix {
			m.Pix[i] = rng.Float32()
		}
		s := newSobel(m.Samples(16))
		for y := range 5 {
			vectors = true
			got := slices.Clone(s.row(y))
			vectors = false
			if want := s.row(y); !slices.Equal(got, want) {
				t.Fatalf("row %d of %d px: %v, want %v", y, w, got, want)
			}
		}
	}
}

func TestRaiseWithVectors(t *testing.T) {
	if !vectors {
		t.Skip("the CPU has no vectors of eight float32")
	}
	defer func() { vectors = true }()
	rng := rand.New(rand.NewPCG(3, 4))
	row := []float32{0, -1, float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), 1e-44, 4, 1e38, 2}
	for range 1000 {
		row = append(row, rng.Float32()*float32(math.Exp(rng.NormFloat64()*9)))
	}
	for _, power := range []float64{1.5, 2, 0.7} {
		got, want := slices.Clone(row), slices.Clone(row)
		vectors = true
		raise(got, power)
		vectors = false
		if raise(want, power); !slices.Equal(got, want) {
			t.Errorf("power %g: %v, want %v", power, got[:12], want[:12])
		}
	}
}
