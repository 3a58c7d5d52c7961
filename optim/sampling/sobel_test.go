package sampling

import (
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
