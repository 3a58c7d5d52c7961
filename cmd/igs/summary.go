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

var summaryHeader = []string{"run", "image", "width", "height", "num_gaussians", "steps", "status", "psnr", "ssim", "num_bytes", "bits_per_pixel", "seconds", "device_peak_bytes"}

// summarise writes summary.csv: a row for each run that has ended so far.
func (s *session) summarise() error {
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	w.Write(summaryHeader)
	for _, o := range s.outcome {
		row := []string{o.run.Name, o.run.Image, "", "", strconv.Itoa(o.run.Gaussians), strconv.Itoa(o.run.Steps), o.status, "", "", "", "", "", ""}
		if o.folder != nil {
			row[2], row[3] = strconv.Itoa(o.folder.record.Image.W), strconv.Itoa(o.folder.record.Image.H)
			if r := o.folder.record.Result; r != nil {
				row[4], row[5] = strconv.Itoa(r.Splats), strconv.Itoa(r.Steps)
				row[7], row[8] = strconv.FormatFloat(float64(r.PSNR), 'f', 4, 64), strconv.FormatFloat(float64(r.SSIM), 'f', 6, 64)
				row[9], row[10] = strconv.FormatInt(r.Bytes, 10), strconv.FormatFloat(r.BitsPerPixel, 'f', 4, 64)
				row[11], row[12] = strconv.FormatFloat(r.Seconds, 'f', 3, 64), strconv.FormatInt(o.folder.record.Memory.Peak, 10)
			}
		}
		w.Write(row)
	}
	w.Flush()
	return runlog.WriteFile(filepath.Join(s.dir, record.SummaryFile), text.Bytes())
}

// results prints what came out and where it is.
func (p *program) results(s *session) {
	if p.console.quiet || p.console.json {
		return
	}
	t := tabwriter.NewWriter(p.console.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "run\tPSNR\tSSIM\tsplats\tmodel\ttime\tstatus")
	for _, o := range s.outcome {
		if o.folder == nil || o.folder.record.Result == nil {
			fmt.Fprintf(t, "%s\t\t\t\t\t\t%s\n", runlog.Plain(o.run.Name), o.status)
			continue
		}
		r := o.folder.record.Result
		fmt.Fprintf(t, "%s\t%s\t%.4f\t%d\t%s\t%s\t%s\n", runlog.Plain(o.run.Name), runlog.Decibels(float64(r.PSNR)), r.SSIM, r.Splats, runlog.Bytes(r.Bytes), runlog.Duration(r.Seconds), o.status)
	}
	t.Flush()
	if len(s.outcome) == 1 && s.outcome[0].status != "failed" {
		dir := s.outcome[0].folder.dir
		fmt.Fprintf(p.console.out, "\npicture   %s\noriginal  %s\nmodel     %s\n", filepath.Join(dir, "render.png"), filepath.Join(dir, "other", "target.png"), filepath.Join(dir, "model.igsm"))
		return
	}
	fmt.Fprintf(p.console.out, "\nall in    %s\n", s.dir)
}
