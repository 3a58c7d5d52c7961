package report

import (
	"fmt"
	"html"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"igs/event"
	"igs/imageio"
	"igs/internal/fault"
	"igs/record"
	"igs/runlog"
	"igs/splat"
)

const evil = `<script>alert(1)</script>" onload="alert(2)`

// sample is a session with runs that are done, one that failed, one that was killed at its
// start and one that never began.
func sample(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "session_7")
	s := record.Session{Status: record.Failed, Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Device: record.Device{Name: "device " + evil}}
	for i, psnr := range []float64{30, 33, 31, math.Inf(1)} {
		name := fmt.Sprintf("cat-%d", i)
		sampleRun(t, filepath.Join(dir, name), &record.Run{
			Name: name, Status: record.Done, Gaussians: 100 * (i + 1), Steps: 300, Image: record.Image{Path: "/p/cat.png", W: 60, H: 40, C: 3, Sha256: "cat"},
			Settings: map[string]record.Setting{"train.seed": {Value: 5, Origin: "--seed " + evil}, "loss.l1": {Value: 1, Origin: "default"}},
			Result:   &record.Result{PSNR: record.Number(psnr), SSIM: 0.9, Steps: 300, Splats: 100 * (i + 1), Bytes: []int64{1000, 2000, 3000, 4000}[i], BitsPerPixel: float64(i + 1), Seconds: 5},
			Memory:   &record.Memory{Peak: 5 << 20}, Files: map[string]record.File{record.ModelFile: {Bytes: 1000}},
		})
		s.Runs = append(s.Runs, record.Entry{Name: name, Status: record.Done})
	}
	for _, r := range []*record.Run{
		{Name: "failed", Status: record.Failed, Error: "diverged: " + evil, Steps: 300, Gaussians: 100, Image: record.Image{Path: "/p/dog.png", W: 60, H: 40, C: 3, Sha256: "dog"}},
		{Name: "killed", Status: record.Running, Steps: 300, Gaussians: 100, Image: record.Image{Path: "/p/dog.png"}},
	} {
		if r.Name == "failed" {
			if err := os.MkdirAll(filepath.Join(dir, r.Name), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := r.Write(filepath.Join(dir, r.Name)); err != nil {
				t.Fatal(err)
			}
		}
		s.Runs = append(s.Runs, record.Entry{Name: r.Name, Image: r.Image.Path, Gaussians: r.Gaussians, Steps: r.Steps, Status: r.Status})
	}
	s.Runs = append(s.Runs, record.Entry{Name: "never", Status: record.Waiting})
	if err := s.Write(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

func sampleRun(t *testing.T, dir string, r *record.Run) {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(os.MkdirAll(filepath.Join(dir, "other"), 0o777))
	check(r.Write(dir))
	m := runlog.NewMetrics(filepath.Join(dir, record.MetricsFile))
	for step := 50; step <= 300; step += 50 {
		m.Take(event.Evaluated{Step: step, TotalLoss: 1 / float64(step), PSNR: 20 + float64(step)/30, SSIM: 0.5 + float64(step)/1000, Splats: 50 + step})
	}
	check(m.Close())
	p, picture := splat.RandomScene(1, 60, 40, 20, 3)
	check(splat.Save(filepath.Join(dir, record.ModelFile), &splat.Model{Splats: p, W: 60, H: 40, Depth: 8, TopK: 10, Recipe: "paper", Version: "test"}))
	for i, name := range []string{record.RenderFile, record.TargetFile, record.ErrorFile} {
		check(imageio.WriteRows(filepath.Join(dir, filepath.FromSlash(name)), 60, 40, 3, 8, func(y int, dst [][]float32) error {
			for c := range dst {
				for x := range dst[c] {
					dst[c][x] = picture.At(c, y, (x+7*i)%60)
				}
			}
			return nil
		}))
	}
}

func TestReportTellsWhatThereIs(t *testing.T) {
	dir := sample(t)
	if err := WriteFile(dir); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, record.ReportFile))
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	for _, want := range []string{
		"<h1>session_7</h1>", "33.00 dB", "∞ dB", "train.seed", "diverged: " + html.EscapeString("<script>alert(1)"), "6 runs", "1 not begun",
		`class="line c0"`, "data:image/png;base64,", "20 splats", ">running<", ">failed<",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if n := strings.Count(page, "<script"); n != 1 {
		t.Errorf("%d scripts", n)
	}
	for _, no := range []string{"http://", "https://", "ZgotmplZ", "NaN", `" onload="`, "alert(1)</script>"} {
		if strings.Contains(page, no) {
			t.Errorf("%q is in the page", no)
		}
	}
	if n := strings.Count(page, "background-image: url("); n != 1 {
		t.Errorf("the target of four runs is there %d times", n)
	}
	again := filepath.Join(t.TempDir(), "again.html")
	if err := Write(dir, again); err != nil {
		t.Fatal(err)
	}
	if twice, _ := os.ReadFile(again); string(twice) != page {
		t.Error("the same session gave another page")
	}
}

// What a run lacks is told when it should be there, and stops nothing.
func TestMissingAndBrokenFilesAreNamed(t *testing.T) {
	dir := sample(t)
	run := filepath.Join(dir, "cat-0")
	for _, name := range []string{record.RenderFile, record.MetricsFile} {
		if err := os.Remove(filepath.Join(run, name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{record.ModelFile, record.ErrorFile} {
		if err := os.WriteFile(filepath.Join(run, name), []byte("rubbish"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := WriteFile(dir); err != nil {
		t.Fatal(err)
	}
	page, _ := os.ReadFile(filepath.Join(dir, record.ReportFile))
	for _, want := range []string{"render.png cannot be shown", "the curves cannot be shown", "the splats cannot be shown", "other/error.png cannot be shown"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("%q is missing", want)
		}
	}
	if n := strings.Count(string(page), "cannot be shown"); n != 4 { // the failed and the killed run owe nothing
		t.Errorf("%d complaints", n)
	}
	for _, bad := range []string{t.TempDir(), filepath.Join(dir, "nowhere")} {
		if err := WriteFile(bad); fault.Code(err) != fault.BadInput || fault.Hint(err) == "" {
			t.Errorf("%s: error %v", bad, err)
		}
	}
}

func TestCompareIsByPicture(t *testing.T) {
	run := func(picture string, psnr float64, bytes int64) *Run {
		return &Run{Run: record.Run{Status: record.Done, Image: record.Image{Sha256: picture}, Result: &record.Result{PSNR: record.Number(psnr), Bytes: bytes}}}
	}
	runs := []*Run{
		run("a", 30, 100), run("a", 33, 200), run("a", 31, 300), run("a", 33, 250), run("a", 34, 400), run("b", 20, 1000),
		{Run: record.Run{Status: record.Interrupted, Image: record.Image{Sha256: "b"}, Result: &record.Result{PSNR: 90, Bytes: 1}}},
	}
	want := []Standing{{false, true, true}, {false, false, true}, {}, {}, {true, false, true}, {true, true, true}, {}}
	got := Compare(runs)
	for i, r := range runs {
		if got[r] != want[i] {
			t.Errorf("run %d: %+v, want %+v", i, got[r], want[i])
		}
	}
	if _, judged := got[runs[6]]; judged {
		t.Error("a run that is not done is compared")
	}
}

func TestTicksAreRoundAndFew(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		log       bool
		want      string
	}{
		{0, 10, false, "[0 2 4 6 8 10]"}, {17.3, 31.9, false, "[20 25 30]"}, {0.801, 0.855, false, "[0.81 0.82 0.83 0.84 0.85]"},
		{-2, 0, true, "[0.01 0.02 0.05 0.1 0.2 0.5 1]"}, {0.1, 0.2, true, "[1.3 1.4 1.5]"},
	} {
		var got []string
		for _, v := range ticks(c.low, c.high, c.log) {
			got = append(got, short(v))
		}
		if text := "[" + strings.Join(got, " ") + "]"; text != c.want {
			t.Errorf("%v…%v: %s, want %s", c.low, c.high, text, c.want)
		}
	}
}

// Nothing that a session can hold stops the drawing: empty series, one point, infinities.
func TestPlotsOfOddNumbers(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, y := range [][]float64{nil, {1}, {1, 1}, {inf, 1, nan, 2}, {inf}, {0, 0}, {-1, 1e300}} {
		for _, log := range []bool{false, true} {
			p := plot{w: 100, h: 100, logY: log, lines: []line{{x: make([]float64, len(y)), y: y}}}
			if s := string(p.svg()); strings.Contains(s, "NaN") || strings.Contains(s, "Inf") {
				t.Errorf("%v: %s", y, s)
			}
		}
	}
}

func TestReducedIsTheMean(t *testing.T) {
	m := imageio.NewSamples(5, 3, 1, 8)
	for y := range 3 {
		copy(m.Row8(0, y), []uint8{0, 100, 200, 100, 50})
	}
	out := reduced(m, 2)
	if out.Rect.Dx() != 3 || out.Rect.Dy() != 2 {
		t.Fatalf("%v", out.Rect)
	}
	for x, want := range []uint8{50, 150, 50} {
		for y := range 2 {
			if got := out.RGBAAt(x, y); got.R != want || got.B != want {
				t.Errorf("%d,%d: %v, want %d", x, y, got, want)
			}
		}
	}
}

func TestManyPicturesGetSmaller(t *testing.T) {
	if k := shrink(768, 512, 12); k != 1 {
		t.Errorf("four runs of Kodak pictures are made %d times smaller", k)
	}
	if k := shrink(7680, 4320, 3); k != 7 {
		t.Errorf("8K is made %d times smaller", k)
	}
	if k := shrink(768, 512, 600); k < 2 {
		t.Errorf("200 runs: %d", k)
	}
	if k := shrink(768, 512, 30000); k != 0 {
		t.Errorf("10 000 runs: %d", k)
	}
}

func TestEllipsesOfManySplatsAreASample(t *testing.T) {
	p, _ := splat.RandomScene(1, 60, 40, 6000, 1)
	if _, drawn := ellipses(&splat.Model{Splats: p, W: 60, H: 40}, mostEllipses); drawn != 2000 {
		t.Errorf("%d drawn", drawn)
	}
}

// A page of very many runs stays one that a browser opens.
func TestManyRunsAreATable(t *testing.T) {
	dir := t.TempDir()
	s := record.Session{Status: record.Done}
	for i := range mostDetailed + 5 {
		name := fmt.Sprintf("r%d", i)
		s.Runs = append(s.Runs, record.Entry{Name: name, Status: record.Done})
		if err := os.Mkdir(filepath.Join(dir, name), 0o777); err != nil {
			t.Fatal(err)
		}
		r := &record.Run{Name: name, Status: record.Done, Result: &record.Result{PSNR: 30, Bytes: 5, BitsPerPixel: 1}, Image: record.Image{Path: "p.png"}}
		if err := r.Write(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Write(dir); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(dir); err != nil {
		t.Fatal(err)
	}
	page, _ := os.ReadFile(filepath.Join(dir, record.ReportFile))
	if articles, rows := strings.Count(string(page), "<article"), strings.Count(string(page), "<td>r")+strings.Count(string(page), `">r`); articles != mostDetailed || rows < mostDetailed+5 {
		t.Errorf("%d articles, %d rows", articles, rows)
	}
	if !strings.Contains(string(page), "the first 200 runs are shown") {
		t.Error("nobody is told")
	}
}
