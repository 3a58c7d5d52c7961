package splat

import (
	"errors"
	"math"

	"igs/imageio"
	"igs/internal/parallel"
	"igs/splat/symbols"
)

// Quantise returns the symbols of a model whose decoded splats are the nearest to those of the model. The splats of the
// set have the order of the model; encoding sorts them.
func Quantise(m *Model, g symbols.Grid) (*symbols.Set, error) {
	p := m.Splats
	s := symbols.New(g, p.N, p.C)
	planes := colourPlanes(m.Layers)
	parallel.Runs(p.N, func(first, end int) {
		for i := first; i < end; i++ {
			s.X[i] = place(p.XY[2*i], m.W, g)
			s.Y[i] = place(p.XY[2*i+1], m.H, g)
			quantiseShape(s, i, float64(p.Scale[2*i]), float64(p.Scale[2*i+1]), float64(p.Rot[i]), m)
			quantiseColour(s, i, p.Feat[i*p.C:(i+1)*p.C], planes)
		}
	})
	return s, s.Validate()
}

// place returns the level of a coordinate, which is in units of side px.
func place(v float32, side int, g symbols.Grid) int32 {
	level := math.RoundToEven(float64(v) * float64(side) * (1 << 20) / float64(g.Position))
	return int32(min(max(level, -symbols.MaxPlace), symbols.MaxPlace))
}

// quantiseShape makes a splat canonical: t1 ≥ t2 > 0, and θ of the first axis from 0 to π.
func quantiseShape(s *symbols.Set, i int, t1, t2, angle float64, m *Model) {
	t1, t2 = math.Abs(t1), math.Abs(t2)
	if t1 < t2 {
		t1, t2 = t2, t1
		angle += math.Pi / 2
	}
	if limit := 1. / 64 / float64(max(m.W, m.H)); t2 < limit/64 {
		t2 = limit // a σ of 64 times the picture looks like a larger one; decoded splats stay as they are
		t1 = max(t1, t2)
	}
	a := float64(s.Grid.Size) / (1 << 20)
	level := math.RoundToEven(math.Cbrt(1/(t1*t2)) / a)
	size := int32(min(max(level, 1), symbols.MaxSize))
	if level < 1 { // of a splat that is too small for the step, σ₂ stays as it is, so that a second rounding changes nothing
		t1 = max(1/(t2*a*a*a), t2)
	}
	aspect := int32(min(math.RoundToEven(math.Log(t1/t2)*float64(size)/3), symbols.MaxAspect))
	levels := s.Angles(size, aspect)
	turns := angle / math.Pi
	turn := int32(math.RoundToEven((turns - math.Floor(turns)) * float64(levels)))
	s.Size[i], s.Aspect[i], s.Angle[i] = size, aspect, turn%levels
}

// colourPlanes says which channels are the first of three that are stored as sum and differences: the first three of
// each layer that has so many.
func colourPlanes(layers []imageio.Layer) (first []bool) {
	for _, l := range layers {
		for c := range l.C {
			first = append(first, c == 0 && l.C >= 3)
		}
	}
	return first
}

// The factors of the colour transform Y = (R+G+B)/√3, U = (R−B)/√2, V = (2G−R−B)/√6. It is orthonormal, so an error of
// Y, U or V has the same square in R, G and B.
const (
	third = 0.5773502691896258 // 1/√3
	pair  = 0.7071067811865476 // 1/√2
	sixth = 0.4082482904638631 // 1/√6
)

func quantiseColour(s *symbols.Set, i int, feat []float32, first []bool) {
	step := float64(s.ColourStep(s.Size[i])) / (1 << 24)
	levels := s.Colour[i*s.C:]
	components(feat, first, func(c int, v float64) {
		levels[c] = int32(min(max(math.RoundToEven(v/step), -symbols.MaxLevel), symbols.MaxLevel))
	})
}

// components calls take with the number and the value of each stored channel of a splat.
func components(feat []float32, first []bool, take func(c int, v float64)) {
	for c := 0; c < len(feat); c++ {
		if !first[c] {
			take(c, float64(feat[c]))
			continue
		}
		r, g, b := float64(feat[c]), float64(feat[c+1]), float64(feat[c+2])
		take(c, third*(r+g+b))
		take(c+1, pair*(r-b))
		take(c+2, sixth*(2*g-r-b))
		c += 2
	}
}

// Dequantise returns the splats of symbols. Size, layers and the like are those of m; its splats are not used.
//
// Every decoder gets the same float32: the operations are +, −, ×, ÷ and √ of float64, each rounded, in the order of
// docs/format.md, and the result is rounded to float32.
func Dequantise(s *symbols.Set, m *Model) (*Splats, error) {
	p := New(s.N(), s.C)
	first := colourPlanes(m.Layers)
	if len(first) != s.C {
		return nil, errors.New("the layers have other channels than the symbols")
	}
	parallel.Runs(p.N, func(from, end int) {
		for i := from; i < end; i++ {
			p.XY[2*i] = coordinate(s.X[i], m.W, s.Grid)
			p.XY[2*i+1] = coordinate(s.Y[i], m.H, s.Grid)
			t1, t2 := scalesOf(s, i)
			p.Scale[2*i], p.Scale[2*i+1] = float32(t1), float32(t2)
			p.Rot[i] = float32(float64(math.Pi*float64(s.Angle[i])) / float64(s.Angles(s.Size[i], s.Aspect[i])))
			dequantiseColour(s, i, p.Feat[i*p.C:(i+1)*p.C], first)
		}
	})
	return p, nil
}

// scalesOf returns the inverse deviations of a splat.
func scalesOf(s *symbols.Set, i int) (t1, t2 float64) {
	size := float64(s.Size[i])
	third := size * float64(s.Grid.Size) / (1 << 20) // (σ₁σ₂)^⅓, exact
	sigma := math.Sqrt(float64(float64(third*third) * third))
	stretch := exp(float64(1.5*float64(s.Aspect[i])) / size)
	return stretch / sigma, 1 / float64(stretch*sigma)
}

func coordinate(level int32, side int, g symbols.Grid) float32 {
	return float32(float64(level) * float64(g.Position) / (1 << 20) / float64(side)) // the product is exact
}

// exp returns eˣ by the series of degree 5 at x/256 and eight squares. Unlike math.Exp it is the same on every machine.
func exp(x float64) float64 {
	x /= 256
	sum := 1.0
	for k := 5; k > 0; k-- {
		sum = 1 + float64(float64(x*sum)/float64(k))
	}
	for range 8 {
		sum *= sum
	}
	return sum
}

func dequantiseColour(s *symbols.Set, i int, feat []float32, first []bool) {
	step := float64(s.ColourStep(s.Size[i]))
	value := func(c int) float64 { return float64(s.Colour[i*s.C+c]) * step / (1 << 24) } // exact
	for c := 0; c < len(feat); c++ {
		if !first[c] {
			feat[c] = float32(value(c))
			continue
		}
		y, u, v := float64(value(c)*third), float64(value(c+1)*pair), float64(value(c+2)*sixth)
		feat[c] = float32(float64(y+u) - v)
		feat[c+1] = float32(y + float64(2*v))
		feat[c+2] = float32(float64(y-u) - v)
		c += 2
	}
}
