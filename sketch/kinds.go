package sketch

import (
	"cmp"
	"image/color"
	"math"
	"math/rand/v2"
	"slices"

	"igs/splat"
)

// Sigmas is the size of the ellipses in standard deviations. At 1.5 a Gaussian has a third of its height, and the
// ellipses of neighbours just touch.
const Sigmas = 1.5

// Ellipses draws each splat as an ellipse, filled with its colour, on grey. Large ellipses are drawn first. A radius is
// at most four diagonals of the picture.
func Ellipses(m *splat.Model, a Area) Rows {
	s := m.Splats
	zoom, most := float64(a.H)/float64(m.H), 4*math.Hypot(float64(a.W), float64(a.H))
	radius := func(t float32) float64 { return min(Sigmas*zoom/math.Abs(float64(t)), most) }
	var shapes []shape
	for i := range s.N {
		e := at(m, a, i)
		if math.Hypot(e.x, e.y) > 1e6 {
			continue // so far outside that coordinates overflow
		}
		e.rx, e.ry = radius(s.Scale[2*i]), radius(s.Scale[2*i+1])
		e.sin, e.cos = math.Sincos(float64(s.Rot[i]))
		rgb := m.Colour(i)
		e.colour = color.RGBA{rgb[0], rgb[1], rgb[2], 255}
		shapes = append(shapes, e)
	}
	slices.SortStableFunc(shapes, func(p, q shape) int { return cmp.Compare(q.rx*q.ry, p.rx*p.ry) })
	return rowsOf(shapes, a, color.Gray{128}) // white and black splats are both visible on it
}

// Positions draws a black dot at each splat, on white. Its radius is a tenth of the mean distance between splats, but
// at least 0.7 px.
func Positions(m *splat.Model, a Area) Rows {
	radius := max(0.7, 0.1*math.Sqrt(float64(a.W)*float64(a.H)/float64(max(m.Splats.N, 1))))
	var shapes []shape
	for i := range m.Splats.N {
		dot := at(m, a, i)
		if math.Hypot(dot.x, dot.y) > 1e6 {
			continue
		}
		dot.rx, dot.ry, dot.colour = radius, radius, color.RGBA{A: 255}
		shapes = append(shapes, dot)
	}
	return rowsOf(shapes, a, color.White)
}

// Identities is the model with another colour for each splat, times the norm of its feature, as Image-GS does. A render
// of it shows which splats make a pixel. The colours are always the same.
func Identities(m *splat.Model) *splat.Model {
	s := *m.Splats
	s.C, s.Feat = 3, make([]float32, 3*s.N)
	for i := range s.N {
		var squares float64
		for _, v := range m.Splats.Feat[i*m.Splats.C : (i+1)*m.Splats.C] {
			squares += float64(v) * float64(v)
		}
		rng := rand.New(rand.NewPCG(uint64(i), 0))
		for c := range 3 {
			s.Feat[3*i+c] = float32(math.Sqrt(squares) * rng.Float64())
		}
	}
	out := *m
	out.Splats, out.Layers, out.Gamma = &s, splat.Plain(3, 8), 1
	return &out
}
