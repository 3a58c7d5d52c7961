package report

import (
	"strings"
	"testing"

	"igs/metric"
	"igs/record"
)

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
