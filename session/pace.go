package session

import (
	"time"

	"igs/configs"
	"igs/event"
)

// pace estimates when a sweep will end. It takes the time of a step as proportional to the samples of the picture.
type pace struct {
	work  []float64 // of each run: samples times steps
	run   int       // the current run
	from  int       // the step at which this process began the run
	done  float64   // work of the runs before it, by this process
	now   float64   // work of the current run, by this process
	began time.Time
}

func newPace(runs []configs.Run, t *targets) pace {
	p := pace{began: time.Now()}
	for _, run := range runs {
		p.work = append(p.work, t.samples[run.Image]*float64(run.Steps))
	}
	return p
}

// begin starts the next run.
func (p *pace) begin(run int) {
	p.run, p.from = run, 0
	p.done, p.now = p.done+p.now, 0
}

// of adds to an event of one run where the sweep stands.
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
