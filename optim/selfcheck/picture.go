package selfcheck

import (
	"math"

	"igs/imageio"
	"igs/internal/parallel"
)

// Picture is the built-in picture of benchmarks: w × h px of RGB, the same on every machine. Like a photograph it has a
// smooth gradient, hard edges (discs) and fine texture in a part. All of them scale with the size, so a larger picture
// shows the same scene in more detail.
func Picture(w, h int) *imageio.Samples {
	m := imageio.NewSamples(w, h, 3, 8)
	parallel.Each(h, func(_, y int) { paintRow(m, y) })
	return m
}

func paintRow(m *imageio.Samples, y int) {
	for x := range m.W {
		u, v := (float64(x)+0.5)/float64(m.W), (float64(y)+0.5)/float64(m.H)
		r, g, b := scene(u, v)
		for c, s := range [3]float64{r, g, b} {
			m.Row8(c, y)[x] = uint8(math.Round(255 * min(1, max(0, s))))
		}
	}
}

// scene returns the colour at (u, v), both in 0..1.
func scene(u, v float64) (r, g, b float64) {
	r, g, b = 0.35+0.4*u, 0.45+0.3*v, 0.75-0.35*u*v // sky
	for i := range 24 {
		f := float64(i)
		cx, cy := fraction(0.618034*f+0.1), fraction(0.754878*f+0.3) // a low-discrepancy sequence
		radius := 0.02 + 0.10*fraction(0.569840*f)
		if d := math.Hypot(u-cx, (v-cy)/1.5); d < radius {
			shade := 1 - 0.6*d/radius
			r, g, b = shade*fraction(0.37*f), shade*fraction(0.53*f+0.2), shade*fraction(0.71*f+0.4)
		}
	}
	if v > 0.6 { // grass
		texture := math.Sin(310*u+40*math.Sin(9*v)) * math.Sin(190*v+7*u)
		weight := (v - 0.6) / 0.4
		r, g, b = r+0.10*weight*texture, g+0.18*weight*texture, b+0.08*weight*texture
	}
	return r, g, b
}

func fraction(x float64) float64 { return x - math.Floor(x) }
