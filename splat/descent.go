package splat

import (
	"math"

	"igs/splat/symbols"
)

// descent is a search for symbols. It starts from a rounding and moves symbols by one level, sweep by sweep, where this
// lowers the squared error plus the price of the bits.
type descent struct {
	search    *Search
	set       *symbols.Set
	curvature []Curvature // of the splats of the set
	worth     float64     // squared error that a bit is worth if the error falls by ¾ with a bit for each symbol
	price     float64     // of a bit, in units of worth
	done      int         // number of sweeps done
	ended     bool        // the slopes are not finite
}

const (
	sweeps      = 20 // of a search
	firstSweeps = 6  // after them a search knows what it will reach
	shapeSweeps = 15 // after them sizes and aspects stay
	extraSweeps = 8  // at most, if the goal is missed
	freshness   = 4  // sweeps with one curvature
	mostTries   = 2  // of steps
	usualPrice  = 1.5
)

// descend begins a search from the rounding with some steps, for a certain growth of the error. It returns nil if there is
// no rounding.
func (s *Search) descend(t Steps, added float64) *descent {
	set, err := Quantise(s.Model, t.Grid())
	if err != nil {
		return nil
	}
	worth := 2 * math.Ln2 * s.exact * added / float64((5+set.C)*set.N())
	return &descent{search: s, set: set, worth: worth, price: usualPrice}
}

// run does some sweeps. It returns false after an error, or if the slopes are not finite.
func (d *descent) run(n int) bool {
	for range n {
		if d.ended || d.search.err != nil {
			return false
		}
		d.search.err = d.sweep()
	}
	return !d.ended && d.search.err == nil
}

// sweep moves symbols of all splats once.
func (d *descent) sweep() error {
	model := d.search.Model
	order := d.set.Sort()
	prices, _ := d.set.Prices()
	p, err := Dequantise(d.set, model)
	if err != nil {
		return err
	}
	fresh := d.curvature == nil || d.done%freshness == 0
	slopes, err := d.search.Slopes(p, fresh)
	if err != nil || slopes == nil {
		d.ended = true
		return err
	}
	if !fresh {
		slopes.Curvature = make([]Curvature, len(order))
		for i, j := range order {
			slopes.Curvature[i] = d.curvature[j]
		}
	}
	d.curvature = slopes.Curvature
	f := &flips{
		set: d.set, slopes: slopes, prices: prices, first: colourPlanes(model.Layers), price: d.price * d.worth,
		chance: .3 - .21*min(float64(d.done)/sweeps, 1), shapes: d.done < shapeSweeps, sweep: uint64(d.done),
	}
	f.all()
	d.done++
	return nil
}

// rounding measures the present symbols. It returns nil after an error.
func (d *descent) rounding() *Rounding {
	s := d.search
	set := d.set.Clone()
	set.Sort()
	p, err := Dequantise(set, s.Model)
	var squared float64
	if err == nil {
		squared, err = s.Measure(p)
	}
	if s.err = err; err != nil {
		return nil
	}
	return &Rounding{Symbols: set, Splats: p, Added: squared/s.exact - 1}
}

// smaller searches for a smaller file than a rounding with some steps, with at most the given growth of the error.
func (s *Search) smaller(plain *Rounding, t Steps, added float64) *Rounding {
	d := s.begin(t, added)
	if d == nil {
		return plain
	}
	best, least := plain, plain.Symbols.Clone().EstimateBits().Total()
	for d.done < sweeps || best == plain && d.done < sweeps+extraSweeps {
		if !d.run(2) {
			break
		}
		now := d.rounding()
		if now == nil {
			break
		}
		d.followError(now.Added, added)
		if bits := now.Symbols.Clone().EstimateBits().Total(); now.Added <= added && bits < least {
			best, least = now, bits
		}
	}
	return best
}

// begin does the first sweeps of a search, with steps at which the error grows by about what it may at the end. t are
// those of the nearest symbols. It returns nil if there are none.
func (s *Search) begin(t Steps, added float64) (d *descent) {
	// The search takes back more of the error where it is small: the training has not come to its end. The numbers are
	// those of photographs.
	t = t.Times(math.Sqrt(1.8 * math.Pow(added/.047, -.08)))
	for range mostTries {
		next := s.descend(t, added)
		if next == nil || !next.run(firstSweeps) {
			break
		}
		now := next.rounding()
		if now == nil || d != nil && now.Added > 1.3*added { // the steps of before were better
			break
		}
		d = next
		growth := min(max(.86*now.Added/added, .5), 2) // expected at the end
		if growth > .93 && growth < 1.04 {
			break
		}
		t = t.Times(math.Sqrt(1 / growth))
	}
	return d
}

// followError adjusts the price so that the growth of the error comes to what it may be.
func (d *descent) followError(growth, added float64) {
	goal := added * (.98 + .006*float64(max(sweeps-d.done, 0))) // later sweeps lower it
	change := goal / max(growth, goal/4)
	switch {
	case change > 1:
		d.price *= min(change*change*change, 1.5)
	case d.done < sweeps:
		d.price *= max(math.Pow(change, 6), .6)
	default:
		d.price *= .3
	}
}

// finer searches for less error than a rounding with some steps, in a file of at most a number of bytes.
func (s *Search) finer(plain *Rounding, t Steps, bytes int64) *Rounding {
	symbolsOfSplat := float64(5 + plain.Symbols.C)
	saved := .015 * 8 * float64(bytes) / float64(plain.Symbols.N()) // bits of a splat that the search saves
	d := s.descend(t.Times(math.Exp2(-saved/symbolsOfSplat)), plain.Added)
	if d == nil || !(plain.Added > 0) || !d.run(firstSweeps) {
		return plain
	}
	best := plain
	for d.done < sweeps || best == plain && d.done < sweeps+extraSweeps {
		if !d.run(2) {
			break
		}
		size, err := s.bytesOf(d.set)
		if err != nil {
			break
		}
		d.price *= min(max(math.Exp(60*(float64(size)/float64(bytes)-1)), .7), 1.6)
		if size > bytes || d.done < sweeps/2 {
			continue
		}
		now := d.rounding()
		if now == nil {
			break
		}
		if now.Added < best.Added {
			best = now
		}
	}
	return best
}

// bytesOf returns the size of the file with some symbols.
func (s *Search) bytesOf(set *symbols.Set) (n int64, err error) {
	m := *s.Model
	m.Grid = set.Grid
	if m.Splats, err = Dequantise(set, s.Model); err != nil {
		return 0, err
	}
	return FileBytes(&m)
}
