package optim

import (
	"cmp"
	"math"

	"igs/configs"
	"igs/event"
	"igs/optim/engine"
	"igs/splat"
	"igs/splat/symbols"
)

// rounding is what a trainer knows of the rounding at the end of the run.
type rounding struct {
	grid  symbols.Grid     // precision of the model file; zero: the splats are not rounded
	exact *engine.Snapshot // splats and moments before; checkpoints store them
}

// roundingLoss is the PSNR that rounding may cost, dB. Training for few bits has no such rounding.
func roundingLoss(run configs.Run) float64 {
	if run.Quantize.Enabled {
		return 0
	}
	return run.Quantize.Loss
}

// RoundsForFile reports whether the splats are rounded at the end of a run.
func RoundsForFile(run configs.Run) bool {
	return roundingLoss(run) > 0 || run.Goal.HasQuality() || run.Goal.HasSize()
}

// round replaces the splats at the end of a run by those of a model file that is as small as the rounding loss allows.
// All that follows is about these splats, except checkpoints.
func (t *Trainer) round() error {
	if !RoundsForFile(t.run) || t.rounding.exact != nil || t.engine.Splats() == 0 {
		return nil
	}
	exact, err := t.engine.Save()
	if err != nil {
		return err
	}
	t.rounding.exact = &exact
	m, err := t.Model()
	if err != nil {
		return err
	}
	found, err := t.findRounding(m, t)
	if err != nil {
		return err
	}
	if found == nil {
		t.sink(event.Noted{Text: "the model file keeps float32: no rounding keeps to its target or to output.rounding_loss"})
		found = &splat.Rounding{Splats: m.Splats}
	}
	if err := t.engine.Load(found.Splats); err != nil {
		return err
	}
	if err := t.engine.Record(); err != nil { // drawing may have changed the bands
		return err
	}
	if found.Symbols == nil {
		return nil
	}
	t.rounding.grid = found.Symbols.Grid
	m.Grid = found.Symbols.Grid
	bytes, err := splat.FileBytes(m)
	if err != nil {
		return err
	}
	kinds := found.Symbols.EstimateBits()
	t.sink(event.Rounded{
		Step: t.step, Loss: 10 * math.Log10(1+found.Added), Bytes: bytes,
		Position: kinds.Position / 8, Shape: (kinds.Size + kinds.Aspect) / 8, Angle: kinds.Angle / 8, Colour: kinds.Colour / 8,
	})
	return nil
}

// leaves is the error with which a cancelled run leaves the search for the file of its splats, which takes long.
func (t *Trainer) leaves() error {
	if t.rounding.exact == nil { // it measures for another purpose
		return nil
	}
	return t.cancelled()
}

// searchedSteps is the number of steps from which a run searches for the symbols of its file. The search takes as long as
// about 90 steps, too long for a draft. Tests lower it.
var searchedSteps = 500

// SearchesSymbols reports whether the symbols of the model file are searched for, beside its precision. The slopes of huge
// pictures would take too long.
func SearchesSymbols(run configs.Run, pixels int) bool {
	return RoundsForFile(run) && run.Steps >= searchedSteps && LatticeOf(run, pixels) == 1
}

func (t *Trainer) searchesSymbols() bool { return SearchesSymbols(t.run, t.target.Pixels()) }

// measurer measures the picture of splats, as splat.Search asks.
type measurer interface {
	squaredError(p *splat.Splats) (float64, error)
	slopes(p *splat.Splats, curvature bool) (*splat.Slopes, error)
}

// findRounding returns the smallest rounding for the quality of the goal. Else it returns the finest rounding for its
// bytes, or the coarsest for the loss of the run if this file is smaller. It is nil if there is none. measured tells of the
// picture of splats.
func (t *Trainer) findRounding(m *splat.Model, measured measurer) (*splat.Rounding, error) {
	if t.run.Goal.HasQuality() {
		if found, err := t.findQuality(m); err != nil || found != nil {
			return found, err
		}
	}
	search := splat.Search{Model: m, Measure: measured.squaredError}
	if t.searchesSymbols() {
		search.Slopes = measured.slopes
	}
	added := math.Pow(10, roundingLoss(t.run)/10) - 1
	if most := t.run.Goal.Bytes; most > 0 {
		fitted, err := search.Fit(most)
		if err != nil || fitted == nil || fitted.Added >= added {
			return fitted, err
		}
	}
	return search.Find(added)
}

// squaredError loads splats and returns the squared error of their picture, with gamma undone, at the pixels of the lattice
// if it is huge. The host adds the errors up in one order, so the sum, and with it the file, does not depend on bands. The
// sums of an evaluation do.
func (t *Trainer) squaredError(p *splat.Splats) (squared float64, err error) {
	add := t.adder()
	err = t.drawn(p, func() { squared = 0 }, func(y int, row [][]float32) { squared = add(squared, y, row) })
	return squared, err
}

// drawn loads splats and hands the rows of their picture to take, with gamma undone. It calls begin before the first row,
// and again when it must draw anew.
func (t *Trainer) drawn(p *splat.Splats, begin func(), take func(y int, row [][]float32)) error {
	if err := t.leaves(); err != nil {
		return err
	}
	err := t.persist(func() error {
		begin()
		if err := t.engine.Load(p); err != nil {
			return err
		}
		return t.measuredRows().Shown().Each(func(y int, row [][]float32) error {
			take(y, row)
			return nil
		})
	})
	return cmp.Or(err, t.target.Err())
}

// adder returns a function that adds the squared errors of a row of the picture, with gamma undone, to a sum.
func (t *Trainer) adder() func(sum float64, y int, row [][]float32) float64 {
	room := make([]float32, t.target.W)
	return func(sum float64, y int, row [][]float32) float64 {
		for c := range row {
			for x, v := range t.wanted(c, y, room) {
				d := float64(row[c][x] - v)
				sum += float64(d * d)
			}
		}
		return sum
	}
}

// slopes measures how the squared error of the picture changes with the parameters of splats. It returns nil if the
// slopes are not finite.
func (t *Trainer) slopes(p *splat.Splats, curvature bool) (s *splat.Slopes, err error) {
	if err := t.leaves(); err != nil {
		return nil, err
	}
	err = t.persist(func() (err error) {
		if err := t.look(1); err != nil {
			return err
		}
		s = &splat.Slopes{}
		if curvature {
			if err := t.engine.Load(p); err != nil {
				return err
			}
			if s.Curvature, err = t.engine.Curvature(); err != nil {
				return err
			}
		}
		s.Gradient, err = t.engine.Gradient(p)
		return err
	})
	if err != nil || s.Gradient == nil {
		return nil, err
	}
	return s, nil
}

// stored returns what a checkpoint stores of the splats: those before rounding.
func (t *Trainer) stored() (engine.Snapshot, error) {
	if t.rounding.exact != nil {
		return *t.rounding.exact, nil
	}
	return t.engine.Save()
}
