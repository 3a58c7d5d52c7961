package session

import (
	"bytes"
	"encoding/csv"
	"math"
	"path/filepath"
	"strconv"

	"igs/record"
	"igs/runlog"
)

var summaryHeader = []string{"run", "image", "width", "height", "num_gaussians", "steps", "status", "psnr", "ssim", "num_bytes", "bits_per_pixel", "seconds", "device_peak_bytes", "ms_ssim", "flip"}

// summarise writes summary.csv: a row for each run that has begun.
func (s *Session) summarise() error {
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	w.Write(summaryHeader)
	for _, e := range s.Record.Runs {
		if e.Status == record.Waiting {
			continue
		}
		row := []string{e.Name, e.Image, "", "", strconv.Itoa(e.Gaussians), strconv.Itoa(e.Steps), e.Status, "", "", "", "", "", "", "", ""}
		if r := s.Runs[e.Name]; r != nil {
			row[2], row[3] = strconv.Itoa(r.Image.W), strconv.Itoa(r.Image.H)
			if r.Result != nil {
				row[4], row[5] = strconv.Itoa(r.Result.Splats), strconv.Itoa(r.Result.Steps)
				row[7], row[8] = decibels(r.Result.PSNR), strconv.FormatFloat(r.Result.SSIM, 'f', 6, 64)
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
	return runlog.WriteFile(filepath.Join(s.Dir, record.SummaryFile), text.Bytes())
}

func optional(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'f', 6, 64)
}

// decibels writes a PSNR. That of identical pictures is inf, as in metrics.csv.
func decibels(v float64) string {
	if math.IsInf(v, 1) {
		return "inf"
	}
	return strconv.FormatFloat(v, 'f', 4, 64)
}
