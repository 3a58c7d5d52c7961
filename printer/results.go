package printer

import (
	"fmt"
	"os"
	"path/filepath"
	"text/tabwriter"

	"igs/internal/oneline"

	"igs/metric"
	"igs/record"
	"igs/runlog"
	"igs/session"
)

// Results prints the scores of a session and the paths of its files.
func (c *Console) Results(s *session.Session) {
	if !c.tables() {
		return
	}
	t := tabwriter.NewWriter(c.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "run\tPSNR\tSSIM\tMS-SSIM\tFLIP\tsplats\tmodel\ttime\tstatus")
	for _, e := range s.Record.Runs {
		if e.Status == record.Waiting {
			continue
		}
		r := s.Runs[e.Name]
		if r == nil || r.Result == nil {
			fmt.Fprintf(t, "%s\t\t\t\t\t\t\t\t%s\n", oneline.Text(e.Name), e.Status)
			continue
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%s\t%s\t%s\n", oneline.Text(e.Name), scoreCells(r.Result.Scores),
			r.Result.Splats, runlog.Bytes(r.Result.Bytes), runlog.Duration(r.Result.Seconds), e.Status)
		for _, l := range r.Result.Layers {
			fmt.Fprintf(t, "  %s\t%s\t\t\t\t\n", oneline.Text(l.Name), scoreCells(l.Scores))
		}
		if full := r.Result.Full; full != nil {
			fmt.Fprintf(t, "  at %d × %d\t%s\t\t\t\t\n", full.W, full.H, scoreCells(full.Scores))
		}
	}
	t.Flush()
	fmt.Fprintln(c.out)
	c.places(s)
}

// places prints the paths of the files that users look at first.
func (c *Console) places(s *session.Session) {
	where := func(what string, path ...string) {
		name := filepath.Join(path...)
		if _, err := os.Stat(name); err == nil {
			fmt.Fprintf(c.out, "%-9s %s\n", what, name)
		}
	}
	if only := s.Record.Runs[0]; len(s.Record.Runs) == 1 && only.Status == record.Done {
		where("picture", s.Dir, only.Name, record.RenderFile)
		where("original", s.Dir, only.Name, filepath.FromSlash(record.TargetFile))
		where("model", s.Dir, only.Name, record.ModelFile)
	} else {
		where("all in", s.Dir)
	}
	where("report", s.Dir, record.ReportFile)
}

// scoreCells are the four measures in a table.
func scoreCells(s metric.Scores) string {
	return fmt.Sprintf("%s\t%.4f\t%s\t%s", runlog.Decibels(s.PSNR), s.SSIM, score(s.MSSSIM), score(s.FLIP))
}

// score shows a score that may be missing.
func score(v *float64) string {
	if v == nil {
		return "–"
	}
	return fmt.Sprintf("%.4f", *v)
}
