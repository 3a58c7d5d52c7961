package session

import (
	"math"
	"time"

	"igs/event"
	"igs/optim"
)

// runPace is the pace of one run.
type runPace struct {
	*pace
	*speed
	run      int
	schedule *optim.Schedule

	due  partTimes // expected of the events so far, and not yet compared with what was taken
	paid partTimes

	began, last time.Time
	spent       event.Spent
	doing       part    // the part after the steps that is under way
	share       float64 // of it that is done
	estimated   bool
}

// end ends a run. Only its share of the report is left, or all of it when it is to be trained again.
func (p *runPace) end(again bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.atWork, p.run)
	if !again {
		p.left[p.run] = partTimes{reporting: p.left[p.run][reporting]}
	}
}

// started ends the preparation of a run, which trains from a step on.
func (p *runPace) started(from int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.measure(preparing, p.left[p.run][preparing], p.pass())
	l := p.loads[p.run]
	p.schedule = l.schedule(0, 0)
	p.schedule.Advance(from) // of a run that continues
	ahead := *p.schedule
	p.left[p.run] = l.ending(p.report).plus(l.training(ahead.Advance(l.run.Steps)))
}

// pass is the time since the last call.
func (p *runPace) pass() float64 {
	now := p.now()
	defer func() { p.last = now }()
	return now.Sub(p.last).Seconds()
}

// skip leaves a time out, in which the run waited for a user.
func (p *runPace) skip(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.began, p.last = p.began.Add(d), p.last.Add(d)
}

// window is how long the time of steps counts, s: the last half of the run, but at most 30 s. The first steps are slower
// than others, the load of a machine changes, and so do the splats.
func (p *runPace) window() float64 {
	return min(30, max(0.1, p.now().Sub(p.began).Seconds()/2))
}

// A first step of longStep seconds counts until the second one ends. In a shorter one the driver may do nothing but compile
// kernels, when it has none of an earlier run.
const longStep = 20

// measure takes down what a part took.
func (p *runPace) measure(what part, expected, taken float64) {
	if expected <= 0 || taken <= 0 {
		return
	}
	p.seen[what]++
	if first := p.seen[what] == 1; first && what.onDevice() && (what != stepping || taken < longStep) {
		return // the driver compiles kernels
	}
	if p.seen[what] == 2 && what == stepping { // a long first step is better than nothing
		p.expected[what], p.taken[what] = 0, 0
	}
	if what == stepping {
		fade := math.Exp(-taken / p.window())
		p.expected[what] *= fade
		p.taken[what] *= fade
	}
	p.expected[what] += expected
	p.taken[what] += taken
}

// of adds to an event of one run when the run and the sweep will end. That is not known before a step is measured.
func (p *runPace) of(e event.Stepped) event.Stepped {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trained(e)
	e.Run, e.Runs = p.run+1, len(p.loads)
	if e.ETA = 0; p.expected[stepping] > 0 {
		e.ETA, e.SweepETA = p.remaining()
	}
	return e
}

// trained takes down the time since the last event, in proportion to what the trainer says about it.
func (p *runPace) trained(e event.Stepped) {
	p.expect(e)
	l := p.loads[p.run]
	work := p.schedule.Advance(e.Step - 1)
	before := p.schedule.Splats()
	done := l.training(work).plus(l.training(p.schedule.Advance(e.Step)))
	took := p.pass()
	now := partTimes{stepping: e.Spent.Steps - p.spent.Steps, surveying: e.Spent.Surveys - p.spent.Surveys, evaluating: e.Spent.Evaluations - p.spent.Evaluations, framing: e.Spent.Frames - p.spent.Frames}
	p.spent = e.Spent
	all := now[stepping] + now[surveying] + now[evaluating] + now[framing]
	for what := stepping; what <= framing && all > 0; what++ {
		// The round, the evaluation and the frame after a step come after its event, so their time is in the next one.
		p.due[what] += done[what]
		p.paid[what] += took * now[what] / all
		if p.due[what] > 0 && p.paid[what] > 0 {
			p.measure(what, p.due[what], p.paid[what])
			p.due[what], p.paid[what] = 0, 0
		}
	}
	for what, s := range done {
		p.left[p.run][what] = max(0, p.left[p.run][what]-s)
	}
	if e.Splats != before && e.Splats != p.schedule.Splats() { // a start from a model, or other rounds than foreseen
		p.schedule = l.schedule(e.Step, e.Splats)
		ahead := *p.schedule
		left := l.training(ahead.Advance(l.run.Steps))
		copy(p.left[p.run][stepping:checkpointing+1], left[stepping:])
	}
}

