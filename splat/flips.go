package splat

import (
	"math"
	"math/rand/v2"

	"igs/internal/parallel"
	"igs/splat/symbols"
)

// flips moves symbols by one level where this lowers the squared error plus the price of the bits. A move takes place
// with a certain chance only, because neighbours would all correct the same error.
type flips struct {
	set    *symbols.Set
	slopes *Slopes
	prices *symbols.Prices
	first  []bool  // colourPlanes
	price  float64 // squared error for a bit
	chance float64
	shapes bool   // sizes and aspects move too
	sweep  uint64 // the random numbers depend on it
}

// all moves symbols of all splats.
func (f *flips) all() {
	parallel.Runs(f.set.N(), func(from, end int) {
		for i := from; i < end; i++ {
			m := &mover{flips: f, i: i, tangent: f.slopes.tangentOf(i, f.set, f.first)}
			m.random.Seed(f.sweep, uint64(i))
			m.all()
		}
	})
}

// mover moves symbols of one splat.
type mover struct {
	*flips
	*tangent
	i      int
	random rand.PCG
}

// draw reports whether something with a certain chance happens.
func (m *mover) draw(chance float64) bool {
	return float64(m.random.Uint64()>>11) < chance*(1<<53)
}

// all moves one coordinate, and the size or the aspect. If these stay, it moves the angle and the colours.
func (m *mover) all() {
	s, i := m.set, m.i
	place, along := &s.X[i], m.x
	if m.draw(.5) {
		place, along = &s.Y[i], m.y
	}
	step := float64(s.Grid.Position) / (1 << 20)
	*place += m.better(*place, -symbols.MaxPlace, symbols.MaxPlace, func(d int32) float64 { return along.of(float64(d) * step) })
	if m.shapes && m.reshape(m.draw(.5)) {
		return
	}
	if levels := s.Angles(s.Size[i], s.Aspect[i]); levels > 1 {
		step := math.Pi / float64(levels)
		d := m.better(s.Angle[i], -1, levels, func(d int32) float64 {
			return m.angle.of(float64(d)*step) + m.price*m.prices.Angle[i].Of(d)
		})
		s.Angle[i] = (s.Angle[i] + d + levels) % levels
	}
	step = float64(s.ColourStep(s.Size[i])) / (1 << 24)
	for c := range s.C {
		at := i*s.C + c
		s.Colour[at] += m.better(s.Colour[at], -symbols.MaxLevel, symbols.MaxLevel, func(d int32) float64 {
			return m.colour[c].of(float64(d)*step) + m.price*m.prices.Colour[at].Of(d)
		})
	}
}

// better returns by how much a level moves: −1, 0 or 1. The level stays from low to high. cost is the expected change of
// the error and of the bits.
func (m *mover) better(level, low, high int32, cost func(d int32) float64) (move int32) {
	least := 0.
	for _, d := range [2]int32{-1, 1} {
		if next := level + d; next >= low && next <= high {
			if c := cost(d); c < least {
				least, move = c, d
			}
		}
	}
	if move != 0 && !m.draw(m.chance) {
		return 0
	}
	return move
}

// shape is the symbols of a splat that depend on its size.
type shape struct {
	size, aspect, angle int32
	colour              [symbols.MaxChannels]int32
}

// reshape moves the size or the aspect, and reports whether it did. The angle and the colours stay near their values on
// the new grids.
func (m *mover) reshape(size bool) bool {
	s, i := m.set, m.i
	least, best := 0., shape{}
	for _, d := range [2]int32{-1, 1} {
		to, bits, ok := m.resized(d)
		if !size {
			to, bits, ok = m.stretched(d)
		}
		if !ok {
			continue
		}
		if c := m.fill(&to) + m.price*bits; c < least {
			least, best = c, to
		}
	}
	if least == 0 || !m.draw(m.chance) {
		return false
	}
	s.Size[i], s.Aspect[i], s.Angle[i] = best.size, best.aspect, best.angle
	copy(s.Colour[i*s.C:(i+1)*s.C], best.colour[:])
	return true
}

// finer is the number of bits by which a symbol grows when its step is halved. It is not 1, because many symbols are 0.
const finer = .8

// resized returns the size moved by d and the nearest aspect, and the bits that this adds.
func (m *mover) resized(d int32) (to shape, bits float64, ok bool) {
	s, i := m.set, m.i
	to.size = s.Size[i] + d
	growth := float64(to.size) / float64(s.Size[i])
	to.aspect = min(int32(math.RoundToEven(float64(s.Aspect[i])*growth)), symbols.MaxAspect)
	if to.size < 1 || to.size > symbols.MaxSize {
		return to, 0, false
	}
	// The steps of aspect and angle fall with the size, and those of colours with its power 5/4.
	bits = m.prices.Size[i].Of(d) + finer*(2+1.25*float64(s.C))*math.Log2(growth)
	return to, bits, (s.Aspect[i] > 0) == (to.aspect > 0)
}

// stretched returns the aspect moved by d, and the bits that this adds. A round splat has no angle, so it stays round.
func (m *mover) stretched(d int32) (to shape, bits float64, ok bool) {
	s, i := m.set, m.i
	to.size, to.aspect = s.Size[i], s.Aspect[i]+d
	return to, m.prices.Aspect[i].Of(d), s.Aspect[i] > 0 && to.aspect <= symbols.MaxAspect
}

// fill sets the angle and the colours of a shape, and returns the expected change of the error.
func (m *mover) fill(to *shape) (cost float64) {
	s, i := m.set, m.i
	size := -3 * math.Log(float64(to.size)/float64(s.Size[i]))
	ratio := 3 * (float64(to.aspect)/float64(to.size) - float64(s.Aspect[i])/float64(s.Size[i]))
	cost = m.size.of(size) + m.ratio.of(ratio) + caution*m.mixed*size*ratio
	if levels := s.Angles(to.size, to.aspect); levels > 1 {
		turn := float64(s.Angle[i]) / float64(s.Angles(s.Size[i], s.Aspect[i]))
		nearest := math.RoundToEven(turn * float64(levels))
		cost += m.angle.of(math.Pi * (nearest/float64(levels) - turn))
		to.angle = int32(nearest) % levels
	}
	before, now := float64(s.ColourStep(s.Size[i]))/(1<<24), float64(s.ColourStep(to.size))/(1<<24)
	for c := range s.C {
		v := float64(s.Colour[i*s.C+c]) * before
		level := min(max(math.RoundToEven(v/now), -symbols.MaxLevel), symbols.MaxLevel)
		cost += m.colour[c].of(level*now - v)
		to.colour[c] = int32(level)
	}
	return cost
}
