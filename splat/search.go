package splat

import (
	"math"

	"igs/splat/symbols"
)

// Search finds the coarsest steps of a model file at a given error.
type Search struct {
	Model   *Model
	Measure func(p *Splats) (float64, error) // the squared error of splats against the picture
	Closely bool                             // Find measures up to 12 times more where the error does not grow smoothly, as with few splats

	// Slopes returns the slopes of the squared error, with the curvature if asked. If they are not finite, it returns nil.
	// Without this function the search only finds the steps, and each symbol is the nearest.
	Slopes func(p *Splats, curvature bool) (*Slopes, error)

	exact float64 // squared error of the splats of the model
	err   error   // the first error of Measure
}

// Rounding is the splats of a model as a file of format version 2 stores them.
type Rounding struct {
	Symbols *symbols.Set
	Splats  *Splats
	Added   float64 // share by which rounding raises the squared error
}

// shares are the parts of the added error that position, shape, angle and colour get. The size of the file depends
// little on them: with a quarter more for one kind, it changes by 0.3 %.
var shares = [4]float64{.28, .28, .16, .28}

// Find returns the smallest rounding at which the squared error is at most 1 + added times that of the model. It is nil
// if there is none. Find measures about 20 times, and asks about 25 times for slopes.
func (s *Search) Find(added float64) (*Rounding, error) {
	steps, ok := s.balance(added)
	if !ok {
		return nil, s.err
	}
	found, steps := s.fill(steps, added)
	if found != nil && s.Slopes != nil && s.err == nil {
		found = s.smaller(found, steps, added)
	}
	return found, s.err
}

// Rough is Find with steps in a usual balance. It measures about five times, and its file is hardly larger.
func (s *Search) Rough(added float64) (*Rounding, error) {
	if s.exact, s.err = s.Measure(s.Model.Splats); s.err != nil || !(s.exact > 0 && added > 0) {
		return nil, s.err
	}
	found, _ := s.fill(usualSteps(added), added)
	return found, s.err
}

// Fit returns the rounding with the least error for a file of at most a number of bytes. It is nil if there is none. Fit
// measures about 20 times, and asks about 25 times for slopes.
func (s *Search) Fit(bytes int64) (*Rounding, error) {
	steps, ok := s.balance(.13) // 0.5 dB, at which bytes are well spent
	if !ok {
		return nil, s.err
	}
	coarse := 256.0 // a factor on the steps
	if fine := 1 / coarse; s.fits(steps.Times(coarse), bytes) {
		for range 16 {
			if middle := math.Sqrt(fine * coarse); s.fits(steps.Times(middle), bytes) {
				coarse = middle
			} else {
				fine = middle
			}
		}
		steps = steps.Times(coarse)
		found := s.round(steps)
		if found != nil && s.Slopes != nil && s.err == nil {
			found = s.finer(found, steps, bytes)
		}
		return found, s.err
	}
	return nil, s.err
}

// fits reports whether the file with some steps has at most a number of bytes.
func (s *Search) fits(t Steps, bytes int64) bool {
	m := *s.Model
	m.Grid = t.Grid()
	size, err := FileBytes(&m)
	return err == nil && size <= bytes
}

// balance returns steps that share an added error well. They add about as much. ok is false if nothing can be added to
// the error of the model.
func (s *Search) balance(added float64) (steps Steps, ok bool) {
	if s.exact, s.err = s.Measure(s.Model.Splats); s.err != nil || !(s.exact > 0 && added > 0) {
		return Steps{}, false
	}
	finest := s.finest()
	steps = usualSteps(added)
	for k, share := range shares {
		*steps.at(k) = s.solve(*steps.at(k), added*share, func(v float64) Steps {
			alone := finest
			*alone.at(k) = v
			return alone
		})
	}
	return steps, s.err == nil
}

// usualSteps are those of photographs with 5000 splats.
func usualSteps(added float64) Steps {
	return Steps{.08, .036, .09, .03}.Times(math.Sqrt(added / .047))
}

// fill multiplies steps by the factor at which the error grows by nearly as much as it may.
func (s *Search) fill(steps Steps, added float64) (best *Rounding, of Steps) {
	factor, fits, over := 1.0, 0.0, math.Inf(1) // fits is the factor of best, over the smallest that adds too much
	for range 8 {
		growth := 64 * added
		if r := s.round(steps.Times(factor)); r != nil {
			growth = min(max(r.Added, added/64), growth)
			switch {
			case r.Added > added:
				over = min(over, factor)
			case best == nil || r.Added > best.Added:
				best, fits = r, factor
			}
		}
		if best != nil && best.Added > .97*added {
			break
		}
		factor *= math.Sqrt(.997 * added / growth)
	}
	if over <= fits || over > 1.25*fits { // the error does not grow steadily
		over = 1.25 * fits
	}
	for range 12 {
		if !s.Closely || best == nil || best.Added > .97*added {
			break
		}
		middle := math.Sqrt(fits * over)
		if r := s.round(steps.Times(middle)); r != nil && r.Added <= added {
			if fits = middle; r.Added > best.Added {
				best = r
			}
		} else {
			over = middle
		}
	}
	return best, steps.Times(fits)
}

// finest returns steps whose error is negligible, and whose levels fit a file.
func (s *Search) finest() Steps {
	m := s.Model
	side := float64(max(m.W, m.H))
	area := 1.0 // largest σ₁σ₂, px²
	for i := range m.Splats.N {
		if t := float64(m.Splats.Scale[2*i]) * float64(m.Splats.Scale[2*i+1]); t != 0 {
			area = max(area, 1/math.Abs(t))
		}
	}
	area = min(area, 16*side*side)
	return Steps{max(.002, 2*side/symbols.MaxPlace), max(.001, 2*math.Cbrt(area)/symbols.MaxSize), .002, .001}
}

// solve returns about the value at which the error grows by target. The growth is nearly proportional to the square of
// a step.
func (s *Search) solve(v, target float64, steps func(float64) Steps) float64 {
	for range 2 {
		growth := 64 * target
		if r := s.round(steps(v)); r != nil {
			growth = min(max(r.Added, target/64), growth)
		}
		v *= math.Sqrt(target / growth)
	}
	return v
}

// round returns the rounding with some steps; nil if there is none.
func (s *Search) round(t Steps) *Rounding {
	if s.err != nil {
		return nil
	}
	p, set, err := s.Model.rounded(t.Grid())
	if err != nil {
		return nil
	}
	squared, err := s.Measure(p)
	s.err = err
	return &Rounding{set, p, squared/s.exact - 1}
}

func (s *Steps) at(k int) *float64 {
	return [4]*float64{&s.Position, &s.Shape, &s.Angle, &s.Colour}[k]
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