// expect takes another number of splats for a run that finds it while it trains, when that differs by a tenth.
func (p *runPace) expect(e event.Stepped) {
	l := &p.loads[p.run]
	if before := l.run.Gaussians; !l.asked.Free || e.Expected == 0 || 10*max(e.Expected-before, before-e.Expected) < before {
		return
	}
	l.run = optim.Foreseen(l.asked, l.W*l.H, e.Expected)
	p.schedule = l.schedule(p.schedule.Step(), e.Splats)
	ahead := *p.schedule
	left := l.training(ahead.Advance(l.run.Steps)).plus(l.ending(p.report))
	left[reporting] = p.left[p.run][reporting]
	p.left[p.run] = left
}

// work notes how much of a part after the steps is done. The part before it is over.
func (p *runPace) work(what part, share float64) (run, sweep float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if what != p.doing {
		p.finishPart()
		p.doing, p.share = what, 0
		for before := stepping; before < what; before++ {
			p.left[p.run][before] = 0
		}
		p.pass()
	}
	p.share = min(1, share)
	return p.remaining()
}

// finish ends the part after the steps that is under way.
func (p *runPace) finish() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.finishPart()
}

func (p *runPace) finishPart() {
	if p.doing == parts {
		return
	}
	p.measure(p.doing, p.left[p.run][p.doing], p.pass())
	p.left[p.run][p.doing], p.doing = 0, parts
}

// remaining is the time until the run and the sweep end, s.
func (p *runPace) remaining() (run, sweep float64) {
	for i, left := range p.left {
		for what, s := range left {
			if s == 0 {
				continue
			}
			s *= p.factor(part(what))
			if i == p.run && part(what) == p.doing {
				s = p.rest(s)
			}
			if i == p.run && part(what) != reporting {
				run += s
			}
			sweep += s
		}
	}
	if len(p.left) == 1 {
		return sweep, sweep // the report ends the command
	}
	return run, max(run, sweep*p.portion())
}

// portion is the part of what is left of the sweep that this slot will do, by the speeds of all slots.
func (p *runPace) portion() float64 {
	own, all := 1/p.factor(stepping), 0.
	for _, s := range p.speeds {
		if s.expected[stepping] > 0 {
			all += 1 / s.factor(stepping)
		} else {
			all += own
		}
	}
	return own / all
}

// rest is the time until the part under way ends, when it was expected to take so many seconds. It trusts the share
// that is done more as the share grows.
func (p *runPace) rest(expected float64) float64 {
	if p.share == 0 {
		return expected
	}
	so := p.now().Sub(p.last).Seconds() / p.share
	return (1 - p.share) * (p.share*so + (1-p.share)*expected)
}

// Steps are measured for at least `measured` seconds before the time of a run is told. The first steps are slow, so at
// least measuredSteps are awaited too, but not beyond mostMeasured seconds if one of them counts.
const (
	measured      = 1.
	measuredSteps = 4
	mostMeasured  = 2.
)

// estimate says once in a run how long it takes, when enough steps are measured.
func (p *runPace) estimate() (e event.Estimated, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	since := p.now().Sub(p.began).Seconds()
	if p.estimated || p.taken[stepping] == 0 || since < measured || since < mostMeasured && p.seen[stepping] < measuredSteps {
		return e, false
	}
	p.estimated = true
	run, sweep := p.remaining()
	return event.Estimated{Run: p.loads[p.run].run.Name, Seconds: since + run, SweepSeconds: since + sweep, Runs: len(p.loads) - p.run}, true
}

// with is how long the current run would take with fewer steps, s.
func (p *runPace) with(steps int) float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.loads[p.run]
	l.run.Steps = steps
	sum := 0.
	for what, s := range l.whole(p.report) {
		sum += s * p.factor(part(what))
	}
	return sum
}
