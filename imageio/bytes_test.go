package imageio

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"
)

// The vectors give the bits of the plain loops, for every width, and write nothing behind the row.
func TestBytesWithVectors(t *testing.T) {
	if !vectors {
		t.Skip("the CPU has no vectors of 32 bytes")
	}
	plainly := func(f func()) {
		vectors = false
		defer func() { vectors = true }()
		f()
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 7, 8, 9, 15, 16, 17, 31, 33, 300} {
		row := make([]uint8, n)
		for x := range row {
			row[x] = uint8(rng.IntN(256))
		}
		got, want := make([]float32, n), make([]float32, n)
		widen(got, row)
		plainly(func() { widen(want, row) })
		for x := range want {
			if got[x] != want[x] {
				t.Fatalf("%d becomes %v, want %v", row[x], got[x], want[x])
			}
		}
		for channels := 1; channels <= 5; channels++ {
			samples := NewRow(channels, n)
			for _, line := range samples {
				for x := range line {
					line[x] = [...]float32{rng.Float32(), (float32(rng.IntN(255)) + 0.5) / 255, 2*rng.Float32() - 0.5, 1, float32(math.NaN()), -1e30, 1e30}[rng.IntN(7)]
				}
			}
			line, plain := make([]byte, n*channels, n*channels+packSlack), make([]byte, n*channels, n*channels+packSlack)
			interleave(line, samples)
			plainly(func() { interleave(plain, samples) })
			if !bytes.Equal(line, plain) {
				t.Fatalf("%d px of %d channels: %v, want %v", n, channels, line, plain)
			}
		}
		rows := newPNGRows(Spec{W: n, H: 2, C: 3, Depth: 8})
		for _, line := range [][]byte{rows.above, rows.line} {
			for x := range line {
				line[x] = uint8(rng.IntN(256))
			}
		}
		for filter := range pngFilters {
			out, plain := make([]byte, 3*n+1), make([]byte, 3*n+1)
			rows.filter(filter, 0, out[:3*n])
			plainly(func() { rows.filter(filter, 0, plain[:3*n]) })
			if !bytes.Equal(out, plain) {
				t.Fatalf("filter %d of %d px: %v, want %v", filter, n, out, plain)
			}
		}
	}
}
