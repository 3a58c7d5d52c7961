package session

import (
	"time"

	"igs/configs"
	"igs/event"
)

// pace estimates when a sweep will be done. Steps of different runs are compared by the
// samples of their pictures, which is what the time of a step goes with.
type pace struct {
	work  []float64 // of each run: samples times steps
	run   int       // the present one, and
	from  int       // the step it began with here
	done  float64   // work of the runs before it, here
	now   float64   // and of it
	began time.Time
}

func newPace(runs []configs.Run, t *targets) pace {
	p := pace{began: time.Now()}
	for _, run := range runs {
		p.work = append(p.work, t.samples[run.Image]*float64(run.Steps))
	}
	return p
}

// begin turns to a run.
func (p *pace) begin(run int) {
	p.run, p.from = run, 0
	p.done, p.now = p.done+p.now, 0
}

// of is the event with what it cannot know: where the sweep stands.
func (p *pace) of(e event.Stepped) event.Stepped {
	each := p.work[p.run] / float64(e.Steps)
	p.now = each * float64(e.Step-p.from)
	left := each * float64(e.Steps-e.Step)
	for _, w := range p.work[p.run+1:] {
		left += w
	}
	e.Run, e.Runs = p.run+1, len(p.work)
	if made := p.done + p.now; made > 0 {
		e.SweepETA = left / made * time.Since(p.began).Seconds()
	}
	return e
}
