package optim

import (
	"igs/imageio"
	"igs/internal/parallel"
	"igs/optim/engine"
	"igs/optim/sampling"
	"igs/splat"
)

// round adds and moves splats of all pictures after the present step; see rounds.apply.
func (b *Batch) round() error {
	g := b.rounds
	if n := g.wanted(b.step) - b.engine.Splats(); n > 0 {
		if err := b.grow(n); err != nil {
			return err
		}
	}
	if g.moves(b.step) {
		return b.relocate()
	}
	return nil
}

// grow adds n splats to each picture.
func (b *Batch) grow(n int) error {
	p, survey, total := b.rounds.run.Progressive, b.rounds.growthSurvey(), b.engine.Splats()+n
	if _, err := b.engine.Survey(survey); err != nil {
		return err
	}
	errors, err := b.engine.Errors(survey)
	if err != nil {
		return err
	}
	added := make([]*splat.Splats, len(b.members))
	parallel.Each(len(b.members), func(_, i int) {
		m := b.members[i]
		added[i] = m.births.Add(m.pick(rowsOf(errors[i], m.target), engine.Offset{}, n, p.Power), total, p.Size)
	})
	return b.engine.Append(added)
}

// relocate moves the splats of each picture whose removal costs least.
func (b *Batch) relocate() error {
	rule, survey := b.rounds.run.Relocate, engine.SurveyOptions{Costs: true, Errors: engine.Sharp}
	found, err := b.engine.Survey(survey)
	if err != nil {
		return err
	}
	places := make([][]int, len(b.members))
	some := false
	for i, f := range found {
		places[i] = b.rounds.superfluous(f.Costs, f.Squared)
		some = some || len(places[i]) > 0
	}
	if !some {
		return nil
	}
	errors, err := b.engine.Errors(survey)
	if err != nil {
		return err
	}
	moved := make([]*splat.Splats, len(b.members))
	parallel.Each(len(b.members), func(_, i int) {
		m := b.members[i]
		if n := len(places[i]); n > 0 {
			moved[i] = m.births.Add(m.pick(rowsOf(errors[i], m.target), engine.Offset{}, n, rule.Power), b.engine.Splats(), rule.Size)
		}
	})
	return b.engine.Replace(places, moved)
}

// rowsOf returns the errors of a picture as weights.
func rowsOf(errors []float32, of *imageio.Samples) sampling.Weights {
	row := make([]float32, of.W)
	return func(take func(row []float32)) {
		for at := 0; at < len(errors); at += of.W {
			copy(row, errors[at:at+of.W]) // take may change the row
			take(row)
		}
	}
}
