package optim

import (
	"igs/optim/engine"
	"igs/splat"
)

// measurement asks for the squared error of splats of one picture.
type measurement struct {
	member  int
	splats  *splat.Splats
	squared chan<- float64
}

// roundForFiles rounds the splats of all pictures for their model files; see Trainer.round. The search of each picture is
// a goroutine. All of them wait for a drawing at the same time, so one drawing measures all pictures.
func (b *Batch) roundForFiles() error {
	asked, ended := make(chan measurement), make(chan int)
	shown, searching := make([]*splat.Splats, len(b.members)), 0
	for i, m := range b.members {
		shown[i] = m.rescued.SplatsOf(m.layout.Shape)
		if RoundsForFile(m.run) && b.failed[i] == nil && shown[i].N > 0 {
			searching++
			go func() {
				b.failed[i] = m.roundTo(func(p *splat.Splats) (float64, error) {
					squared := make(chan float64, 1)
					asked <- measurement{i, p, squared}
					return <-squared, nil
				})
				ended <- i
			}()
		}
	}
	var failed error
	var waiting []measurement
	for searching > 0 {
		select {
		case a := <-asked:
			shown[a.member] = a.splats
			waiting = append(waiting, a)
		case <-ended:
			searching--
		}
		if len(waiting) < searching || searching == 0 {
			continue
		}
		squared := make([]float64, len(b.members))
		if failed == nil {
			squared, failed = b.squaredErrors(shown)
		}
		for _, a := range waiting { // after a failure all errors are 0, which ends the searches
			a.squared <- squared[a.member]
		}
		waiting = waiting[:0]
	}
	if failed != nil {
		return failed
	}
	for i, m := range b.members {
		shown[i] = m.rescued.SplatsOf(m.layout.Shape)
	}
	return b.engine.Show(shown)
}

// roundTo replaces the splats of a trainer without an engine by those of its model file.
func (t *Trainer) roundTo(measure func(*splat.Splats) (float64, error)) error {
	m, err := t.Model()
	if err != nil {
		return err
	}
	found, err := t.findRounding(m, measure)
	if err != nil || found == nil { // the file keeps float32
		return err
	}
	stride := t.layout.Shape.Splats
	t.rescued = &engine.Snapshot{Splats: found.Splats.N, Params: engine.Encode(engine.Planes(found.Splats, stride)), Moments: t.rescued.Moments}
	if found.Symbols != nil {
		t.rounding.grid = found.Symbols.Grid
	}
	return nil
}

// squaredErrors returns the squared error of the splats of each picture; see Trainer.squaredError.
func (b *Batch) squaredErrors(splats []*splat.Splats) ([]float64, error) {
	if err := b.engine.Show(splats); err != nil {
		return make([]float64, len(splats)), err
	}
	squared := make([]float64, len(b.members))
	add := make([]func(float64, int, [][]float32) float64, len(b.members))
	for i, m := range b.members {
		add[i] = m.adder()
	}
	h := b.members[0].target.H
	err := b.Rows().Each(func(y int, row [][]float32) error {
		i := y / h
		squared[i] = add[i](squared[i], y%h, row)
		return nil
	})
	return squared, err
}
