package session

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"igs/metric"
	"igs/record"
)

// The PSNR of a perfect picture is inf, as in metrics.csv and in the table of igs compare.
func TestSummaryOfAPerfectPicture(t *testing.T) {
	s := &Session{
		Dir: t.TempDir(), Record: record.Session{Runs: []record.Entry{{Name: "a", Status: record.Done}}},
		Runs: map[string]*record.Run{"a": {Result: &record.Result{Scores: metric.Scores{PSNR: math.Inf(1), SSIM: 1}}}},
	}
	if err := s.summarise(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(s.Dir, record.SummaryFile))
	if err != nil || !strings.Contains(string(text), ",done,inf,1.000000,") {
		t.Errorf("%s, %v", text, err)
	}
}
