package report

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"igs/internal/golden"
	"igs/metric"
	"igs/record"
	"igs/splat"
	"igs/splat/reference"
)

const evil = `<script>alert(1)</script>`

// spec describes a run of a session for a test.
type spec struct {
	name, image, status string
	splats              int
	psnr                float64 // 0 = no result
	bytes               int64
	failure             string
	without             []string // files that are missing
}

// newSession makes the folder of a session as igs does, without a device.
func newSession(t testing.TB, specs ...spec) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "session_1")
	ended := start.Add(90 * time.Second)
	s := record.Session{
		Status: record.Done, Igs: record.Build{Version: "1.2.3", Commit: "0123456789abcdef"}, Command: []string{"igs", "run", "<i>x.png"},
		Started: start, Ended: &ended, Device: record.Device{Name: "Some <GPU>", Type: "discrete GPU", Driver: "driver & co", API: "1.3.0", Reason: "the only one"},
	}
	for _, run := range specs {
		s.Runs = append(s.Runs, record.Entry{Name: run.name, Image: "/pictures/" + run.image, Gaussians: run.splats, Steps: 40, Status: run.status})
		if run.status != record.Waiting {
			newRun(t, filepath.Join(dir, filepath.FromSlash(run.name)), run, s.Device)
		}
	}
	must(t, os.MkdirAll(dir, 0o777))
	must(t, s.Write(dir))
	return dir
}

var start = time.Date(2026, 3, 4, 15, 16, 17, 0, time.FixedZone("", 2*3600))

func newRun(t testing.TB, dir string, run spec, device record.Device) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Join(dir, "other"), 0o777))
	r := record.Run{
		Status: run.status, Name: run.name, Error: run.failure, Started: start, Device: device, Gaussians: run.splats, Steps: 40,
		Resumed:  []record.Resumption{{Time: start.Add(time.Minute), Step: 17}},
		Image:    record.Image{Path: "/pictures/" + run.image, W: 60, H: 40, C: 3, Depth: 8, Bytes: 7000, Sha256: "sha of " + run.image},
		Settings: map[string]record.Setting{"train.seed": {Value: 7, Origin: "--seed"}, "train.topk": {Value: 10, Origin: "default"}, "recipe": {Value: "igs", Origin: "default"}},
		Files:    map[string]record.File{record.ModelFile: {Bytes: run.bytes, Sha256: strings.Repeat("ab", 32)}},
	}
	if run.psnr != 0 {
		r.Result = &record.Result{Scores: metric.Scores{PSNR: run.psnr, SSIM: 0.75}, Steps: 40, Splats: run.splats, Bytes: run.bytes,
			BitsPerPixel: 8 * float64(run.bytes) / 2400, Seconds: 12.5, TrainSeconds: 10, StepsPerSec: 4}
		r.Memory = &record.Memory{Layout: "float16, stored", Planned: 3 << 20, Peak: 2 << 20, Groups: map[string]int64{"pixels": 1 << 20, "splats": 1 << 19}}
	}
	must(t, r.Write(dir))
	splats, m := reference.RandomScene(uint64(len(run.image)), 60, 40, run.splats, 3)
	files := map[string]func(string) error{
		record.RenderFile: func(path string) error { return golden.WritePNG(path, m, 8) },
		record.TargetFile: func(path string) error { return golden.WritePNG(path, m, 8) },
		record.ErrorFile:  func(path string) error { return golden.WritePNG(path, m, 8) },
		record.ModelFile: func(path string) error {
			return splat.Save(path, &splat.Model{Splats: splats, W: 60, H: 40, Layers: splat.Plain(3, 8), Gamma: 1, Bits: splat.Lossless, TopK: 10, Recipe: "paper", Version: "1"})
		},
		record.MetricsFile: func(path string) error { return os.WriteFile(path, []byte(metrics), 0o666) },
	}
	for _, name := range run.without {
		delete(files, name)
	}
	for name, write := range files {
		must(t, write(filepath.Join(dir, filepath.FromSlash(name))))
	}
}

const metrics = `step,total_loss,psnr,ssim,num_gaussians,new_column
10,0.5,12.5,0.25,5,x
20,0.25,nan,0.5,5,x
30,0.125,22.5,0.625,10,x
40,0.0625,26.25,0.75,10,x
`

// sweep is a session with two pictures and all kinds of runs: failed, killed, not started, and with
// infinite PSNR.
func sweep() []spec {
	return []spec{
		{name: "cat-10-40", image: "cat.png", status: record.Done, splats: 10, psnr: 26.25, bytes: 500},
		{name: "cat-20-40", image: "cat.png", status: record.Done, splats: 20, psnr: 31.5, bytes: 900},
		{name: "cat-30-40", image: "cat.png", status: record.Done, splats: 30, psnr: 31, bytes: 1300},
		{name: "dog-10-40", image: "dog.png", status: record.Done, splats: 10, psnr: math.Inf(1), bytes: 400},
		{name: evil, image: "a&b.png", status: record.Failed, splats: 40, failure: "lost <b>device</b>", without: []string{record.RenderFile, record.ErrorFile, record.ModelFile}},
		{name: "killed", image: "cat.png", status: record.Running, splats: 50, without: []string{record.RenderFile, record.TargetFile, record.ErrorFile, record.ModelFile, record.MetricsFile}},
		{name: "later", image: "dog.png", status: record.Waiting, splats: 60},
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// rewrite changes a run.json.
func rewrite(t *testing.T, dir string, change func(*record.Run)) {
	t.Helper()
	r, err := record.ReadRun(dir)
	must(t, err)
	change(r)
	must(t, r.Write(dir))
}
