package splat

import (
	"fmt"
	"math"
)

// Bits is the precision of each group of parameters in a file: MinBits to MaxBits, of which those from Exact on
// keep the float32 of the parameters as they are.
type Bits struct{ XY, Scale, Rot, Feat int }

const (
	MinBits = 4
	Exact   = 23 // a float32 has 24 digits: the arithmetic of a level does not have as many
	MaxBits = 32
)

// Lossless keeps all parameters as they are.
var Lossless = Bits{MaxBits, MaxBits, MaxBits, MaxBits}

// Validate reports the first precision that is out of range.
func (b Bits) Validate() error {
	for _, n := range []int{b.XY, b.Scale, b.Rot, b.Feat} {
		if n < MinBits || n > MaxBits {
			return fmt.Errorf("parameters of %d bits, neither less than %d nor more than %d are known", n, MinBits, MaxBits)
		}
	}
	return nil
}

// of is the precision of plane k: x, y, t1, t2, θ, then a plane a channel.
func (b Bits) of(plane int) int {
	switch {
	case plane <= planeY:
		return b.XY
	case plane <= planeT2:
		return b.Scale
	case plane == planeRot:
		return b.Rot
	}
	return b.Feat
}

const (
	planeY   = 1
	planeT1  = 2
	planeT2  = 3
	planeRot = 4
)

// planeName is what a message calls plane k.
func planeName(k int) string {
	if k > planeRot {
		return fmt.Sprintf("feature %d", k-planeRot)
	}
	return [...]string{"x", "y", "t1", "t2", "θ"}[k]
}

// plane is one number of every splat: element i of the plane is values[offset + i·stride].
type plane struct {
	values         []float32
	offset, stride int
}

func (p plane) at(i int) *float32 { return &p.values[p.offset+i*p.stride] }

// planes are the 5 + C planes of the splats.
func (p *Splats) planes() []plane {
	all := []plane{{p.XY, 0, 2}, {p.XY, 1, 2}, {p.Scale, 0, 2}, {p.Scale, 1, 2}, {p.Rot, 0, 1}}
	for c := range p.C {
		all = append(all, plane{p.Feat, c, p.C})
	}
	return all
}

// The quantisers. Every operation is a single float32 one, rounded to nearest, or one on integers, so that a device
// (quantize.glsl) and any decoder come to the same bits; docs/format.md has them in words.

// grid cuts the range of a plane into 2^bits − 1 equal steps. Its ends are values of the plane, and come back exactly:
// so values that are on the grid once stay there.
type grid struct {
	low, high float32
	levels    int32
}

// gridOf is the grid of n values. A zero at its ends has no sign: which of the two came first must not show.
func gridOf(n int, value func(i int) float32, bits int) grid {
	g := grid{levels: 1<<bits - 1}
	for i := range n {
		v := value(i)
		if i == 0 || v < g.low {
			g.low = v
		}
		if i == 0 || v > g.high {
			g.high = v
		}
	}
	g.low, g.high = unsigned(g.low), unsigned(g.high)
	return g
}

func unsigned(v float32) float32 {
	if v == 0 {
		return 0
	}
	return v
}

// step is the width of a level; of two products, so that no range overflows.
func (g grid) step() float32 {
	share := 1 / float32(g.levels)
	return float32(g.high*share) - float32(g.low*share)
}

// flat is the step below which a plane has no levels but its ends: the quotient by it might overflow.
const flat = 1e-30

// value is what level q stands for.
func (g grid) value(q int32) float32 {
	if q == g.levels {
		return g.high
	}
	return g.low + float32(float32(q)*g.step())
}

// level is the level nearest to v, of two the lower; but the ends are those of the range, however close other levels
// come. The quotient only says where to look: devices may divide inexactly.
func (g grid) level(v float32) int32 {
	step := g.step()
	switch {
	case v == g.low:
		return 0
	case v == g.high || !(step > flat):
		return g.levels
	}
	inverse := 1 / step
	q := g.clamp(round(float32(v-g.low) * inverse))
	q = g.clamp(float32(q) + round(float32(v-g.value(q))*inverse))
	best := max(q-1, 0)
	for _, other := range [2]int32{q, min(q+1, g.levels)} {
		if distance(v, g.value(other)) < distance(v, g.value(best)) {
			best = other
		}
	}
	return best
}

func (g grid) clamp(q float32) int32 { return int32(min(max(q, 0), float32(g.levels))) }

func round(v float32) float32 { return float32(math.RoundToEven(float64(v))) }

func distance(a, b float32) float32 { return magnitude(a - b) }

// What is cut in equal steps of a scale or a feature is nearly the logarithm of its distance from a centre: the upper 24
// bits of the float32 of that distance and an offset, below which steps are nearly equal. For a scale it counts how much wider or
// narrower a splat becomes, but of a splat that is hundreds of px wide not even that; features are mostly between 0 and 1, and few are far
// beyond. kodim23 (5000 splats, 37.77 dB) loses 0.004 dB by scales of 10 bits so, 0.14 without the offset, and 0.03 in equal steps; by features of 8 bits
// 0.07 dB, and 0.31 in equal steps.
type bend struct{ centre, offset float32 }

var (
	scaleBend = bend{0, 1.0 / 8} // 1/px; the sign of a scale means nothing
	featBend  = bend{0.5, 1.0 / 2}
)

const (
	octave  = 7                    // bits of the float32 that are let go
	maxBent = 0x7f7fffff >> octave // of the greatest finite number
)

func bent(v float32) uint32 { return min((math.Float32bits(v)+1<<(octave-1))>>octave, maxBent) }

// of is v bent: a whole number below 2^24 in size.
func (b bend) of(v float32) float32 {
	v -= b.centre
	u := int32(bent(magnitude(v)+b.offset) - bent(b.offset))
	if v < 0 && b.centre != 0 {
		u = -u // of an integer: there is no -0
	}
	return float32(u)
}

// back is the inverse.
func (b bend) back(u float32) float32 {
	far := min(uint32(round(magnitude(u)))+bent(b.offset), maxBent)
	v := math.Float32frombits(far<<octave) - b.offset
	if u < 0 {
		v = -v
	}
	return b.centre + v
}

func magnitude(v float32) float32 { return float32(math.Abs(float64(v))) }

// An angle means the same after half a turn, which 2^bits equal steps divide.
func fromAngle(angle float32, bits int) uint32 {
	turns := float32(math.Floor(float64(float32(angle * float32(1/math.Pi)))))
	rest := angle - float32(turns*float32(math.Pi))
	q := round(rest * float32(float64(int(1)<<bits)/math.Pi))
	if !(magnitude(q) < 1<<31) { // an angle of 1e9 turns: no integer, and nothing is known of it anyway
		return 0
	}
	return uint32(int32(q)) & (1<<bits - 1)
}

func toAngle(q uint32, bits int) float32 {
	return float32(float32(q) * float32(math.Pi/float64(int(1)<<bits)))
}

// Quantize gives the splats the values that a file of this precision keeps of them. A second time changes nothing.
func (p *Splats) Quantize(b Bits) {
	for k, plane := range p.planes() {
		c := newCoder(k, plane, p.N, b.of(k))
		if c.exact() {
			continue
		}
		for i := range p.N {
			v := plane.at(i)
			*v = c.decode(c.encode(*v))
		}
	}
}
