package session

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/internal/fault"
	"igs/record"
	"igs/splat/reference"
	"igs/vk"
	"igs/vk/vktest"
)

// corpusJob is a job in flat layout for a folder of pictures. sizes are their widths; all are 24 px high.
func corpusJob(t *testing.T, sizes ...int) (job *configs.Job, folder string) {
	t.Helper()
	folder = filepath.Join(t.TempDir(), "pictures")
	if err := os.Mkdir(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	for i, w := range sizes {
		_, picture := reference.RandomScene(uint64(50+i), w, 24, 1, 3)
		rows := func(y int, dst [][]float32) error {
			for c := range dst {
				copy(dst[c], picture.Plane(c)[y*w:])
			}
			return nil
		}
		if err := imageio.WriteRows(filepath.Join(folder, fmt.Sprintf("p%d.png", i)), imageio.Spec{W: w, H: 24, C: 3, Depth: 8}, rows); err != nil {
			t.Fatal(err)
		}
	}
	job = configs.Default()
	err := job.SetImages([]string{folder}, "test")
	for key, value := range map[string]string{
		"sweep.gaussians": "40", "sweep.steps": "6", "output.session": "s", "output.dir": filepath.Join(filepath.Dir(folder), "out"), "output.layout": "flat",
	} {
		err = configs.Gather(err, job.Set(key, value, "test"))
	}
	if err = configs.Gather(err, job.FillRecipe()); err != nil {
		t.Fatal(err)
	}
	return job, folder
}

// written are the models of a flat session by name.
func written(t *testing.T, dir string) map[string]string {
	t.Helper()
	paths, _ := filepath.Glob(filepath.Join(dir, "*.igsm"))
	models := map[string]string{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		models[filepath.Base(path)] = string(data)
	}
	return models
}

// Pictures of two sizes are trained in batches. One that is broken and one that is too small for the splats fail, and the
// others have models. When the broken one is whole, the session goes on with it and leaves the other models alone.
func TestCorpusWithBrokenPictures(t *testing.T) {
	dev := vktest.Open(t)
	job, folder := corpusJob(t, 40, 32, 40, 1, 40)
	whole, err := os.ReadFile(filepath.Join(folder, "p2.png"))
	if err != nil {
		t.Fatal(err)
	}
	os.WriteFile(filepath.Join(folder, "p2.png"), whole[:len(whole)/2], 0o666)
	var failed []string
	var told []event.CorpusAdvanced
	sink := func(e event.Event) {
		switch e := bare(e).(type) {
		case event.RunFailed:
			failed = append(failed, e.Run)
		case event.CorpusAdvanced:
			told = append(told, e)
		}
	}
	sweep, err := New(job, Options{Devices: on(dev), Sink: sink})
	if err != nil {
		t.Fatal(err)
	}
	result, err := sweep.Train(context.Background())
	if fault.Code(err) != fault.PartFailed || len(failed) != 2 || !strings.Contains(err.Error(), "p2-40-6") || !strings.Contains(err.Error(), "p3-40-6") {
		t.Fatalf("%v; failed: %v", err, failed)
	}
	for i, e := range told { // each picture counts once
		if e.ETA < 0 || i == 0 && e.PerHour > 0 || i == len(told)-1 && (e.ETA != 0 || e.Done != 5) {
			t.Errorf("time %d of %d: %+v", i, len(told), e)
		}
	}
	dir := result.Session.Dir
	first := written(t, dir)
	if len(first) != 3 || result.Session.Left() != 2 {
		t.Fatalf("%d models, %d runs left", len(first), result.Session.Left())
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 3+3 { // session.json, job.toml, summary.csv
		t.Errorf("the folder of the session has %v", entries)
	}

	os.WriteFile(filepath.Join(folder, "p2.png"), whole, 0o666)
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.Job()
	if err != nil {
		t.Fatal(err)
	}
	if sweep, err = s.Resume(again, Changes{}, Options{Devices: on(dev)}); err != nil {
		t.Fatal(err)
	}
	if result, err = sweep.Train(context.Background()); fault.Code(err) != fault.PartFailed || len(result.Outcomes) != 2 {
		t.Fatalf("%+v, %v", result, err)
	}
	last := written(t, dir)
	if len(last) != 4 {
		t.Errorf("%d models", len(last))
	}
	for name, model := range first {
		if last[name] != model {
			t.Errorf("%s changed", name)
		}
	}
	summary, _ := os.ReadFile(filepath.Join(dir, record.SummaryFile))
	if rows := bytes.Split(bytes.TrimSpace(summary), []byte("\n")); len(rows) != 1+5 || bytes.Count(summary, []byte(",done,")) != 4 {
		t.Errorf("summary.csv:\n%s", summary)
	}
	for name, r := range result.Session.Runs {
		if r.Result == nil || !(r.Result.PSNR > 10) || r.Result.Bytes == 0 {
			t.Errorf("%s: %+v", name, r.Result)
		}
	}
}

// Batches that begin together do not make the pace absurd, and what came before the first step does not count.
func TestPaceOfACorpus(t *testing.T) {
	began := time.Unix(1e9, 0)
	from := progress{began, 0.5}
	for _, test := range []struct{ seconds, done, perHour, eta float64 }{{0.001, 1, 0, 0}, {2, 0.5, 0, 0}, {2, 4.5, 7200, 47.75}, {50, 100, 7164, 0}} {
		perHour, eta := from.pace(progress{began.Add(time.Duration(test.seconds * 1e9)), test.done}, 100)
		if math.Abs(perHour-test.perHour) > 1e-6 || math.Abs(eta-test.eta) > 1e-6 {
			t.Errorf("%+v: %g an hour, %g s left", test, perHour, eta)
		}
	}
}

// A corpus that is interrupted keeps the models that are written, and the session goes on with the rest. The models are
// those of a session with a folder for each run.
func TestInterruptedCorpus(t *testing.T) {
	vktest.Long(t)
	dev := vktest.OpenPlain(t)
	job, folder := corpusJob(t, 40, 40, 32, 32, 24, 24)
	ctx, cancel := context.WithCancel(context.Background())
	sweep, err := New(job, Options{Devices: on(dev), Sink: func(e event.Event) {
		if _, ok := bare(e).(event.CorpusWritten); ok {
			cancel() // another batch is trained meanwhile, and the third is not
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	result, err := sweep.Train(ctx)
	if !errors.Is(err, context.Canceled) || !strings.Contains(fault.Hint(err), "igs resume ") || result.Session.Record.Status != record.Interrupted {
		t.Fatalf("%v, hint %q", err, fault.Hint(err))
	}
	n := len(written(t, result.Session.Dir))
	if n != 2 && n != 4 || result.Session.Left() != 6-n {
		t.Fatalf("%d models, %d runs left", n, result.Session.Left())
	}
	rest := resumed(t, result.Session.Dir, Options{Devices: on(dev)})
	models := written(t, result.Session.Dir)
	if len(models) != 6 || len(rest.Outcomes) != 6-n || rest.Session.Record.Status != record.Done {
		t.Fatalf("%d models, %+v", len(models), rest.Outcomes)
	}

	alone := configs.Default()
	err = alone.SetImages([]string{filepath.Join(folder, "p5.png")}, "test")
	for key, value := range map[string]string{
		"sweep.gaussians": "40", "sweep.steps": "6", "output.session": "alone", "output.dir": filepath.Join(filepath.Dir(folder), "out"), "output.report": "false",
	} {
		err = configs.Gather(err, alone.Set(key, value, "test"))
	}
	if err = configs.Gather(err, alone.FillRecipe()); err != nil {
		t.Fatal(err)
	}
	single := trained(t, dev, alone)
	model, err := os.ReadFile(filepath.Join(single.Session.Dir, "p5-40-6", record.ModelFile))
	if err != nil || string(model) != models["p5-40-6.igsm"] {
		t.Errorf("p5 has another model in a corpus than alone: %v", err)
	}
}

// A picture of another recipe is trained alone, in flat layout too. An empty folder and layouts that differ are bad input.
func TestCorpusInput(t *testing.T) {
	dev := vktest.OpenPlain(t)
	job, folder := corpusJob(t, 24)
	for key, value := range map[string]string{"loss.ssim": "0.1", "sweep.steps": "2"} {
		if err := job.Set(key, value, "test"); err != nil {
			t.Fatal(err)
		}
	}
	plan, err := NewPlan(job, nil)
	if err != nil || len(plan.Batches) != 1 || plan.Batches[0].Together != 1 || plan.Batches[0].Bytes == 0 {
		t.Errorf("%+v, %v", plan, err)
	}
	result := trained(t, dev, job)
	if len(written(t, result.Session.Dir)) != 1 {
		t.Error("there is no model")
	}
	if err := job.Set("output.layout", "runs", "test"); err != nil {
		t.Fatal(err)
	}
	job.Output.Exists = "overwrite"
	sweep, err := New(job, Options{Devices: on(dev)})
	if err == nil {
		_, err = sweep.Train(context.Background())
	}
	if fault.Code(err) != fault.OutputExists {
		t.Errorf("another layout: %v", err)
	}
	job.Output.Layout = "flat"
	os.Remove(filepath.Join(folder, "p0.png"))
	if _, err := New(job, Options{Devices: on(dev)}); fault.Code(err) != fault.BadInput {
		t.Errorf("an empty folder: %v", err)
	}
}

// Pictures of one size are divided into equal batches, and no worker is left without one unless there are few pictures.
func TestBatchesOf(t *testing.T) {
	for _, c := range []struct{ n, together, batches int }{{7, 7, 1}, {16, 16, 2}, {200, 64, 4}, {40, 64, 2}, {3, 1, 3}} {
		if got := batchesOf(c.n, c.together, 1); got != c.batches {
			t.Errorf("%d pictures, %d together: %d batches", c.n, c.together, got)
		}
	}
}

// The budget of the host limits how many pictures are trained together. A picture that does not fit fails.
func TestHostMemoryOfCorpus(t *testing.T) {
	size := imageio.Size{W: 64, H: 64, C: 3, Depth: 8}
	for budget, want := range map[int64]int{0: 1000, 1 << 40: 1000, workBytes(size) + 2*10*(64*64*3*5+200*500): 10, 1: 1} {
		if got := (hostMemory{budget: budget}).together(size, 200, 1000, 1); got != want {
			t.Errorf("%d bytes: %d pictures together", budget, got)
		}
	}
	job, _ := corpusJob(t, 24)
	if err := job.Set("memory.host_budget", "100MiB", "test"); err != nil {
		t.Fatal(err)
	}
	sweep, err := New(job, Options{Devices: on(vktest.OpenPlain(t))})
	if err != nil {
		t.Fatal(err)
	}
	result, err := sweep.Train(context.Background())
	if fault.Code(err) != fault.PartFailed || fault.Code(result.Outcomes[0].Err) != fault.OutOfMemory || !strings.Contains(fault.Hint(err), "memory.host_budget") {
		t.Errorf("%v, hint %q; %v", err, fault.Hint(err), result)
	}
}

// Two devices share the batches, to the same models. The pictures of a device that is lost come back for the other one.
func TestCorpusOnTwoDevices(t *testing.T) {
	vktest.Long(t)
	dev, second := vktest.Open(t), vktest.OpenWith(t, vk.Options{})
	sizes := []int{24, 24, 32, 32, 40, 40}
	train := func(devices ...*vk.Device) map[string]string {
		job, _ := corpusJob(t, sizes...)
		sweep, err := New(job, Options{Devices: devices})
		if err != nil {
			t.Fatal(err)
		}
		result, err := sweep.Train(context.Background())
		if err != nil || result.Session.Left() > 0 || len(result.Outcomes) != len(sizes) {
			t.Fatalf("%+v, %v", result, err)
		}
		return written(t, result.Session.Dir)
	}
	if alone, both := train(dev), train(dev, second); !maps.Equal(alone, both) {
		t.Error("other models")
	}

	job, _ := corpusJob(t, sizes...)
	sweep, err := New(job, Options{})
	if err != nil {
		t.Fatal(err)
	}
	runs, _ := job.Runs()
	hands := []*corpusHand{{device: &device{Device: dev, several: true}}, {device: &device{Device: second, several: true}}}
	sweep.devices = []*device{hands[0].device, hands[1].device}
	for i, want := range []bool{true, false} {
		b := newBatch(runs[:2])
		lost := &vk.DeviceLostError{}
		b.hand, b.errs[0], b.results[1] = hands[i], lost, &record.Run{}
		sweep.corpus.entries = map[string]*record.Entry{runs[0].Name: {Status: record.Failed}}
		if sweep.givesBack(b) != want || want && (len(sweep.corpus.left) != 1 || len(sweep.corpus.left[0]) != 1 || sweep.corpus.entries[runs[0].Name].Status != record.Waiting) {
			t.Errorf("device %d: %v, %+v", i, sweep.corpus.left, sweep.corpus.entries)
		}
		if sweep.nextBatch(context.Background(), hands[i]) != nil {
			t.Error("a device that is lost trains a batch")
		}
	}
}
