package imageio

import (
	"bytes"
	"compress/flate"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// The standard library reads the blocks: of few and of many bytes, of equal ones, of noise, and of bytes whose codes would be
// longer than codeLongest.
func TestByteCodes(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	noise, photo := make([]byte, 70_000), make([]byte, 70_000)
	for i := range noise {
		noise[i], photo[i] = byte(rng.Uint32()), byte(rng.NormFloat64()*4)
	}
	var steep []byte
	for s := range 10 { // each is as frequent as all before it, which makes the longest codes
		steep = append(steep, bytes.Repeat([]byte{byte(s)}, int(150*math.Pow(1.62, float64(s))))...)
	}
	for s := range 100 {
		steep = append(steep, byte(100+s))
	}
	for name, k := range map[string]struct {
		bytes []byte
		most  float64 // bytes that they take
	}{
		"none": {nil, 5}, "one": {photo[:1], 20}, "three": {photo[:3], 20}, "equal": {make([]byte, 5000), 5000/8 + codeHead + 10},
		"noise": {noise, 70_000 + 15}, "photo": {photo, 0.53 * 70_000}, "steep": {steep, 0.35 * 30_000},
	} {
		var c byteCodes
		joined := slices.Clone(c.block(k.bytes, false)) // a block is valid until the next one
		joined = append(joined, c.block(photo[:9], false)...)
		joined = append(joined, c.block(k.bytes, true)...)
		got, err := io.ReadAll(flate.NewReader(bytes.NewReader(joined)))
		if want := slices.Concat(k.bytes, photo[:9], k.bytes); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes came back as %d, %v", name, len(want), len(got), err)
		}
		if took := len(c.block(k.bytes, true)); float64(took) > k.most {
			t.Errorf("%s: %d bytes take %d, more than %g", name, len(k.bytes), took, k.most)
		}
	}
}
