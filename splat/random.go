package splat

import (
	"math"
	"math/rand/v2"
)

// Random returns n random splats like those of a training, for tests and for the self-check of a device. The σ along
// each axis is 1 to 8 px, angles are arbitrary, features are a little outside [0,1] too, and every eighth centre lies
// on a border or outside. Centres avoid the lattice of pixel centres, so that exponents do not tie.
func Random(rng *rand.Rand, n, c int) *Splats {
	p := New(n, c)
	for i := range n {
		x, y := rng.Float64(), rng.Float64()
		if i%8 == 7 {
			x, y = x*1.4-0.2, rng.Float64()*0.2-0.1+float64(rng.IntN(2))
			if rng.IntN(2) == 0 {
				x, y = y, x
			}
		}
		p.XY[2*i], p.XY[2*i+1] = float32(x), float32(y)
		p.Scale[2*i] = float32(math.Exp2(-3 * rng.Float64()))
		p.Scale[2*i+1] = float32(math.Exp2(-3 * rng.Float64()))
		p.Rot[i] = float32((2*rng.Float64() - 1) * math.Pi)
		for k := range c {
			p.Feat[i*c+k] = float32(rng.Float64()*1.4 - 0.2)
		}
	}
	return p
}
