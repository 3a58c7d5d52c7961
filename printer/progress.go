package printer

import (
	"cmp"
	"fmt"
	"math"
	"time"

	"igs/event"
	"igs/internal/oneline"
	"igs/runlog"
)

// progress is the state of a run, for its line.
type progress struct {
	name    string // of the run
	slot    int    // as in event.OfRun
	slots   int
	device  string
	printed time.Time // when the last plain line or object came

	started   event.RunStarted
	now       event.Stepped
	scored    event.Evaluated
	scoring   event.Scoring
	video     event.Assembling
	rendering event.Drawing
	corpus    event.CorpusAdvanced
	seen      time.Time // when the last event came
	age       float64   // time since then, s
}

func (p *progress) take(e event.Event, now time.Time) {
	p.seen, p.age = now, 0
	switch e := e.(type) {
	case event.RunStarted:
		*p = progress{name: p.name, printed: p.printed, started: e, seen: now}
		p.now = event.Stepped{Step: e.From, Steps: e.Steps, DeviceBytes: e.DeviceBytes}
	case event.Stepped:
		p.now = e
	case event.Evaluated:
		p.scored = e
		p.now.Step, p.now.Splats, p.now.DeviceBytes = e.Step, e.Splats, e.DeviceBytes
	case event.Densified:
		p.now.Splats = e.Splats
	case event.Scoring:
		p.scoring = e
	case event.Assembling:
		p.video = e
	case event.Drawing:
		p.rendering = e
	case event.CorpusAdvanced:
		p.corpus = e
	}
}

// begin is the line at the start of a run.
func (p *progress) begin() string {
	s := p.started
	colours := map[int]string{1: "grey", 3: "RGB"}[s.C]
	if colours == "" {
		colours = fmt.Sprintf("%d channels", s.C)
	}
	splats := fmt.Sprintf("%d splats", s.Splats)
	if s.Free {
		splats = fmt.Sprintf("at most %d splats for %s", s.Splats, s.Goal)
	}
	line := fmt.Sprintf("%s: %d × %d px %s, %s, %d steps, on %s", oneline.Text(s.Run), s.W, s.H, colours, splats, s.Steps, oneline.Text(cmp.Or(p.device, s.Device)))
	if s.PlannedBytes > 0 {
		line += fmt.Sprintf(" in %s (%s)", runlog.Bytes(s.PlannedBytes), s.Memory)
	}
	if s.From > 0 {
		line += fmt.Sprintf(", continued from step %d", s.From)
	}
	return line
}

// end is the line at the end of a run.
func (p *progress) end(e event.RunEnded) string {
	score := runlog.Decibels(e.PSNR)
	if !math.IsNaN(e.SSIM) { // it is measured
		score += fmt.Sprintf(", SSIM %.4f", e.SSIM)
	}
	switch {
	case e.Status == "failed":
		return fmt.Sprintf("%s: failed after %d steps", oneline.Text(e.Run), e.Step)
	case e.Step == 0:
		return fmt.Sprintf("%s: %s before the first step", oneline.Text(e.Run), e.Status)
	case e.Status == "interrupted":
		return fmt.Sprintf("%s: interrupted at step %d, after %s", oneline.Text(e.Run), e.Step, runlog.Duration(e.Seconds))
	case e.StoppedEarly:
		return fmt.Sprintf("%s: %s, stopped early, %d steps in %s: %s", oneline.Text(e.Run), e.Status, e.Step, runlog.Duration(e.Seconds), score)
	}
	return fmt.Sprintf("%s: %s, %d steps in %s: %s", oneline.Text(e.Run), e.Status, e.Step, runlog.Duration(e.Seconds), score)
}

// estimate is the line that says how long a run takes.
func estimate(e event.Estimated) string {
	line := fmt.Sprintf("%s: takes about %s", oneline.Text(e.Run), about(e.Seconds))
	if e.Runs > 1 {
		line += fmt.Sprintf(", and all %d runs about %s", e.Runs, about(e.SweepSeconds))
	}
	return line
}

