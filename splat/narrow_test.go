package splat

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"
)

// The end of a range is decoded exactly, even if the levels are only a few float32 apart.
func TestEndsComeBack(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	ranges := [][3]float32{{6, 1.973105, 1.9731141}}
	for range 200_000 {
		low := float32(rng.Float64()*4 - 2)
		high := low + magnitude(low)*float32(math.Exp2(-4-20*rng.Float64()))
		ranges = append(ranges, [3]float32{float32(MinBits + rng.IntN(Exact-MinBits)), low, high})
	}
	for _, r := range ranges {
		ends := r[1:]
		g := gridOf(2, func(i int) float32 { return ends[i] }, int(r[0]))
		for _, end := range ends {
			if got := g.value(g.level(end)); got != end {
				t.Fatalf("%v bits from %v to %v: %v comes back as %v", r[0], r[1], r[2], end, got)
			}
		}
	}
}

// Reading and writing a file gives the same bytes, even if the range of the values is very narrow.
func TestNarrowModelsTwice(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	for range 2000 {
		n := 1 + rng.IntN(12)
		p := New(n, 1+rng.IntN(3))
		for k, plane := range p.planes() {
			middle := []float32{0, 0.5, float32(rng.Float64()), float32(rng.Float64()*8 - 4)}[rng.IntN(4)]
			width := math.Exp2(-30 * rng.Float64())
			for i := range n {
				v := middle + float32((rng.Float64()*2-1)*width)
				if rng.IntN(4) == 0 {
					v = -v
				}
				if v == 0 && rng.IntN(2) == 0 {
					v = float32(math.Copysign(0, -1))
				}
				if k == planeRot {
					v *= 100
				}
				*plane.at(i) = v
			}
		}
		bits := func() int { return MinBits + rng.IntN(MaxBits-MinBits+1) }
		m := &Model{Splats: p, W: 40, H: 30, TopK: 10, Layers: Plain(p.C, 8), Gamma: 1, Bits: Bits{bits(), bits(), bits(), bits()}}
		once, err := encode(m)
		if err != nil {
			t.Fatal(err)
		}
		back, err := decode(once)
		if err != nil {
			t.Fatal(err)
		}
		if twice, _ := encode(back); !bytes.Equal(once, twice) {
			t.Fatalf("%+v of %+v gives % x\nand then % x", m.Bits, p, once, twice)
		}
	}
}

// Features just below the centre are not decoded as −0.
func TestZerosAreOne(t *testing.T) {
	minus := float32(math.Copysign(0, -1))
	below := math.Nextafter32(0.5, 0)
	p := New(2, 1)
	p.XY[0], p.XY[1], p.XY[2], p.XY[3] = minus, 0.25, 0.5, minus
	p.Feat[0], p.Feat[1] = below, 0.5
	for _, c := range p.coders(Bits{8, 8, 8, 8}) {
		for _, end := range []float32{c.grid.low, c.grid.high} {
			if end == 0 && math.Signbit(float64(end)) {
				t.Errorf("plane %d has an end of -0", c.plane)
			}
		}
	}
	p.Quantize(Bits{8, 8, 8, 8})
	for k, plane := range p.planes() {
		for i := range p.N {
			if v := *plane.at(i); v == 0 && math.Signbit(float64(v)) {
				t.Errorf("plane %d keeps -0", k)
			}
		}
	}
}

// Decoding and encoding an integer of an angle gives the same integer.
func TestAngleCodes(t *testing.T) {
	for bits := MinBits; bits < Exact; bits++ {
		for q := range uint32(1) << bits {
			if got := fromAngle(toAngle(q, bits), bits); got != q {
				t.Fatalf("%d bits: code %d comes back as %d", bits, q, got)
			}
		}
	}
}
