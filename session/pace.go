package session

import (
	"sync"
	"time"

	"igs/configs"
)

// pace estimates when the runs of a sweep and the sweep will end. It compares what the parts of the runs took so far with
// the reference machine (parttimes.go). A part that no run had yet is taken to be as much slower or faster as the steps,
// when the device does it, or as the host.
type pace struct {
	now    func() time.Time
	report bool

	mu     sync.Mutex // of all below and of all paces of runs
	loads  []workload // of each run
	left   []partTimes
	atWork map[int]bool // runs
	speeds []*speed     // of each slot
}

// speed is how fast the parts are that ran in a slot.
type speed struct {
	host     float64 // time of a part on the host, as a factor on the reference
	expected partTimes
	taken    partTimes // of what was expected
	seen     [parts]int
}

// newPace begins a sweep with a number of slots. host is the time that the host takes, as a factor on the reference machine.
func newPace(loads []workload, report bool, host float64, now func() time.Time, slots int) *pace {
	p := &pace{now: now, report: report, loads: loads, atWork: map[int]bool{}}
	for _, l := range loads {
		p.left = append(p.left, l.whole(report))
	}
	for range max(1, slots) {
		p.speeds = append(p.speeds, &speed{host: host})
	}
	return p
}

// begin starts a run in a slot. Runs before it that are not at work are over, but for the report: other processes may
// have them.
func (p *pace) begin(run, slot int) *runPace {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range run {
		if !p.atWork[i] {
			p.left[i] = partTimes{reporting: p.left[i][reporting]}
		}
	}
	p.left[run] = p.loads[run].whole(p.report)
	p.atWork[run] = true
	now := p.now()
	return &runPace{pace: p, speed: p.speeds[slot], run: run, began: now, last: now, doing: parts}
}

// factor is the time of a part as a factor on the reference.
func (p *speed) factor(what part) float64 {
	switch {
	case p.expected[what] > 0:
		return p.taken[what] / p.expected[what]
	case !what.onDevice():
		return p.host
	case what == stepping:
		return 1
	}
	return p.factor(stepping)
}

// workloads are the runs with the sizes of their pictures.
func workloads(runs []configs.Run, t *targets, gpu bool) []workload {
	var loads []workload
	for _, run := range runs {
		loads = append(loads, newWorkload(run, t.sizes[run.Image], gpu))
	}
	return loads
}