// doing is the work under way, its share that is done, and its parts of the status line.
func (p *progress) doing() (done float64, parts []part) {
	of := func(name, what, unit string, done, all int, eta, sweep float64) (float64, []part) {
		parts := []part{{text: oneline.Text(name), rank: 7}}
		if what != "" {
			parts = append(parts, part{text: what, rank: 3})
		}
		parts = append(parts, counter(unit, done, all, 4)...)
		return share(done, all), append(append(parts, p.quality()...), p.etas(eta, sweep)...)
	}
	switch f, s, d := p.video, p.scoring, p.rendering; {
	case f.Frames > 0:
		return of(f.Run, "training video", "frame", f.Frame, f.Frames, f.ETA, f.SweepETA)
	case s.Rows > 0:
		return of(s.Run, "pictures and scores", "row", s.Row, s.Rows, s.ETA, s.SweepETA)
	case d.Rows > 0:
		return of(d.Model, "", "row", d.Row, d.Rows, 0, 0)
	}
	if p.corpus.Pictures > 0 {
		return p.ofCorpus()
	}
	n := p.now
	if p.slots > 1 {
		parts = append(parts, part{text: p.device, rank: 6})
	}
	if n.Runs > 1 {
		parts = append(parts, part{text: fmt.Sprintf("%d/%d", n.Run, n.Runs), rank: 5})
	}
	parts = append(parts, part{text: oneline.Text(p.started.Run), rank: 7})
	parts = append(parts, counter("step", n.Step, n.Steps, 3)...)
	parts = append(parts, p.quality()...)
	if n.StepsPerSec > 0 {
		parts = append(parts, part{text: speed(n.StepsPerSec), rank: 8})
	}
	if n.Splats > 0 {
		parts = append(parts, part{text: fmt.Sprintf("%d splats", n.Splats), rank: 9})
	}
	parts = append(parts, part{text: runlog.Bytes(n.DeviceBytes), rank: 11})
	if n.StepsPerSec > 0 {
		parts = append(parts, p.etas(n.ETA, n.SweepETA)...)
	}
	return share(n.Step, n.Steps), parts
}

// ofCorpus is doing for a corpus.
func (p *progress) ofCorpus() (done float64, parts []part) {
	c := p.corpus
	parts = counter("picture", c.Done, c.Pictures, 3)
	if c.PerHour > 0 {
		parts = append(parts, part{text: fmt.Sprintf("%.0f pictures/h", c.PerHour), rank: 1, style: "32"})
	}
	if c.Failed > 0 {
		parts = append(parts, part{text: fmt.Sprintf("%d failed", c.Failed), rank: 4})
	}
	if c.Batch > 1 {
		parts = append(parts, part{text: fmt.Sprintf("%d together", c.Batch), rank: 9})
	}
	parts = append(parts, part{text: runlog.Bytes(c.DeviceBytes), rank: 11})
	return share(c.Done, c.Pictures), append(parts, p.etas(c.ETA, 0)...)
}

func share(done, all int) float64 { return float64(done) / float64(max(1, all)) }

// counter shows what is done of all, and the percent.
func counter(unit string, done, all, rank int) []part {
	return []part{{text: fmt.Sprintf("%s %d/%d", unit, done, all), rank: rank}, {text: fmt.Sprintf("%d%%", int(100*share(done, all))), rank: 0}}
}

// quality is the parts of the scores.
func (p *progress) quality() []part {
	if p.scored.Step == 0 {
		return nil
	}
	parts := []part{{text: runlog.Decibels(p.scored.PSNR), rank: 1, style: "32"}}
	if ssim := p.scored.SSIM; !math.IsNaN(ssim) {
		parts = append(parts, part{text: fmt.Sprintf("SSIM %.4f", ssim), rank: 10})
	}
	return parts
}

// etas are the parts of the times that are left.
func (p *progress) etas(run, sweep float64) (parts []part) {
	if run > 0 {
		parts = append(parts, part{text: "ETA " + remaining(max(0, run-p.age)), rank: 2})
	}
	if p.now.Runs > 1 && sweep > 0 {
		parts = append(parts, part{text: "all " + remaining(max(0, sweep-p.age)), rank: 4})
	}
	return parts
}

// status is the line during a run, at most width columns long.
func (p *progress) status(width int, look look) string {
	done, parts := p.doing()
	if look.bar {
		parts = append([]part{{text: bar(done), rank: 6, style: "36"}}, parts...)
	}
	return fit(parts, width, look.colour)
}

// about shows an estimate of seconds with two digits.
func about(s float64) string {
	if s < 59.5 {
		return fmt.Sprintf("%.0f s", max(1, s))
	}
	return runlog.Duration(s)
}

// remaining shows a duration, below a minute in whole seconds.
func remaining(s float64) string {
	if s >= 0 && s < 59.5 {
		return fmt.Sprintf("%.0f s", s)
	}
	return runlog.Duration(s)
}

// speed shows steps per second with about three digits.
func speed(x float64) string {
	switch {
	case x >= 99.95:
		return fmt.Sprintf("%.0f steps/s", x)
	case x >= 9.995:
		return fmt.Sprintf("%.1f steps/s", x)
	}
	return fmt.Sprintf("%.2f steps/s", x)
}
