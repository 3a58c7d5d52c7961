package runlog

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"igs/event"
	"igs/metric"
)

func TestMetricsAreWholeAtEveryMoment(t *testing.T) {
	path := filepath.Join(t.TempDir(), "metrics.csv")
	c := newClock()
	m := NewMetrics(path)
	m.file.now, m.file.cost = c.now, 0 // writing the header took real time
	rows := func() int {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(string(text), "\n") {
			t.Fatal("half a row in the file")
		}
		records, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return len(records) - 1
	}
	for step := 100; step <= 1000; step += 100 {
		c.pass(500 * time.Millisecond)
		m.Take(event.Evaluated{Step: step, TotalLoss: 0.123456789012, Scores: metric.Scores{PSNR: math.Inf(1), SSIM: 0}, Bytes: 5, RenderTime: 1.5, LossScale: 1 << 20, DeviceBytes: 7})
		if n := rows(); n < step/100-4 {
			t.Errorf("after %d steps %d rows in the file", step, n)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	if n := rows(); n != 10 {
		t.Errorf("%d rows in the end", n)
	}
	text, _ := os.ReadFile(path)
	want := "step,total_loss,l1_loss,l2_loss,ssim_loss,psnr,ssim,num_gaussians,num_bytes,render_time_accum,total_time_accum,lr_scale,loss_scale,device_bytes\n" +
		"100,0.123456789,0,0,0,inf,0,0,5,1.500000,0.000000,0,1048576,7\n"
	if !strings.HasPrefix(string(text), want) {
		t.Errorf("%s", text)
	}
	left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*"))
	if len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestErrorsOfWritingComeAtTheEnd(t *testing.T) {
	m := NewMetrics(filepath.Join(t.TempDir(), "no", "metrics.csv"))
	m.Take(event.Evaluated{})
	if err := m.Close(); err == nil || !strings.Contains(err.Error(), "metrics.csv") || strings.Contains(err.Error(), ".tmp") {
		t.Errorf("error %v", err)
	}
}

func TestWriteFileReplacesOrLeaves(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	for _, text := range []string{"one", "two"} {
		if err := WriteFile(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, _ := os.ReadFile(path); string(got) != text {
			t.Errorf("%q", got)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o777); err != nil {
		t.Fatal(err)
	}
	if WriteFile(filepath.Join(dir, "folder"), nil) == nil {
		t.Error("a folder was written over")
	}
	entries, _ := os.ReadDir(dir)
	if len(entries) != 2 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestLogFile(t *testing.T) {
	for _, asJSON := range []bool{false, true} {
		path := filepath.Join(t.TempDir(), "log.txt")
		l, err := ContinueLogFile(path, asJSON)
		if err != nil {
			t.Fatal(err)
		}
		l.Take(started("cat"))
		l.Take(scored(100, math.Inf(1)))
		l.Take(event.Stepped{Step: 1})
		l.Take(event.Warned{Text: "careful"})
		l.Take(event.RunEnded{Run: "cat", Status: "failed", Error: "device lost"})
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		text, _ := os.ReadFile(path)
		lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
		if len(lines) != 4 || !strings.Contains(lines[3], "device lost") {
			t.Errorf("%s", text)
		}
		if asJSON && !json.Valid([]byte(lines[1])) {
			t.Errorf("not JSON: %s", lines[1])
		}
		if asJSON && !(strings.Contains(lines[1], `"ssim":0.9`) && strings.Contains(lines[1], `"psnr":"inf"`)) {
			t.Errorf("numbers are not numbers: %s", lines[1])
		}
	}
}

func started(name string) event.Event {
	return event.RunStarted{Run: name, W: 600, H: 400, C: 3, Splats: 4000, Steps: 600, Device: "llvmpipe"}
}

func scored(step int, psnr float64) event.Event {
	return event.Evaluated{Step: step, Scores: metric.Scores{PSNR: psnr, SSIM: 0.9}, Splats: 3000, DeviceBytes: 183 << 20}
}

// clock is a clock that a test sets.
type clock struct{ t time.Time }

func (c *clock) now() time.Time       { return c.t }
func (c *clock) pass(d time.Duration) { c.t = c.t.Add(d) }
func newClock() *clock                { return &clock{time.Now()} }
