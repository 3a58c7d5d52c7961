package main

import (
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"igs/runlog"
)

// jobPlan is the plan of a whole job.
type jobPlan struct {
	device     planFor
	budget     int64 // bytes; 0 = what the device has free
	budgetFrom string
	runs       []planned
}

func (p *program) printPlan(s *jobPlan) {
	for _, r := range s.runs {
		p.console.tell(s.object(r))
	}
	if !p.console.quiet && !p.console.json {
		s.write(p.console.out)
	}
}

// write is the plan for people: for what, the runs, the ways of the largest, the reasons,
// and all in all.
func (s *jobPlan) write(out io.Writer) {
	s.writeHead(out)
	fmt.Fprintln(out)
	s.writeRuns(out)
	largest := slices.MaxFunc(s.runs, func(a, b planned) int { return cmp.Compare(a.asked(), b.asked()) })
	if len(largest.ways) > 0 {
		fmt.Fprintf(out, "\ndevice memory of the ways to train %s, in the order in which they are tried:\n\n", runlog.Plain(largest.run.Name))
		largest.writeWays(out)
	}
	s.writeReasons(out)
	fmt.Fprintln(out)
	s.writeTotals(out)
}

// asked is the device memory of a run without any measure to save some; 0 when the device
// cannot hold it in any way.
func (r planned) asked() int64 {
	if len(r.ways) == 0 {
		return 0
	}
	return r.ways[0].bytes
}

func (s *jobPlan) writeHead(out io.Writer) {
	i := s.device.info
	switch {
	case s.device.missing != nil:
		fmt.Fprintf(out, "device   none, so this is a plan for the least that Vulkan promises: bindings of %s\n", runlog.Bytes(i.MaxStorageRange))
	case i.FreeBytes > 0:
		fmt.Fprintf(out, "device   %d, %s: %s free of %s\n", i.Index, runlog.Plain(i.Name), runlog.Bytes(i.FreeBytes), runlog.Bytes(i.LocalBytes))
	default:
		fmt.Fprintf(out, "device   %d, %s: %s, and it does not say how much is free\n", i.Index, runlog.Plain(i.Name), runlog.Bytes(i.LocalBytes))
	}
	switch {
	case s.budget > 0:
		fmt.Fprintf(out, "budget   %s, from %s\n", runlog.Bytes(s.budget), runlog.Plain(s.budgetFrom))
	case s.bound() == 0:
		fmt.Fprintln(out, "budget   none; --memory-budget sets one")
	case i.FreeBytes > 0:
		fmt.Fprintln(out, "budget   what is free; --memory-budget sets another")
	default:
		fmt.Fprintf(out, "budget   %s, to leave some to others; --memory-budget sets another\n", runlog.Bytes(s.bound()))
	}
}

// writeRuns is a row a run. The last column is text and stands to the left.
func (s *jobPlan) writeRuns(out io.Writer) {
	width := len("run")
	timed := slices.ContainsFunc(s.runs, func(r planned) bool { return r.seconds > 0 })
	for _, r := range s.runs {
		width = max(width, utf8.RuneCountInString(runlog.Plain(r.run.Name)))
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
	for _, r := range s.runs {
		as, time := r.chosen.name, "–"
		if r.err != nil {
			as = "too large even as " + as
		}
		if r.seconds > 0 {
			time = runlog.Duration(r.seconds)
		}
		row(runlog.Plain(r.run.Name), time, fmt.Sprintf("%d × %d px", r.picture.W, r.picture.H), fmt.Sprint(r.run.Gaussians), fmt.Sprint(r.run.Steps),
			runlog.Bytes(r.chosen.bytes), runlog.Bytes(r.host), runlog.Bytes(r.disk), as)
	}
	t.Flush()
}

// smallShare is what a group of buffers must take of some way to have a column.
const smallShare = 0.06

// columns are the groups worth a column, in the order of the plan.
func (r planned) columns() []string {
	var names []string
	for _, w := range r.ways {
		for _, g := range w.groups {
			if float64(g.bytes) >= smallShare*float64(w.bytes) && !slices.Contains(names, g.name) {
				names = append(names, g.name)
			}
		}
	}
	return names
}

// writeWays is a row a way, and a column a group of buffers.
func (r planned) writeWays(out io.Writer) {
	columns := r.columns()
	t := tabwriter.NewWriter(out, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, " \tall\t")
	for _, name := range columns {
		fmt.Fprintf(t, "%s\t", name)
	}
	fmt.Fprintln(t, "others\t")
	for _, w := range r.ways {
		mark, verdict := " ", ""
		switch {
		case !w.fits:
			verdict = " (too large)"
		case w.name == r.chosen.name && w.bytes == r.chosen.bytes:
			mark = "*"
		}
		groups, rest := w.byGroup(), w.bytes
		fmt.Fprintf(t, "%s\t%s\t", mark, runlog.Bytes(w.bytes))
		for _, name := range columns {
			fmt.Fprintf(t, "%s\t", runlog.Bytes(groups[name]))
			rest -= groups[name]
		}
		fmt.Fprintf(t, "%s\t  %s%s\n", runlog.Bytes(rest), w.name, verdict)
	}
	t.Flush()
}

// writeReasons says of each run that is not planned as it was asked for why. The runs that
// do not fit are left to the error.
func (s *jobPlan) writeReasons(out io.Writer) {
	gap := "\n"
	for _, r := range s.runs {
		if r.why != "" {
			fmt.Fprintf(out, "%s%s: %s\n", gap, runlog.Plain(r.run.Name), runlog.Plain(r.why))
			gap = ""
		}
	}
}

func (s *jobPlan) writeTotals(out io.Writer) {
	var disk, video int64
	var seconds float64
	untimed := 0
	pictures := map[string]bool{}
	for _, r := range s.runs {
		disk, video, seconds = disk+r.disk, video+r.video, seconds+r.seconds
		pictures[filepath.Clean(r.run.Image)] = true
		if r.seconds == 0 {
			untimed++
		}
	}
	fmt.Fprintf(out, "in all   %s of %s\n", count(len(s.runs), "run"), count(len(pictures), "picture"))
	fmt.Fprintf(out, "disk     %s at most", runlog.Bytes(disk))
	if video > 0 {
		fmt.Fprintf(out, "; the frames of training videos take about %s more until those are made", runlog.Bytes(video))
	}
	fmt.Fprintln(out)
	switch {
	case untimed == len(s.runs):
		fmt.Fprintln(out, "time     --time measures it")
	case untimed > 0:
		fmt.Fprintf(out, "time     about %s, without what does not fit\n", runlog.Duration(seconds))
	default:
		fmt.Fprintf(out, "time     about %s, by %d steps of each run\n", runlog.Duration(seconds), timedSteps)
	}
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}
