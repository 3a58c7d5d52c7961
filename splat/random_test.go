package splat

import (
	"math"
	"math/rand/v2"
)

// randomSplats are of every kind that training meets: σ of 1 to 8 px along each axis,
// any angle, features a little outside [0,1], every eighth centre on a border or outside.
// (reference.RandomScene has the same, but imports this package.)
func randomSplats(seed uint64, n, c int) *Splats {
	rng := rand.New(rand.NewPCG(seed, 0x7363656e65)) // "scene"
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
