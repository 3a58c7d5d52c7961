package splat

import (
	"math"

	"igs/splat/symbols"
)

// shares are the parts of the added error that position, shape, angle and colour get. At equal bytes other shares lose
// more.
var shares = [4]float64{.28, .28, .16, .28}

// Search finds the coarsest steps at which the squared error grows by at most a factor. measure returns the squared
// error of splats against the picture.
type Search struct {
	Model   *Model
	Measure func(p *Splats) (float64, error)
}

// Find returns the steps for an error of at most (1 + added) times that of the model. ok is false if no steps of a file
// are fine enough.
func (s *Search) Find(added float64) (steps Steps, ok bool, err error) {
	exact, err := s.Measure(s.Model.Splats)
	if err != nil {
		return Steps{}, false, err
	}
	finest := Steps{.001, .0005, .001, .0004}
	grow := func(t Steps) float64 {
		if err != nil {
			return math.Inf(1)
		}
		var e float64
		e, err = s.error(t)
		return e/exact - 1
	}
	base := Steps{1, 1, 1, 1}
	for k, share := range shares {
		one := func(v float64) Steps { t := finest; *t.at(k) = v; return t }
		*base.at(k) = bisect(func(v float64) bool { return grow(one(v)) <= added*share }, *finest.at(k), *finest.at(k)*4096, 10)
	}
	factor := bisect(func(f float64) bool { return grow(base.Times(f)) <= added }, 1./16, 4, 10)
	steps = base.Times(factor)
	return steps, grow(steps) <= added, err
}

func (s *Steps) at(k int) *float64 {
	return [4]*float64{&s.Position, &s.Shape, &s.Angle, &s.Colour}[k]
}

// error is the squared error of the splats that a file of these steps stores.
func (s *Search) error(t Steps) (float64, error) {
	p, _, err := s.Model.rounded(t.Grid())
	if err != nil {
		return math.Inf(1), nil
	}
	return s.Measure(p)
}

// rounded returns the splats that a file of format version 2 stores, and their symbols.
func (m *Model) rounded(g symbols.Grid) (*Splats, *symbols.Set, error) {
	set, err := Quantise(m, g)
	if err != nil {
		return nil, nil, err
	}
	p, err := Dequantise(set, m)
	return p, set, err
}

// bisect returns the largest value between low and high for which ok holds, within a ratio of (high/low)^(2^-times).
func bisect(ok func(float64) bool, low, high float64, times int) float64 {
	for range times {
		middle := math.Sqrt(low * high)
		if ok(middle) {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}
