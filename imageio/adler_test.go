package imageio

import (
	"bytes"
	"hash/adler32"
	"math/rand/v2"
	"testing"
)

// The checksum is that of the standard library, for bytes that come in parts and for the largest sums.
func TestAdler(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	noise := make([]byte, 3000)
	for i := range noise {
		noise[i] = byte(rng.Uint32())
	}
	for _, b := range [][]byte{nil, noise[:1], noise[:127], noise[:129], noise, bytes.Repeat([]byte{255}, adlerPart+500)} {
		a := adler{bytes: 1}
		a.write(b[:len(b)/3])
		a.write(b[len(b)/3:])
		if got, want := a.sum32(), adler32.Checksum(b); got != want {
			t.Errorf("%d bytes: %08x, not %08x", len(b), got, want)
		}
	}
}
