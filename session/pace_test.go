package session

import (
	"math"
	"testing"
	"time"

	"igs/configs"
	"igs/event"
)

// machine trains in no time on a clock of its own. Its parts take other times than those of the reference machine.
type machine struct {
	t       time.Time
	device  float64 // time of a step as a factor on the reference
	growth  float64 // time of a round, as a factor on that
	host    float64
	compile float64 // time that the first step takes longer, s
	pace    *pace
	at      *runPace
	longest float64 // by which a run ends after its sweep
}

func (m *machine) now() time.Time            { return m.t }
func (m *machine) take(seconds float64)      { m.t = m.t.Add(time.Duration(seconds * 1e9)) }
func (m *machine) since(t time.Time) float64 { return m.t.Sub(t).Seconds() }

// run trains run i. shown gets the time since the begin of the run and what the pace says is left of it.
func (m *machine) run(i int, shown func(at, left float64)) {
	m.at = m.pace.begin(i, 0)
	p, began := m.at, m.t
	show := func(run, sweep float64) {
		m.longest = max(m.longest, run-sweep)
		shown(m.since(began), run)
	}
	m.take(0.3 * m.host)
	p.started(0)
	l := p.loads[i]
	walk := l.schedule(0, 0)
	var spent event.Spent
	for step := 1; step <= l.run.Steps; step++ {
		splats := walk.Splats() // the event of a step comes before the round after it
		now := l.training(walk.Advance(step))
		took := now[stepping] * m.device
		if step == 1 {
			took += m.compile
		}
		m.take(took)
		spent.Steps += took
		e := p.of(event.Stepped{Step: step, Steps: l.run.Steps, Splats: splats, Spent: spent})
		show(e.ETA, e.SweepETA)
		now[surveying] *= m.device * m.growth
		now[evaluating] *= m.device
		now[framing] *= m.device
		m.take(now[surveying] + now[evaluating] + now[framing])
		spent.Surveys += now[surveying]
		spent.Evaluations += now[evaluating]
		spent.Frames += now[framing]
	}
	end := l.ending(p.report)
	m.take(end[rounding]*m.device + end[saving]*m.host)
	for _, what := range []part{scoring, enlarging, encoding} {
		for share := 0; share < 10 && end[what] > 0; share++ {
			show(p.work(what, float64(share)/10))
			m.take(end[what] * m.host / 10)
		}
	}
	p.finish()
	p.end(false)
}

// off is the error of what was shown after a share of a run, as a share of what was left.
func off(at, left []float64, share, whole float64) float64 {
	last := 0
	for i := range at {
		if at[i] <= share*whole {
			last = i
		}
	}
	return left[last]/(whole-at[last]) - 1
}

func paceRun(change func(*configs.Run)) workload {
	run := configs.Run{Name: "a", Gaussians: 5000, Steps: 600, Settings: configs.Default().Settings}
	if change != nil {
		change(&run)
	}
	return newWorkload(run, size(384, 256, 3, 8), false)
}

// After a quarter of a run, what is left is known to within a tenth, on slow and fast machines, with growth that is dear,
// with videos, scores at full size, other recipes and after a resumption.
func TestPaceKnowsTheEnd(t *testing.T) {
	paper := func(r *configs.Run) {
		r.Progressive.Rule, r.Progressive.AddSteps, r.Progressive.AddTimes, r.Progressive.InitialRatio = "additions", 100, 4, 0.5
	}
	video := func(r *configs.Run) { r.Video.Enabled, r.Video.Every = true, 5 }
	full := func(r *configs.Run) { r.Target.Downsample = 4 }
	short := func(r *configs.Run) { r.Steps = 40 }
	for name, change := range map[string]func(*configs.Run){"igs": nil, "paper": paper, "video": video, "full": full, "short": short} {
		for _, m := range []*machine{{device: 1, growth: 1, host: 1}, {device: 6, growth: 2, host: 0.3}, {device: 0.2, growth: 1.5, host: 1}} {
			m.t = time.Unix(1e9, 0)
			m.pace = newPace([]workload{paceRun(change)}, false, m.host, m.now, 1)
			var at, left []float64
			began := m.t
			m.run(0, func(a, l float64) { at, left = append(at, a), append(left, l) })
			whole := m.since(began)
			for _, share := range []float64{0.25, 0.5, 0.75, 0.9} {
				if wrong := off(at, left, share, whole); math.Abs(wrong) > 0.1 {
					t.Errorf("%s on %g %g %g: %.0f %% off after %g of %.1f s", name, m.device, m.growth, m.host, 100*wrong, share, whole)
				}
			}
		}
	}
}

