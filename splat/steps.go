package splat

import (
	"math"

	"igs/splat/symbols"
)

// Steps is how exactly a file of format version 2 stores splats. Large splats change more pixels, so their steps are
// smaller. With s = σ₁σ₂ in px² and A = ln(σ₂/σ₁), where σ₁ ≤ σ₂, the step of
//   - x and y is Position, px;
//   - ln s and A is 2·Shape·s^(−⅓);
//   - θ is Angle·s^(−⅓) / max(2 sinh A, 0.3), radians;
//   - a colour channel is Colour·s^(−5/12).
type Steps struct{ Position, Shape, Angle, Colour float64 }

// Grid returns the integers of the steps in a file. A step that is out of the range of a file is replaced by the nearest
// one.
func (s Steps) Grid() symbols.Grid {
	integer := func(v, most float64) uint32 { return uint32(min(max(math.RoundToEven(v), 1), most)) }
	size := s.Shape * 2 / 3
	return symbols.Grid{
		Position: integer(s.Position*(1<<20), symbols.MaxPositionStep),
		Size:     integer(size*(1<<20), symbols.MaxSizeStep),
		Angle:    integer(math.Pi*size/s.Angle*(1<<16), symbols.MaxAngleStep),
		Colour:   integer(s.Colour*math.Pow(size, -1.25)*(1<<20), math.MaxUint32),
	}
}

// Times returns the steps multiplied by a factor.
func (s Steps) Times(f float64) Steps {
	return Steps{s.Position * f, s.Shape * f, s.Angle * f, s.Colour * f}
}
