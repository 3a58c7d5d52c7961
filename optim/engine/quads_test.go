package engine

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"

	"igs/imageio"
)

// Quads of both precisions are turned to rows with vectors as without, for any number of channels and columns.
func TestClampQuads(t *testing.T) {
	with := vectors
	defer func() { vectors = with }()
	rng := rand.New(rand.NewPCG(1, 2))
	quads := make([]byte, 16*16)
	for i := range 2 * 16 * 4 {
		binary.LittleEndian.PutUint16(quads[2*i:], []uint16{uint16(rng.IntN(1 << 16)), 0x7e00, 0xbc00, 0x3c00, 0x3800, 0x0001, 0x3e00}[rng.IntN(7)])
	}
	for _, half := range []bool{false, true} {
		for channels := 1; channels <= 4; channels++ {
			for _, w := range []int{16, 13, 3} {
				got, want := imageio.NewRow(channels, w+5), imageio.NewRow(channels, w+5)
				vectors = with
				clampQuads(got, 5, 5+w, quads, half)
				vectors = false
				clampQuads(want, 5, 5+w, quads, half)
				for c := range want {
					for x, v := range want[c] {
						if g := got[c][x]; g != v && !(math.IsNaN(float64(g)) && math.IsNaN(float64(v))) {
							t.Fatalf("half %v, %d channels, column %d of %d: %v, want %v", half, channels, x, w, g, v)
						}
					}
				}
			}
		}
	}
}
