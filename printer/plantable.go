package printer

import (
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"igs/configs"
	"igs/internal/oneline"
	"igs/runlog"
	"igs/session"
)

// Plan prints the plan of a job. modes adds the table of the ways to train.
func (c *Console) Plan(p *session.Plan, modes bool) {
	for _, r := range p.Runs {
		c.Tell(plannedOf(p, r))
	}
	for _, b := range p.Batches {
		c.Tell(batchOf(b))
	}
	if c.tables() {
		planPage{p, c.outWidth(), c.settled}.write(c.out, modes)
	}
}

// planPage is a plan with the width of the terminal and the words for settings.
type planPage struct {
	*session.Plan
	columns int // 0 = no limit
	settled func(hint string) string
}

// write writes the device, the budget, the runs, the reasons and the totals: one screen. modes adds the ways to train
// the largest run.
func (p planPage) write(out io.Writer, modes bool) {
	p.writeHead(out)
	fmt.Fprintln(out)
	if len(p.Runs) == 0 {
		p.writeBatches(out)
		return
	}
	p.writeRuns(out)
	largest := slices.MaxFunc(p.Runs, func(a, b session.PlannedRun) int { return cmp.Compare(asked(a), asked(b)) })
	if modes && len(largest.Candidates) > 0 {
		fmt.Fprintf(out, "\ndevice memory of the ways to train %s, in the order in which igs tries them (* = the one that it takes):\n\n", oneline.Text(largest.Run.Name))
		writeCandidates(out, largest)
	}
	p.writeStages(out)
	p.writeReasons(out)
	fmt.Fprintln(out)
	p.writeTotals(out)
}

// line writes a line, folded where the terminal ends.
func (p planPage) line(out io.Writer, format string, args ...any) {
	fmt.Fprintln(out, fold(fmt.Sprintf(format, args...), p.columns))
}

// asked is the device memory of the first candidate, which saves no memory; 0 when there is no candidate.
func asked(r session.PlannedRun) int64 {
	if len(r.Candidates) == 0 {
		return 0
	}
	return r.Candidates[0].Bytes
}

func (p planPage) writeHead(out io.Writer) {
	i := p.Device.Info
	switch {
	case p.Device.Missing != nil:
		p.line(out, "device   none; this plan is for the limits that every Vulkan device has: bindings of %s", runlog.Bytes(i.MaxStorageRange))
	case i.FreeBytes > 0:
		p.line(out, "device   %d, %s: %s free of %s", i.Index, oneline.Text(i.Name), runlog.Bytes(i.FreeBytes), runlog.Bytes(i.LocalBytes))
	default:
		p.line(out, "device   %d, %s: %s; how much of it is free is unknown", i.Index, oneline.Text(i.Name), runlog.Bytes(i.LocalBytes))
	}
	setting := p.settled("memory.budget")
	switch {
	case p.Budget > 0:
		p.line(out, "budget   %s, from %s", runlog.Bytes(p.Budget), oneline.Text(p.BudgetFrom))
	case p.Bound() == 0:
		p.line(out, "budget   none; %s sets one", setting)
	case i.FreeBytes > 0:
		p.line(out, "budget   the free memory; %s sets another", setting)
	default:
		p.line(out, "budget   %s, which leaves some memory to other programs; %s sets another", runlog.Bytes(p.Bound()), setting)
	}
}

// shownRuns is the greatest number of runs with a row, so a plan fits a screen.
const shownRuns = 20

func (p planPage) writeRuns(out io.Writer) {
	timed := slices.ContainsFunc(p.Runs, func(r session.PlannedRun) bool { return r.Seconds > 0 })
	t := table{header: []string{"run", "picture", "splats", "steps", "device", "host", "disk", "time", "trained as"}, left: []int{0, 8}, indent: 2}
	for _, r := range p.Runs[:min(len(p.Runs), shownRuns)] {
		as, time := r.Chosen.Name, "–"
		if r.Err != nil {
			as = "does not fit even as " + as
		}
		if r.Seconds > 0 {
			time = about(r.Seconds)
		}
		t.add(oneline.Text(r.Run.Name), fmt.Sprintf("%d × %d px", r.Picture.W, r.Picture.H), splatsOf(r.Run), fmt.Sprint(r.Run.Steps),
			runlog.Bytes(r.Chosen.Bytes), runlog.Bytes(r.Host), runlog.Bytes(r.Disk), time, as)
	}
	if !timed {
		t.drop("time")
	}
	t.write(out, p.columns)
	if more := len(p.Runs) - shownRuns; more > 0 {
		p.line(out, "  and %s more, which --json lists", count(more, "run"))
	}
}

// splatsOf is the number of splats of a run, or the most that its target may take.
func splatsOf(run configs.Run) string {
	if run.Free {
		return fmt.Sprintf("≤ %d", run.Gaussians)
	}
	return fmt.Sprint(run.Gaussians)
}

// smallShare is the share of a candidate's memory from which on a group of buffers has a column.
const smallShare = 0.06

// columns lists the groups that have a column, in the order of the plan.
func columns(r session.PlannedRun) []string {
	var names []string
	for _, c := range r.Candidates {
		for _, g := range c.Groups {
			if float64(g.Bytes) >= smallShare*float64(c.Bytes) && !slices.Contains(names, g.Name) {
				names = append(names, g.Name)
			}
		}
	}
	return names
}

