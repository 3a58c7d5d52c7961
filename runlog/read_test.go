package runlog

import (
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"igs/event"
	"igs/internal/fault"
	"igs/metric"
)

func TestReadMetricsReadsWhatMetricsWrites(t *testing.T) {
	path := filepath.Join(t.TempDir(), "metrics.csv")
	want := []event.Evaluated{
		{Step: 0, TotalLoss: 0.5, L1: 0.25, L2: 0, SSIMLoss: 0.25, Scores: metric.Scores{PSNR: 12.5, SSIM: 0.5}, Splats: 10, Bytes: 400, RenderTime: 0.25, TotalTime: 0.5, LRScale: 1, LossScale: 65536, DeviceBytes: 1 << 40},
		{Step: 100, TotalLoss: 0, Scores: metric.Scores{PSNR: math.Inf(1), SSIM: 1}, Splats: 20, Bytes: 800, LRScale: 0.1},
	}
	m := NewMetrics(path)
	for _, row := range want {
		m.Take(row)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := ReadMetrics(path)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v\nwant %+v", got, err, want)
	}
}

func TestReadMetricsGoesByTheNamesOfColumns(t *testing.T) {
	rows, err := readMetrics(strings.NewReader("note,psnr,step,num_gaussians\n\"a,b\",nan,5,7\nx,-inf,6,8\n"))
	if err != nil || len(rows) != 2 {
		t.Fatal(rows, err)
	}
	if r := rows[0]; r.Step != 5 || r.Splats != 7 || !math.IsNaN(r.PSNR) || !math.IsNaN(r.TotalLoss) || r.Bytes != 0 {
		t.Errorf("%+v", r)
	}
	if !math.IsInf(rows[1].PSNR, -1) {
		t.Errorf("%+v", rows[1])
	}
	if rows, err := readMetrics(strings.NewReader("step\n")); err != nil || len(rows) != 0 {
		t.Error(rows, err)
	}
}

func TestReadMetricsRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "empty",
		"psnr\n1\n":                   "line 1: no column is called step",
		"step,psnr,psnr\n":            "line 1: two columns",
		"step,psnr\n1,2\n2,high\n":    `line 3: column psnr: "high" is no number`,
		"step,psnr\n1,2\n\n2.5,1\n":   `line 4: column step: "2.5" is no number`,
		"step,psnr\n1,2\n2\n":         "line 3",
		"step,num_bytes\n1,1e3\n":     `line 2: column num_bytes: "1e3" is no number`,
		"step,num_gaussians\n1,\"2\n": "line",
	} {
		path := filepath.Join(t.TempDir(), "metrics.csv")
		os.WriteFile(path, []byte(text), 0o666)
		_, err := ReadMetrics(path)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) || fault.Code(err) != fault.BadInput {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if _, err := ReadMetrics(filepath.Join(t.TempDir(), "none.csv")); !os.IsNotExist(err) {
		t.Error(err)
	}
}

// FuzzReadMetrics: for any bytes there is an error, or at most one row a line.
func FuzzReadMetrics(f *testing.F) {
	f.Add(metricsHeader + "1,0.5,0.4,0,0.1,20,0.5,10,400,0.1,0.2,1,65536,1000\n")
	f.Add("step,psnr\n1,inf\n2,nan\n")
	f.Add("\"step\n,")
	f.Fuzz(func(t *testing.T, text string) {
		rows, err := readMetrics(strings.NewReader(text))
		if err != nil && rows != nil || len(rows) > strings.Count(text, "\n")+strings.Count(text, "\r") {
			t.Errorf("%d rows, %v", len(rows), err)
		}
	})
}
