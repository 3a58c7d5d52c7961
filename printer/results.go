package printer

import (
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

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
	if s.Record.Layout == record.Flat {
		c.corpus(s)
		return
	}
	t := table{header: []string{"run", "PSNR", "SSIM", "MS-SSIM", "FLIP", "splats", "model", "time", "status"}, left: []int{0, 1, 2, 3, 4, 5, 6, 7, 8}}
	for _, e := range s.Record.Runs {
		if e.Status == record.Waiting {
			continue
		}
		r := s.Runs[e.Name]
		if r == nil || r.Result == nil {
			t.add(oneline.Text(e.Name), "", "", "", "", "", "", "", e.Status)
			continue
		}
		scored := func(name string, s metric.Scores, more ...string) {
			t.add(slices.Concat([]string{name}, scoreCells(s), more)...)
		}
		scored(oneline.Text(e.Name), r.Result.Scores, fmt.Sprint(r.Result.Splats), runlog.Bytes(r.Result.Bytes), runlog.Duration(r.Result.Seconds), e.Status)
		for _, l := range r.Result.Layers {
			scored("  "+oneline.Text(l.Name), l.Scores)
		}
		if full := r.Result.Full; full != nil {
			scored(fmt.Sprintf("  at %d × %d", full.W, full.H), full.Scores)
		}
	}
	t.write(c.out, c.outWidth())
	fmt.Fprintln(c.out)
	c.places(s)
}

// corpus prints one summary of many models.
func (c *Console) corpus(s *session.Session) {
	done, failed, splats, bytes := 0, 0, 0, int64(0)
	var psnr, ssim []float64
	for _, e := range s.Record.Runs {
		switch {
		case e.Status == record.Failed:
			failed++
		case e.Status == record.Done:
			done++
			if r := s.Runs[e.Name]; r != nil {
				psnr, ssim = append(psnr, r.Result.PSNR), append(ssim, r.Result.SSIM)
				splats, bytes = splats+r.Result.Splats, bytes+r.Result.Bytes
			}
		}
	}
	fmt.Fprintf(c.out, "%-9s %d of %s", "models", done, count(len(s.Record.Runs), "picture"))
	if failed > 0 {
		fmt.Fprintf(c.out, "; %d failed", failed)
	}
	fmt.Fprintln(c.out)
	if n := len(psnr); n > 0 {
		slices.Sort(psnr)
		slices.Sort(ssim)
		fmt.Fprintf(c.out, "%-9s %s median, %s worst; SSIM %.4f median, %.4f worst\n", "PSNR", runlog.Decibels(psnr[n/2]), runlog.Decibels(psnr[0]), ssim[n/2], ssim[0])
		fmt.Fprintf(c.out, "%-9s %s in all, %s a model, %.1f bytes a splat\n", "size", runlog.Bytes(bytes), runlog.Bytes(bytes/int64(n)), float64(bytes)/float64(max(splats, 1)))
	}
	fmt.Fprintf(c.out, "%-9s %s\n%-9s %s\n", "all in", oneline.Text(s.Dir), "summary", oneline.Text(filepath.Join(s.Dir, record.SummaryFile)))
}

// places prints the paths of what the session made. Of several runs it prints those of the videos only, because all
// are in one folder.
func (c *Console) places(s *session.Session) {
	where := func(what string, path ...string) {
		name := filepath.Join(path...)
		if _, err := os.Stat(name); err == nil {
			fmt.Fprintf(c.out, "%-9s %s\n", what, oneline.Text(name))
		}
	}
	if only := s.Record.Runs[0]; len(s.Record.Runs) == 1 && only.Status == record.Done {
		c.made(filepath.Join(s.Dir, only.Name), s.Runs[only.Name])
	} else {
		where("all in", s.Dir)
		for _, e := range s.Record.Runs {
			for _, ending := range videoEndings {
				where("video", s.Dir, e.Name, record.VideoName+ending)
			}
		}
		where("summary", s.Dir, record.SummaryFile)
	}
	where("report", s.Dir, record.ReportFile)
}

// videoEndings are those of training videos.
var videoEndings = []string{".mp4", ".webm", ".gif"}

// made prints the paths of the files of a run: first what users look at, then the others in one line.
func (c *Console) made(dir string, r *record.Run) {
	if r == nil {
		return
	}
	left := slices.Sorted(maps.Keys(r.Files))
	where := func(what string, belongs func(name string) bool) {
		for _, name := range left {
			if belongs(name) {
				fmt.Fprintf(c.out, "%-9s %s\n", what, oneline.Text(filepath.Join(dir, filepath.FromSlash(name))))
			}
		}
		left = slices.DeleteFunc(left, belongs)
	}
	begins := func(file string) func(string) bool { // render.png, and render-NAME.png of a stack
		stem := strings.TrimSuffix(file, filepath.Ext(file))
		return func(name string) bool { return name == file || strings.HasPrefix(name, stem+"-") }
	}
	where("picture", begins(record.RenderFile))
	where("original", begins(record.TargetFile))
	where("model", func(name string) bool { return name == record.ModelFile })
	where("video", func(name string) bool { return strings.HasPrefix(name, record.VideoName+".") })
	left = append(left, record.MetricsFile, record.LogFile)
	for i := range left {
		left[i] = oneline.Text(left[i])
	}
	fmt.Fprintln(c.out, fold(fmt.Sprintf("%-9s %s, in %s", "more", strings.Join(left, ", "), oneline.Text(dir)), c.outWidth()))
}

// scoreCells are the four measures in a table.
func scoreCells(s metric.Scores) []string {
	ssim := &s.SSIM
	if math.IsNaN(s.SSIM) {
		ssim = nil
	}
	return []string{runlog.Decibels(s.PSNR), score(ssim), score(s.MSSSIM), score(s.FLIP)}
}

// score shows a score that may be missing.
func score(v *float64) string {
	if v == nil {
		return "–"
	}
	return fmt.Sprintf("%.4f", *v)
}