// planTerms explains the words in the names of candidates.
var planTerms = []string{
	"stored: the whole picture stays on the device", "recompute: only a band of rows stays there", "streamed: the host sends the target band by band",
}

// writeCandidates writes a row for each candidate, with a column for each group of buffers, and explains the names.
func writeCandidates(out io.Writer, r session.PlannedRun) {
	names := columns(r)
	t := tabwriter.NewWriter(out, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, " \tall\t")
	for _, name := range names {
		fmt.Fprintf(t, "%s\t", name)
	}
	fmt.Fprintln(t, "others\t")
	for _, c := range r.Candidates {
		mark, verdict := " ", ""
		switch {
		case !c.Fits:
			verdict = " (does not fit)"
		case c.Name == r.Chosen.Name && c.Bytes == r.Chosen.Bytes:
			mark = "*"
		}
		groups, rest := byGroup(c), c.Bytes
		fmt.Fprintf(t, "%s\t%s\t", mark, runlog.Bytes(c.Bytes))
		for _, name := range names {
			fmt.Fprintf(t, "%s\t", runlog.Bytes(groups[name]))
			rest -= groups[name]
		}
		fmt.Fprintf(t, "%s\t  %s%s\n", runlog.Bytes(rest), c.Name, verdict)
	}
	t.Flush()
	var terms []string
	for _, term := range planTerms {
		word, _, _ := strings.Cut(term, ":")
		if slices.ContainsFunc(r.Candidates, func(c session.PlanCandidate) bool { return strings.Contains(c.Name, word) }) {
			terms = append(terms, term)
		}
	}
	fmt.Fprintf(out, "\n%s\n", strings.Join(terms, "; "))
}

// writeStages writes the parts of runs whose steps look at different pixels, with the device memory of each.
func (p planPage) writeStages(out io.Writer) {
	gap, shown := "\n", 0
	for _, r := range p.Runs {
		if len(r.Stages) == 0 {
			continue
		}
		if shown++; shown > shownRuns {
			return
		}
		var parts []string
		for _, s := range r.Stages {
			when := fmt.Sprintf("steps %d to %d", s.From, s.To)
			if s.To == 0 {
				when = "evaluations"
			}
			parts = append(parts, fmt.Sprintf("%s take %s (%s)", when, runlog.Bytes(s.Bytes), oneline.Text(s.Name)))
		}
		fmt.Fprint(out, gap)
		p.line(out, "%s: %s", oneline.Text(r.Run.Name), strings.Join(parts, "; "))
		gap = ""
	}
}

// writeReasons writes why a run is not trained in the way that its settings ask for. Runs that do not fit have no
// reason here, because the error of the command explains them.
func (p planPage) writeReasons(out io.Writer) {
	gap, shown := "\n", 0
	for _, r := range p.Runs {
		if r.Why != "" {
			if shown++; shown > shownRuns {
				continue
			}
			fmt.Fprint(out, gap)
			p.line(out, "%s: %s", oneline.Text(r.Run.Name), oneline.Text(r.Why))
			gap = ""
		}
	}
}

func (p planPage) writeTotals(out io.Writer) {
	var disk, video, scratch int64
	var seconds float64
	untimed := 0
	pictures := map[string]bool{}
	for _, r := range p.Runs {
		disk, video, seconds = disk+r.Disk, video+r.Video, seconds+r.Seconds
		scratch = max(scratch, r.Scratch)
		pictures[filepath.Clean(r.Run.Image)] = true
		if r.Seconds == 0 {
			untimed++
		}
	}
	p.line(out, "in all   %s of %s", count(len(p.Runs), "run"), count(len(pictures), "picture"))
	p.writeTogether(out)
	frames := ""
	if video > 0 {
		frames = fmt.Sprintf("; frames take about %s more until the training videos are made", runlog.Bytes(video))
	}
	p.line(out, "disk     %s at most%s", runlog.Bytes(disk), frames)
	if scratch > 0 {
		p.line(out, "scratch  %s more on the disk during a run, because its picture is too large for the memory of the host (%s)", runlog.Bytes(scratch), p.settled("memory.host_budget"))
	}
	switch {
	case untimed == len(p.Runs):
		p.line(out, "time     unknown, because it was not measured")
	case untimed > 0:
		p.line(out, "time     about %s, without the runs that do not fit%s", about(seconds/float64(max(1, p.Devices))), shared(p.Devices))
	default:
		p.line(out, "time     about %s, from a few steps on a small picture%s", about(seconds/float64(max(1, p.Devices))), shared(p.Devices))
	}
}

// shared says that devices share the runs of a plan.
func shared(devices int) string {
	if devices <= 1 {
		return ""
	}
	return fmt.Sprintf(", with %d devices as fast as this one", devices)
}

// writeTogether writes what runs take that are at work at once.
func (p planPage) writeTogether(out io.Writer) {
	if p.Devices > 1 || p.Jobs > 1 {
		p.line(out, "at once  %s on each of %s: at most %s of device memory each", count(p.Jobs, "run"), count(p.Devices, "device"), runlog.Bytes(p.AtOnce))
	}
	if p.Beside > 0 {
		p.line(out, "files    of a run are written while the next one trains; that takes up to %s more of host memory", runlog.Bytes(p.Beside))
	}
	if p.Ahead > 0 {
		p.line(out, "reading  of the next picture goes on while a run trains; that takes up to %s more of host memory", runlog.Bytes(p.Ahead))
	}
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}
