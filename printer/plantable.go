package printer

import (
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"igs/internal/oneline"

	"igs/runlog"
	"igs/session"
)

// Plan prints the plan of a job.
func (c *Console) Plan(p *session.Plan) {
	for _, r := range p.Runs {
		c.Tell(plannedOf(p, r))
	}
	if c.tables() {
		writePlan(c.out, p)
	}
}

// writePlan writes the device, the budget, the runs, the ways to train the largest run, the reasons and the totals.
func writePlan(out io.Writer, p *session.Plan) {
	writePlanHead(out, p)
	fmt.Fprintln(out)
	writePlannedRuns(out, p)
	largest := slices.MaxFunc(p.Runs, func(a, b session.PlannedRun) int { return cmp.Compare(asked(a), asked(b)) })
	if len(largest.Candidates) > 0 {
		fmt.Fprintf(out, "\ndevice memory of the ways to train %s, in the order in which igs tries them (* = the one that it takes):\n\n", oneline.Text(largest.Run.Name))
		writeCandidates(out, largest)
	}
	writeReasons(out, p)
	fmt.Fprintln(out)
	writeTotals(out, p)
}

// asked is the device memory of the first candidate, which saves no memory; 0 when there is no candidate.
func asked(r session.PlannedRun) int64 {
	if len(r.Candidates) == 0 {
		return 0
	}
	return r.Candidates[0].Bytes
}

func writePlanHead(out io.Writer, p *session.Plan) {
	i := p.Device.Info
	switch {
	case p.Device.Missing != nil:
		fmt.Fprintf(out, "device   none; this plan is for the limits that every Vulkan device has: bindings of %s\n", runlog.Bytes(i.MaxStorageRange))
	case i.FreeBytes > 0:
		fmt.Fprintf(out, "device   %d, %s: %s free of %s\n", i.Index, oneline.Text(i.Name), runlog.Bytes(i.FreeBytes), runlog.Bytes(i.LocalBytes))
	default:
		fmt.Fprintf(out, "device   %d, %s: %s; how much of it is free is unknown\n", i.Index, oneline.Text(i.Name), runlog.Bytes(i.LocalBytes))
	}
	switch {
	case p.Budget > 0:
		fmt.Fprintf(out, "budget   %s, from %s\n", runlog.Bytes(p.Budget), oneline.Text(p.BudgetFrom))
	case p.Bound() == 0:
		fmt.Fprintln(out, "budget   none; --memory-budget sets one")
	case i.FreeBytes > 0:
		fmt.Fprintln(out, "budget   the free memory; --memory-budget sets another")
	default:
		fmt.Fprintf(out, "budget   %s, which leaves some memory to other programs; --memory-budget sets another\n", runlog.Bytes(p.Bound()))
	}
}

// writePlannedRuns writes a row for each run. The last column is text, so it is aligned to the left.
func writePlannedRuns(out io.Writer, p *session.Plan) {
	width := len("run")
	timed := slices.ContainsFunc(p.Runs, func(r session.PlannedRun) bool { return r.Seconds > 0 })
	for _, r := range p.Runs {
		width = max(width, utf8.RuneCountInString(oneline.Text(r.Run.Name)))
	}
	t := tabwriter.NewWriter(out, 0, 8, 2, ' ', tabwriter.AlignRight)
	row := func(name, time string, cells ...string) {
		if timed {
			cells = slices.Insert(cells, len(cells)-1, time)
		}
		last := len(cells) - 1
		fmt.Fprintf(t, "%-*s\t%s\t  %s\n", width, name, strings.Join(cells[:last], "\t"), cells[last])
	}
	row("run", "time", "picture", "splats", "steps", "device", "host", "disk", "trained as")
	for _, r := range p.Runs {
		as, time := r.Chosen.Name, "–"
		if r.Err != nil {
			as = "does not fit even as " + as
		}
		if r.Seconds > 0 {
			time = runlog.Duration(r.Seconds)
		}
		row(oneline.Text(r.Run.Name), time, fmt.Sprintf("%d × %d px", r.Picture.W, r.Picture.H), fmt.Sprint(r.Run.Gaussians), fmt.Sprint(r.Run.Steps),
			runlog.Bytes(r.Chosen.Bytes), runlog.Bytes(r.Host), runlog.Bytes(r.Disk), as)
	}
	t.Flush()
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

// writeReasons writes why a run is not trained in the way that its settings ask for. Runs that do not fit have no
// reason here, because the error of the command explains them.
func writeReasons(out io.Writer, p *session.Plan) {
	gap := "\n"
	for _, r := range p.Runs {
		if r.Why != "" {
			fmt.Fprintf(out, "%s%s: %s\n", gap, oneline.Text(r.Run.Name), oneline.Text(r.Why))
			gap = ""
		}
	}
}

func writeTotals(out io.Writer, p *session.Plan) {
	var disk, video int64
	var seconds float64
	untimed := 0
	pictures := map[string]bool{}
	for _, r := range p.Runs {
		disk, video, seconds = disk+r.Disk, video+r.Video, seconds+r.Seconds
		pictures[filepath.Clean(r.Run.Image)] = true
		if r.Seconds == 0 {
			untimed++
		}
	}
	fmt.Fprintf(out, "in all   %s of %s\n", count(len(p.Runs), "run"), count(len(pictures), "picture"))
	fmt.Fprintf(out, "disk     %s at most", runlog.Bytes(disk))
	if video > 0 {
		fmt.Fprintf(out, "; frames take about %s more until the training videos are made", runlog.Bytes(video))
	}
	fmt.Fprintln(out)
	switch {
	case untimed == len(p.Runs):
		fmt.Fprintln(out, "time     unknown; --time estimates it")
	case untimed > 0:
		fmt.Fprintf(out, "time     about %s, without the runs that do not fit\n", runlog.Duration(seconds))
	default:
		fmt.Fprintf(out, "time     about %s, estimated from %d steps of each run\n", runlog.Duration(seconds), session.TimedSteps)
	}
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}
