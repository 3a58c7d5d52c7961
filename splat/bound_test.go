package splat

import (
	"fmt"
	"runtime"
	"testing"

	"igs/internal/limits"
)

// A file of many equal splats is small. The number of splats is limited so that decoding allocates at most 64 MiB plus
// 16 bytes per byte of the file.
func TestDecodeAtTheBound(t *testing.T) {
	decodeAtMost(t, 6<<20)
	for _, c := range []int{1, 3, limits.Channels} {
		for _, bits := range []Bits{Lossless, {12, 10, 8, 8}} {
			t.Run(fmt.Sprint(c, bits), func(t *testing.T) {
				m := &Model{W: 40, H: 30, TopK: 10, Layers: Plain(c, 8), Gamma: 1, Bits: bits}
				data := atTheBound(t, m)
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				_, err := decode(data)
				runtime.ReadMemStats(&after)
				if err != nil {
					t.Fatal(err)
				}
				if took := after.TotalAlloc - before.TotalAlloc; took > uint64(4*alwaysDecoded/3+16*int64(len(data))) {
					t.Errorf("%d equal splats in %d bytes: decode allocates %d", m.Splats.N, len(data), took)
				}
			})
		}
	}
}

// decodeAtMost sets the memory that a file may need besides twelve times its size.
func decodeAtMost(t *testing.T, bytes int64) {
	before := alwaysDecoded
	alwaysDecoded = bytes
	t.Cleanup(func() { alwaysDecoded = before })
}

// atTheBound sets the splats of m to the maximum number of equal splats of a compressed file, and returns this file.
func atTheBound(t *testing.T, m *Model) []byte {
	t.Helper()
	c := m.Layers[0].C
	each := bytesToDecode(1, c)
	m.Splats = New(int(mostToDecode(0)/each), c)
	data, err := encode(m)
	if err != nil {
		t.Fatal(err)
	}
	if whole := int64(len(data)); whole > int64(m.Splats.N) || mostToDecode(whole)-m.Splats.bytesToDecode() > 12*whole+each {
		t.Fatalf("%d splats in %d bytes are not at the bound", m.Splats.N, whole)
	}
	return data
}
