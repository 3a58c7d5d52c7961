package imageio

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The fast rounding gives the level of every sample.
func TestStepIsLevel(t *testing.T) {
	samples := []float32{0, 1, -1, -0.001, 1.001, 2, 300, -300, 1e30, -1e30, float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))}
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range 20000 {
		samples = append(samples, rng.Float32(), (float32(i)+0.5)/65535, (float32(i%255)+0.5)/255)
	}
	for _, v := range samples {
		for _, top := range []int32{255, 1023, 65535} {
			if got, want := step(v, top), level(v, float64(top)); got != want {
				t.Fatalf("%g of %d: %d, want %d", v, top, got, want)
			}
		}
	}
}
