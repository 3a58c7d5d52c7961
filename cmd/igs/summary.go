package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"path/filepath"
	"strconv"
	"text/tabwriter"

	"igs/record"
	"igs/runlog"
)

var summaryHeader = []string{"run", "image", "width", "height", "num_gaussians", "steps", "status", "psnr", "ssim", "num_bytes", "bits_per_pixel", "seconds", "device_peak_bytes", "ms_ssim", "flip"}

// summarise writes summary.csv: a row for each run that has begun.
func (s *session) summarise() error {
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	w.Write(summaryHeader)
	for _, e := range s.record.Runs {
		if e.Status == record.Waiting {
			continue
		}
		row := []string{e.Name, e.Image, "", "", strconv.Itoa(e.Gaussians), strconv.Itoa(e.Steps), e.Status, "", "", "", "", "", "", "", ""}
		if r := s.runs[e.Name]; r != nil {
			row[2], row[3] = strconv.Itoa(r.Image.W), strconv.Itoa(r.Image.H)
			if r.Result != nil {
				row[4], row[5] = strconv.Itoa(r.Result.Splats), strconv.Itoa(r.Result.Steps)
				row[7], row[8] = strconv.FormatFloat(float64(r.Result.PSNR), 'f', 4, 64), strconv.FormatFloat(float64(r.Result.SSIM), 'f', 6, 64)
				row[9], row[10] = strconv.FormatInt(r.Result.Bytes, 10), strconv.FormatFloat(r.Result.BitsPerPixel, 'f', 4, 64)
				row[13], row[14] = optional(r.Result.MSSSIM), optional(r.Result.FLIP)
				row[11] = strconv.FormatFloat(r.Result.Seconds, 'f', 3, 64)
			}
			if r.Memory != nil {
				row[12] = strconv.FormatInt(r.Memory.Peak, 10)
			}
		}
		w.Write(row)
	}
	w.Flush()
	return runlog.WriteFile(filepath.Join(s.dir, record.SummaryFile), text.Bytes())
}

func optional(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'f', 6, 64)
}

// results prints what came out of the session and where it is.
func (p *program) results(s *session) {
	if p.console.quiet || p.console.json {
		return
	}
	t := tabwriter.NewWriter(p.console.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "run\tPSNR\tSSIM\tMS-SSIM\tFLIP\tsplats\tmodel\ttime\tstatus")
	for _, e := range s.record.Runs {
		if e.Status == record.Waiting {
			continue
		}
		r := s.runs[e.Name]
		if r == nil || r.Result == nil {
			fmt.Fprintf(t, "%s\t\t\t\t\t\t\t\t%s\n", runlog.Plain(e.Name), e.Status)
			continue
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%s\t%s\t%s\n", runlog.Plain(e.Name), scoreCells(r.Result.Scores),
			r.Result.Splats, runlog.Bytes(r.Result.Bytes), runlog.Duration(r.Result.Seconds), e.Status)
		for _, l := range r.Result.Layers {
			fmt.Fprintf(t, "  %s\t%s\t\t\t\t\n", runlog.Plain(l.Name), scoreCells(l.Scores))
		}
		if full := r.Result.Full; full != nil {
			fmt.Fprintf(t, "  at %d × %d\t%s\t\t\t\t\n", full.W, full.H, scoreCells(full.Scores))
		}
	}
	t.Flush()
	fmt.Fprintln(p.console.out)
	where := func(what string, path ...string) {
		if path := filepath.Join(path...); exists(path) {
			fmt.Fprintf(p.console.out, "%-9s %s\n", what, path)
		}
	}
	if only := s.record.Runs[0]; len(s.record.Runs) == 1 && only.Status == record.Done {
		where("picture", s.dir, only.Name, record.RenderFile)
		where("original", s.dir, only.Name, filepath.FromSlash(record.TargetFile))
		where("model", s.dir, only.Name, record.ModelFile)
	} else {
		where("all in", s.dir)
	}
	where("report", s.dir, record.ReportFile)
}
