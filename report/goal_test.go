package report

import (
	"math"
	"strings"
	"testing"

	"igs/event"
	"igs/metric"
	"igs/record"
)

// The curve of the growth counts the bytes of a splat of the final file.
func TestGrowthCurve(t *testing.T) {
	rows := []event.Evaluated{{Splats: 10, Scores: metric.Scores{PSNR: 20}}, {Splats: 20, Scores: metric.Scores{PSNR: math.NaN()}}, {Splats: 40, Scores: metric.Scores{PSNR: 28}}, {Splats: 40, Scores: metric.Scores{PSNR: 30}}}
	r := &record.Result{Splats: 40, Bytes: 200}
	c := growthOf(rows, r)
	if c == nil || c.Data != "50:20.00 200:28.00 200:30.00" || !strings.Contains(c.Alt, "20.00 dB with 50 bytes, 30.00 dB with 200 bytes") {
		t.Errorf("%+v", c)
	}
	if growthOf(rows[2:], r) != nil || growthOf(rows, nil) != nil || growthOf(rows, &record.Result{Splats: 40}) != nil {
		t.Error("a curve without a growth, or without a file")
	}
}

func TestGoalOfARun(t *testing.T) {
	r := &record.Run{Status: record.Done, Goal: &record.Goal{PSNR: 35, Bytes: 2048}, Result: &record.Result{Scores: metric.Scores{PSNR: 35.01}, Splats: 300, Bytes: 1900, Rounding: &record.Rounding{Loss: 0.61}}}
	text := func() string {
		var words []string
		for _, f := range goalFacts(r) {
			words = append(words, f.Name+": "+f.Text)
		}
		return strings.Join(words, "; ")
	}
	if got := text(); got != "target: 35 dB, 2KiB; reached with: 300 splats, 1.9 KiB, 0.61 dB of rounding" {
		t.Error(got)
	}
	r.Result.Bytes, r.Result.Rounding = 2100, nil
	if got := text(); got != "target: 35 dB, 2KiB; target not reached: 300 splats, 2.1 KiB" {
		t.Error(got)
	}
	if r.Goal = nil; text() != "" {
		t.Error(text())
	}
}
