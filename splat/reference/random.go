package reference

import (
	"math"
	"math/rand/v2"

	"igs/imageio"
	"igs/splat"
)

// RandomScene returns random splats and a target picture, for tests and for the self-check of a device. The picture has
// smooth shapes and noise, in steps of 8 bits.
func RandomScene(seed uint64, w, h, n, c int) (*splat.Splats, *imageio.Image) {
	rng := rand.New(rand.NewPCG(seed, 0x7363656e65)) // "scene"
	p := splat.Random(rng, n, c)
	return p, randomPicture(rng, w, h, c)
}

// randomPicture returns a picture with a diagonal wave, a disc and noise in each channel, rounded to 8 bits.
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
