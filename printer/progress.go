package printer

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"igs/internal/oneline"

	"igs/event"
	"igs/runlog"
)

// progress is the state of the current run, for the live line and for plain lines.
type progress struct {
	started   event.RunStarted
	now       event.Stepped
	scored    event.Evaluated
	video     event.Assembling
	rendering event.Drawing
}

func (p *progress) take(e event.Event) {
	switch e := e.(type) {
	case event.RunStarted:
		*p = progress{started: e}
		p.now = event.Stepped{Step: e.From, Steps: e.Steps, DeviceBytes: e.DeviceBytes}
	case event.Stepped:
		p.now = e
	case event.Evaluated:
		p.scored = e
		p.now.Step, p.now.Splats, p.now.DeviceBytes = e.Step, e.Splats, e.DeviceBytes
	case event.Densified:
		p.now.Splats = e.Splats
	case event.Assembling:
		p.video = e
	case event.Drawing:
		p.rendering = e
	}
}

// begin is the line at the start of a run.
func (p *progress) begin() string {
	s := p.started
	colours := map[int]string{1: "grey", 3: "RGB"}[s.C]
	if colours == "" {
		colours = fmt.Sprintf("%d channels", s.C)
	}
	line := fmt.Sprintf("%s: %d × %d px %s, %d splats, %d steps, on %s", oneline.Text(s.Run), s.W, s.H, colours, s.Splats, s.Steps, oneline.Text(s.Device))
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
	score := fmt.Sprintf("%s, SSIM %.4f", runlog.Decibels(e.PSNR), e.SSIM)
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

// part is a piece of the status line. In a narrow terminal the parts of high rank are left out first.
type part struct {
	text string
	rank int
}

// status is the line during a run, at most width columns long.
func (p *progress) status(width int) string {
	if f := p.video; f.Frames > 0 {
		return fit([]part{{oneline.Text(f.Run), 1}, {"training video", 2}, {fmt.Sprintf("frame %d/%d", f.Frame, f.Frames), 0}, {fmt.Sprintf("%d%%", 100*f.Frame/f.Frames), 3}}, width)
	}
	if d := p.rendering; d.Rows > 0 {
		return fit([]part{{oneline.Text(d.Model), 1}, {fmt.Sprintf("row %d/%d", d.Row, d.Rows), 0}, {fmt.Sprintf("%d%%", 100*d.Row/d.Rows), 2}}, width)
	}
	n := p.now
	percent := 0
	if n.Steps > 0 {
		percent = 100 * n.Step / n.Steps
	}
	var parts []part
	if n.Runs > 1 {
		parts = append(parts, part{fmt.Sprintf("%d/%d", n.Run, n.Runs), 4})
	}
	parts = append(parts, []part{
		{oneline.Text(p.started.Run), 6},
		{fmt.Sprintf("step %d/%d", n.Step, n.Steps), 0},
		{fmt.Sprintf("%d%%", percent), 7},
	}...)
	if p.scored.Step > 0 {
		parts = append(parts, part{runlog.Decibels(p.scored.PSNR), 1}, part{fmt.Sprintf("SSIM %.4f", p.scored.SSIM), 8})
	}
	if n.StepsPerSec > 0 {
		parts = append(parts, part{speed(n.StepsPerSec), 4})
	}
	if n.Splats > 0 {
		parts = append(parts, part{fmt.Sprintf("%d splats", n.Splats), 5})
	}
	parts = append(parts, part{runlog.Bytes(n.DeviceBytes), 9})
	if n.StepsPerSec > 0 {
		parts = append(parts, part{"ETA " + remaining(n.ETA), 2})
	}
	if n.Runs > 1 && n.SweepETA > 0 {
		parts = append(parts, part{"all " + remaining(n.SweepETA), 3})
	}
	return fit(parts, width)
}

// fit joins the parts and leaves out those of high rank until the line fits.
func fit(parts []part, width int) string {
	for {
		texts := make([]string, len(parts))
		last := 0
		for i, p := range parts {
			texts[i] = p.text
			if p.rank > parts[last].rank {
				last = i
			}
		}
		line := strings.Join(texts, "  ")
		if utf8.RuneCountInString(line) <= width {
			return line
		}
		if len(parts) == 1 {
			return string([]rune(line)[:max(0, width)])
		}
		parts = append(parts[:last:last], parts[last+1:]...)
	}
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
