package splat

import (
	"math"

	"igs/splat/symbols"
)

// slope is how the squared error changes along one parameter: first·d + second·d²/2.
type slope struct{ first, second float64 }

// caution is a factor on second derivatives, because neighbours move at the same time.
const caution = 1.15

// of returns the expected change of the squared error when the parameter changes by d.
func (s slope) of(d float64) float64 { return d * (s.first + caution/2*s.second*d) }

// tangent is the slopes of a splat along the parameters that its symbols stand for.
type tangent struct {
	x, y, angle slope // px, radians
	size, ratio slope // S = ln(t1 t2), A = ln(t1/t2)
	mixed       float64
	colour      [symbols.MaxChannels]slope // stored channels
}

// tangentOf returns the slopes of splat i.
func (s *Slopes) tangentOf(i int, set *symbols.Set, first []bool) *tangent {
	g, h := s.Gradient, s.Curvature[i]
	t1, t2 := scalesOf(set, i)
	sin, cos := math.Sincos(math.Pi * float64(set.Angle[i]) / float64(set.Angles(set.Size[i], set.Aspect[i])))
	along, across := 2*t1*t1*h.UU, 2*t2*t2*h.VV
	t := &tangent{
		x: slope{float64(g.XY[2*i]), cos*cos*along + sin*sin*across},
		y: slope{float64(g.XY[2*i+1]), sin*sin*along + cos*cos*across},
	}
	d1, d2 := float64(g.Scale[2*i]), float64(g.Scale[2*i+1])
	t.size = slope{(d1 + d2) / 2, (h.UUUU+h.VVVV)/2 + h.UUVV}
	t.ratio = slope{(d1 - d2) / 2, (h.UUUU+h.VVVV)/2 - h.UUVV}
	t.mixed = (h.UUUU - h.VVVV) / 2
	k := t1/t2 - t2/t1
	t.angle = slope{float64(g.Rot[i]), 2 * k * k * h.UUVV}
	components(g.Feat[i*g.C:(i+1)*g.C], first, func(c int, v float64) { t.colour[c] = slope{v, 2 * h.Weight} })
	return t
}
