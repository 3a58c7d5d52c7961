package optim

import (
	"context"

	"igs/optim/engine"
	"igs/splat"
)

// question asks for the squared error or the slopes of splats of one picture.
type question struct {
	member int
	splats *splat.Splats
	want   wanted
	answer chan<- answer
}

// wanted is what a question asks for.
type wanted int

const (
	wantError     wanted = iota // the squared error
	wantGradient                // the gradient of the slopes
	wantCurvature               // the gradient and the curvature
)

// answer is what a question asked for. After a failure the error is 0 and the slopes are nil, which ends a search.
type answer struct {
	squared float64
	slopes  *splat.Slopes
}

// asker measures one picture of a batch.
type asker struct {
	member int
	asked  chan<- question
}

func (a asker) ask(p *splat.Splats, want wanted) answer {
	answers := make(chan answer, 1)
	a.asked <- question{a.member, p, want, answers}
	return <-answers
}

func (a asker) squaredError(p *splat.Splats) (float64, error) {
	return a.ask(p, wantError).squared, nil
}

func (a asker) slopes(p *splat.Splats, curvature bool) (*splat.Slopes, error) {
	if curvature {
		return a.ask(p, wantCurvature).slopes, nil
	}
	return a.ask(p, wantGradient).slopes, nil
}

// roundForFiles rounds the splats of all pictures for their model files; see Trainer.round. The search of each picture is
// a goroutine. All of them wait for the device at the same time, so one drawing measures all pictures. If ctx is cancelled,
// the searches end with the next drawing.
func (b *Batch) roundForFiles(ctx context.Context) error {
	asked, ended := make(chan question), make(chan int)
	shown, searching := make([]*splat.Splats, len(b.members)), 0
	for i, m := range b.members {
		shown[i] = m.rescued.SplatsOf(m.layout.Shape)
		if RoundsForFile(m.run) && b.failed[i] == nil && shown[i].N > 0 {
			searching++
			go func() {
				b.failed[i] = m.roundTo(asker{i, asked})
				ended <- i
			}()
		}
	}
	var failed error
	var waiting []question
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
		answers := make([]answer, len(b.members))
		if ctx.Err() != nil && failed == nil {
			failed = context.Cause(ctx)
		}
		if failed == nil {
			failed = b.answer(waiting, shown, answers)
		}
		for _, a := range waiting {
			if failed != nil {
				answers[a.member] = answer{}
			}
			a.answer <- answers[a.member]
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

// answer measures the splats of all pictures for the questions that wait.
func (b *Batch) answer(waiting []question, splats []*splat.Splats, answers []answer) error {
	var asks [wantCurvature + 1]bool
	for _, q := range waiting {
		asks[q.want] = true
	}
	if asks[wantError] {
		squared, err := b.squaredErrors(splats)
		if err != nil {
			return err
		}
		for i := range answers {
			answers[i].squared = squared[i]
		}
	}
	curvature := make([][]splat.Curvature, len(answers))
	if asks[wantCurvature] {
		err := b.engine.Show(splats)
		if err == nil {
			curvature, err = b.engine.Curvature()
		}
		if err != nil {
			return err
		}
	}
	if asks[wantGradient] || asks[wantCurvature] {
		gradients, err := b.engine.Gradient(splats)
		if err != nil {
			return err
		}
		for i, g := range gradients {
			if g != nil {
				answers[i].slopes = &splat.Slopes{Gradient: g, Curvature: curvature[i]}
			}
		}
	}
	return nil
}

// roundTo replaces the splats of a trainer without an engine by those of its model file.
func (t *Trainer) roundTo(measured measurer) error {
	m, err := t.Model()
	if err != nil {
		return err
	}
	found, err := t.findRounding(m, measured)
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