// A sweep ends after its run, and in good time: the first run says how long the others take, of other pictures too.
func TestPaceKnowsTheSweep(t *testing.T) {
	small := paceRun(nil)
	large := paceRun(func(r *configs.Run) { r.Gaussians, r.Steps = 20_000, 300 })
	large.Size = size(768, 512, 3, 8)
	m := &machine{t: time.Unix(1e9, 0), device: 3, growth: 1.5, host: 2}
	m.pace = newPace([]workload{small, large, small}, true, m.host, m.now, 1)
	began := m.t
	m.run(0, func(float64, float64) {})
	_, told := m.at.remaining()
	mid := m.t
	m.run(1, func(float64, float64) {})
	m.run(2, func(float64, float64) {})
	_, report := m.at.remaining()
	if left := m.since(mid); math.Abs(told/(left+report)-1) > 0.1 || report <= 0 {
		t.Errorf("told %.1f s after %.1f s, it was %.1f s and %.2f s for the report", told, mid.Sub(began).Seconds(), left, report)
	}
	if m.longest > 0 {
		t.Errorf("a run ends %g s after its sweep", m.longest)
	}
}

// A machine that becomes slower shows it within a minute.
func TestPaceFollowsTheLoad(t *testing.T) {
	m := &machine{t: time.Unix(1e9, 0), device: 20, growth: 1, host: 1}
	m.pace = newPace([]workload{paceRun(nil)}, false, 1, m.now, 1)
	slower := time.Time{}
	var before, after float64
	m.run(0, func(at, left float64) {
		switch {
		case at > 100 && slower.IsZero():
			before, slower = left, m.t
			m.device *= 3
		case after == 0 && !slower.IsZero() && m.since(slower) > 60:
			after = left
		}
	})
	if after < 1.8*before {
		t.Errorf("%.0f s were left, and %.0f s a minute after the load rose", before, after)
	}
}

// The time of a run is told once, within two seconds of its first step, and fewer steps take less. The rounding at the end, which does not
// depend on the steps, is left out. It is told after the second step where the driver compiles the kernels in the first one.
func TestPaceTells(t *testing.T) {
	for _, compile := range []float64{0, 10} {
		testPaceTells(t, compile)
	}
}

func testPaceTells(t *testing.T, compile float64) {
	m := &machine{t: time.Unix(1e9, 0), device: 4, growth: 1, host: 1, compile: compile}
	m.pace = newPace([]workload{paceRun(func(r *configs.Run) { r.Quantize.Loss = 0 })}, false, 1, m.now, 1)
	var told []event.Estimated
	var when, short float64
	m.run(0, func(at, _ float64) {
		if e, ok := m.at.estimate(); ok {
			told, when, short = append(told, e), at, m.at.with(60)
		}
	})
	whole := m.since(time.Unix(1e9, 0))
	if len(told) != 1 || when > 2+compile || math.Abs(told[0].Seconds/whole-1) > 0.1 || math.Abs(short/((whole-compile)/10)-1) > 0.3 {
		t.Errorf("told %+v after %.1f s; it took %.1f s, %g of them compiling; with a tenth of the steps %.1f s", told, when, whole, compile, short)
	}
}

// A run that continues has only the rest of its steps left. It does not round.
func TestPaceOfAResumedRun(t *testing.T) {
	m := &machine{t: time.Unix(1e9, 0), device: 1}
	m.pace = newPace([]workload{paceRun(func(r *configs.Run) { r.Quantize.Loss = 0 })}, false, 1, m.now, 1)
	m.at = m.pace.begin(0, 0)
	whole, _ := m.at.remaining()
	m.at.started(450)
	if left, _ := m.at.remaining(); left > 0.35*whole || left < 0.2*whole {
		t.Errorf("%g s of %g s are left", left, whole)
	}
}

// A sweep of more than ten minutes on a CPU has a warning with the settings of a shorter one.
func TestSlowOnCPU(t *testing.T) {
	if w, slow := slowOnCPU("llvmpipe", event.Estimated{Run: "cat", Seconds: 500, SweepSeconds: 599}, 1000, 60); slow {
		t.Errorf("warned of ten minutes: %+v", w)
	}
	w, slow := slowOnCPU("llvmpipe", event.Estimated{Run: "cat", Seconds: 500, SweepSeconds: 1500}, 1000, 150)
	if want := (event.Warned{Text: "llvmpipe computes on the CPU, which takes about 25m00s", Hint: "Ctrl-C stops; with sweep.steps=100 cat takes about 2m30s"}); !slow || w != want {
		t.Errorf("%v %+v", slow, w)
	}
	if w, slow := slowOnCPU("llvmpipe", event.Estimated{SweepSeconds: 1500}, 80, 150); !slow || w.Hint != "" {
		t.Errorf("80 steps: %+v", w)
	}
}
