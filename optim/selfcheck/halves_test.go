package selfcheck

import (
	_ "embed"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"

	"igs/shaders"
	"igs/vk"
	"igs/vk/vktest"
)

// Rebuilt by scripts/testkernels.sh.
//
//go:embed testdata/halves.spv
var halves []byte

// half rounds v to the nearest float16, and a tie to the even one.
func half(v float32) uint16 {
	sign := uint16(math.Float32bits(v) >> 31 << 15)
	size := math.Abs(float64(v))
	switch {
	case math.IsNaN(size):
		return sign | 0x7e00
	case size == 0:
		return sign
	case size >= 65520:
		return sign | 0x7c00
	}
	_, exponent := math.Frexp(size)
	ulp := math.Ldexp(1, max(exponent-11, -24))
	steps := uint16(math.RoundToEven(size / ulp))
	if ulp == math.Ldexp(1, -24) { // subnormal numbers and the first binade of normal numbers
		return sign | steps
	}
	return sign | uint16(exponent-11+24)<<10 + steps
}

// Every device rounds pixels in float16 to nearest even.
func TestHalvesAreRoundedToNearestEven(t *testing.T) {
	dev := vktest.Open(t)
	values := []float32{0, float32(math.Copysign(0, -1)), 1, -1, 65504, 65519.99, 65520, -65520, 65536, 1e30, 1e-30, 1e-40,
		float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN()), 0x1p-24, 0x1p-25, 0x1.000002p-25, 0x1.8p-24, 0x1p-14, 0x1.ffcp-15, 0x1.ffep-15}
	for bits := range uint32(0x7c00) { // all finite numbers, their midpoints, and the floats beside the midpoints
		low := uint32(0)
		switch v := math.Ldexp(float64(bits&1023|1024), int(bits>>10)-25); {
		case bits < 1024:
			low = math.Float32bits(float32(math.Ldexp(float64(bits)+0.5, -24)))
		default:
			low = math.Float32bits(float32(v)) + 1<<12
		}
		for _, b := range []uint32{low - 1, low, low + 1} {
			values = append(values, math.Float32frombits(b), -math.Float32frombits(b))
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		values = append(values, math.Float32frombits(random.Uint32()))
	}
	for len(values)%4 != 0 {
		values = append(values, 0)
	}
	k, err := shaders.Parse("halves", halves)
	if err != nil {
		t.Fatal(err)
	}
	kernel, err := dev.NewKernel(k, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	from, to := vk.BufferSpec{Name: "quads", Bytes: int64(4 * len(values)), Use: vk.Upload}, vk.BufferSpec{Name: "pixels", Bytes: int64(2 * len(values)), Use: vk.Readback}
	quads, err := dev.NewBuffer(from)
	if err != nil {
		t.Fatal(err)
	}
	defer quads.Free()
	pixels, err := dev.NewBuffer(to)
	if err != nil {
		t.Fatal(err)
	}
	defer pixels.Free()
	if _, err := binary.Encode(quads.Mapped(), binary.LittleEndian, values); err != nil {
		t.Fatal(err)
	}
	r := dev.NewRecorder()
	r.Dispatch(kernel, [3]int{(len(values)/4 + 63) / 64, 1, 1}, nil, vk.Arg{Buffer: quads}, vk.Arg{Buffer: pixels})
	seq, err := r.Finish()
	if err != nil {
		t.Fatal(err)
	}
	defer seq.Free()
	if err := seq.Run(); err != nil {
		t.Fatal(err)
	}
	wrong := 0
	for i, v := range values {
		got, want := binary.LittleEndian.Uint16(pixels.Mapped()[2*i:]), half(v)
		if got != want && !(v != v && got&0x7c00 == 0x7c00 && got&0x3ff != 0) {
			if wrong++; wrong < 10 {
				t.Errorf("%v (%#08x) is stored as %#04x, want %#04x", v, math.Float32bits(v), got, want)
			}
		}
	}
	if wrong > 0 {
		t.Errorf("%d of %d wrong", wrong, len(values))
	}
}
