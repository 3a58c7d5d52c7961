package reference

import (
	"math"
	"math/rand/v2"

	"igs/imageio"
	"igs/splat"
)

// RandomScene makes splats and a picture to compare their render with, for tests and
// for the self-check of a device. The splats are of every kind that training meets: σ
// of 1 to 8 px along each axis on its own, any angle, features a little outside [0,1],
// and every eighth centre on a border or outside. The picture is smooth shapes with
// noise, in 8-bit steps. Nothing ties: centres avoid the lattice of pixel centres.
func RandomScene(seed uint64, w, h, n, c int) (*splat.Splats, *imageio.Image) {
	rng := rand.New(rand.NewPCG(seed, 0x7363656e65)) // "scene"
	p := splat.New(n, c)
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
	return p, randomPicture(rng, w, h, c)
}

// randomPicture is a slanted wave, a disc and noise a channel, rounded to 8 bits.
func randomPicture(rng *rand.Rand, w, h, c int) *imageio.Image {
	m := imageio.New(w, h, c)
	for k := range c {
		phase, fx, fy := 6*rng.Float64(), 0.3*rng.Float64(), 0.3*rng.Float64()
		cx, cy := rng.Float64()*float64(w), rng.Float64()*float64(h)
		radius := (0.1 + 0.3*rng.Float64()) * float64(max(w, h))
		plane := m.Plane(k)
		for i := range plane {
			x, y := float64(i%w)+0.5, float64(i/w)+0.5
			v := 0.45 + 0.25*math.Sin(phase+fx*x+fy*y) + 0.2*(rng.Float64()-0.5)
			if math.Hypot(x-cx, y-cy) < radius {
				v += 0.3
			}
			plane[i] = float32(math.Round(255*min(max(v, 0), 1)) / 255)
		}
	}
	return m
}
