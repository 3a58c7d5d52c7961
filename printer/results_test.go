package printer

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"igs/metric"
	"igs/record"
	"igs/session"
)

// A table that is wider than the terminal becomes lists, which are not.
func TestTableFitsTheTerminal(t *testing.T) {
	make := func() *table {
		t := &table{header: []string{"run", "PSNR", "splats", "trained as"}, left: []int{0, 3}, indent: 2}
		t.add("城市-10000-1000", "31.50 dB", "10000", "float16, recompute in bands of 128 rows")
		t.add("b", "∞ dB")
		return t
	}
	for columns, want := range map[int]string{
		0: "  run                  PSNR  splats  trained as\n  城市-10000-1000  31.50 dB   10000  float16, recompute in bands of 128 rows\n  b                    ∞ dB\n",
		40: "城市-10000-1000\n  PSNR        31.50 dB\n  splats      10000\n  trained as  float16, recompute in\n    bands of 128 rows\n" +
			"b\n  PSNR        ∞ dB\n",
	} {
		var out strings.Builder
		make().write(&out, columns)
		if out.String() != want {
			t.Errorf("%d columns:\n%s\nwant\n%s", columns, out.String(), want)
		}
		for _, line := range strings.Split(out.String(), "\n") {
			if n := columnsOf(line); columns > 0 && n > columns {
				t.Errorf("%d columns: %q", n, line)
			}
		}
	}
	timeless := make()
	timeless.drop("PSNR")
	var out strings.Builder
	timeless.write(&out, 200)
	if first, _, _ := strings.Cut(out.String(), "\n"); first != "  run              splats  trained as" {
		t.Errorf("%q", first)
	}
}

// The end of a run names all its files: pictures of layers, the video, and those that few people open.
func TestResultsNameEveryFile(t *testing.T) {
	dir := t.TempDir()
	files := []string{record.ModelFile, "render-albedo.png", "render-normal.png", "other/target-albedo.png", "other/target-normal.png", "other/error-albedo.png", record.GradientFile, record.VideoName + ".webm"}
	r := &record.Run{Name: "mat", Status: record.Done, Files: map[string]record.File{}, Result: &record.Result{Scores: metric.Scores{PSNR: 30, SSIM: 0.9}, Splats: 100}}
	for _, name := range files {
		r.Files[name] = record.File{}
	}
	s := &session.Session{Dir: dir, Record: record.Session{Runs: []record.Entry{{Name: "mat", Status: record.Done}}}, Runs: map[string]*record.Run{"mat": r}}
	var out strings.Builder
	c := New(&out, io.Discard)
	c.Results(s)
	for _, want := range append(files, record.MetricsFile, record.LogFile) {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s is not named:\n%s", want, out.String())
		}
	}
	for _, want := range []string{"picture   " + filepath.Join(dir, "mat", "render-albedo.png") + "\n", "video     " + filepath.Join(dir, "mat", "training_video.webm") + "\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}

	// Of several runs, the videos are named, and the folder.
	video := filepath.Join(dir, "mat", record.VideoName+".webm")
	if err := os.MkdirAll(filepath.Dir(video), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(video, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	s.Record.Runs = append(s.Record.Runs, record.Entry{Name: "other", Status: record.Failed})
	out.Reset()
	c.Results(s)
	for _, want := range []string{"all in    " + dir + "\n", "video     " + video + "\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}
