package splat

import (
	"math"
	"math/rand/v2"
	"testing"
)

// someValues returns values of all magnitudes, and values that are difficult to round.
func someValues(rng *rand.Rand, n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32((rng.Float64()*2 - 1) * math.Exp2(8*rng.Float64()-4))
	}
	return v
}

// Quantising a second time changes nothing, with every precision.
func TestQuantizeTwice(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for bits := MinBits; bits <= MaxBits; bits++ {
		p := New(500, 2)
		copy(p.XY, someValues(rng, 1000))
		copy(p.Scale, someValues(rng, 1000))
		copy(p.Rot, someValues(rng, 500))
		copy(p.Feat, someValues(rng, 1000))
		p.Scale[7], p.Scale[8], p.Rot[3], p.Rot[4] = 0, math.MaxFloat32, 1e9, -3e38
		once := p.Clone()
		once.Quantize(Bits{bits, bits, bits, bits})
		twice := once.Clone()
		twice.Quantize(Bits{bits, bits, bits, bits})
		for k, a := range once.planes() {
			for i := range p.N {
				if b := twice.planes()[k]; *a.at(i) != *b.at(i) {
					t.Fatalf("%d bits, plane %d, splat %d: %v, then %v", bits, k, i, *a.at(i), *b.at(i))
				}
				if bits >= Exact && *a.at(i) != *p.planes()[k].at(i) {
					t.Fatalf("%d bits change plane %d", bits, k)
				}
			}
		}
		if err := once.Validate(); err != nil {
			t.Fatal(err)
		}
	}
}

// level returns the nearest of all levels.
func TestLevelIsNearest(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	v := someValues(rng, 300)
	for _, bits := range []int{4, 7, 10} {
		g := gridOf(len(v), func(i int) float32 { return v[i] }, bits)
		for _, x := range v {
			best := int32(0)
			for q := int32(1); q <= g.levels; q++ {
				if distance(x, g.value(q)) < distance(x, g.value(best)) {
					best = q
				}
			}
			if got := g.level(x); got != best {
				t.Fatalf("%d bits: %v is level %d (%v), not %d (%v)", bits, x, got, g.value(got), best, g.value(best))
			}
		}
		if g.value(0) != g.low || g.value(g.levels) != g.high {
			t.Errorf("%d bits: the ends %v, %v come back as %v, %v", bits, g.low, g.high, g.value(0), g.value(g.levels))
		}
	}
}

// The error of quantising is at most half a step of the range for positions, a share of the distance from the centre
// for scales and features, and half a step of half a turn for angles.
func TestQuantizeError(t *testing.T) {
	p := randomSplats(5, 400, 3)
	q := p.Clone()
	q.Quantize(Bits{12, 10, 8, 8})
	for i := range p.N {
		for k := range 2 {
			if d := distance(p.XY[2*i+k], q.XY[2*i+k]); d > 1.41/4095/2 {
				t.Fatalf("xy moves by %v", d)
			}
			// after the compander, 1/8 to 1 are 2.125 octaves, and each octave has equal steps
			if d := distance(p.Scale[2*i+k], q.Scale[2*i+k]); d > 2.125/1023/2*1.001*(p.Scale[2*i+k]+1.0/8) {
				t.Fatalf("scale %v moves by %v", p.Scale[2*i+k], d)
			}
		}
		turn := math.Mod(float64(q.Rot[i]-p.Rot[i])+4*math.Pi, math.Pi)
		if d := min(turn, math.Pi-turn); d > math.Pi/256/2*1.001 {
			t.Fatalf("an angle turns by %v", d)
		}
		for c := range 3 {
			// after the compander, -0.2 to 1.2 are 1.2 octaves on each side of 1/2
			if v := p.Feat[3*i+c]; distance(v, q.Feat[3*i+c]) > 2.4/255/2*1.001*(magnitude(v-0.5)+1.0/2) {
				t.Fatalf("feature %v moves by %v", v, distance(v, q.Feat[3*i+c]))
			}
		}
	}
}

func TestMorton(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 1000 {
		x, y := rng.Uint32(), rng.Uint32()
		code := morton(x, y)
		for bit := range 32 {
			if code>>(2*bit)&1 != uint64(x>>bit&1) || code>>(2*bit+1)&1 != uint64(y>>bit&1) {
				t.Fatalf("%08x, %08x gives %016x", x, y, code)
			}
		}
		if a, b := unmorton(code); a != x || b != y {
			t.Fatalf("%08x, %08x come back as %08x, %08x", x, y, a, b)
		}
	}
}

func TestBytesOfParameters(t *testing.T) {
	for _, c := range []struct {
		bits Bits
		n, c int
		want int64
	}{{Lossless, 10, 3, 320}, {Bits{Exact, 16, 8, 12}, 2, 1, 29}, {Bits{4, 4, 4, 4}, 1, 1, 3}} {
		if got := c.bits.BytesOf(c.n, c.c); got != c.want {
			t.Errorf("%v, %d splats: %d bytes, want %d", c.bits, c.n, got, c.want)
		}
	}
}
