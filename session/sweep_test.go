package session

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"igs/configs"
	"igs/event"
	"igs/internal/fault"
	"igs/record"
	"igs/splat"
	"igs/vk"
	"igs/vk/vktest"
)

// smallRuns are the runs of smallJob.
var smallRuns = []string{"dot-40-40", "dot-50-40"}

// smallJob trains a picture of 48 × 37 px for 40 steps with each of two numbers of splats.
func smallJob(t *testing.T) *configs.Job {
	t.Helper()
	dir := t.TempDir()
	canvas := image.NewRGBA(image.Rect(0, 0, 48, 37))
	for i := range 48 * 37 {
		x, y := i%48, i/48
		canvas.Set(x, y, color.RGBA{uint8(5 * x), uint8(6 * y), uint8(40 * (x / 12)), 255})
	}
	var data bytes.Buffer
	if err := png.Encode(&data, canvas); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "dot.png")
	if err := os.WriteFile(path, data.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	job := configs.Default()
	err := job.SetImages([]string{path}, "test")
	for key, value := range map[string]string{
		"sweep.gaussians": "40,50", "sweep.steps": "40", "train.eval_every": "10", "train.checkpoint_every": "5", "output.session": "s",
		"output.dir": filepath.Join(dir, "out"), "output.report": "false",
	} {
		err = configs.Gather(err, job.Set(key, value, "test"))
	}
	if err = configs.Gather(err, job.FillRecipe()); err != nil {
		t.Fatal(err)
	}
	return job
}

// on is the open devices to train on.
func on(devices ...*vk.Device) []*vk.Device { return devices }

// files are the files of a run that must be the same after an interruption.
func files(t *testing.T, r *Result, name string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, file := range []string{record.ModelFile, record.RenderFile, record.TargetFile, record.ErrorFile, record.GradientFile} {
		data, err := os.ReadFile(filepath.Join(r.Session.Dir, name, filepath.FromSlash(file)))
		if err != nil {
			t.Fatal(err)
		}
		found[file] = string(data)
	}
	return found
}

// A Go program trains, cancels and resumes with one device and a sink. The result has the same bits as without a
// cancel.
func TestSweepWithoutAProcess(t *testing.T) {
	vktest.Long(t)
	dev := vktest.Open(t)
	train := func(ctx context.Context, job *configs.Job, sink event.Sink) (*Result, error) {
		t.Helper()
		sweep, err := New(job, Options{Devices: on(dev), Sink: sink})
		if err != nil {
			t.Fatal(err)
		}
		return sweep.Train(ctx)
	}
	whole, _ := wholeSmall.train(t, dev, smallJob(t))
	if len(whole.Outcomes) != 2 || whole.Session.Left() != 0 || whole.Session.Record.Status != record.Done {
		t.Fatalf("%+v", whole)
	}
	run := whole.Session.Runs["dot-40-40"]
	if run.Result == nil || run.Result.FLIP == nil || run.Result.PSNR < 15 || run.Result.MSSSIM != nil {
		t.Errorf("%+v", run.Result)
	}

	ctx, cancel := context.WithCancelCause(context.Background())
	enough := errors.New("enough")
	job, ended := smallJob(t), []event.RunEnded(nil)
	part, err := train(ctx, job, func(e event.Event) {
		switch e := bare(e).(type) {
		case event.Checkpointed:
			if e.Step == 20 {
				cancel(enough)
			}
		case event.RunEnded:
			ended = append(ended, e)
		}
	})
	if !errors.Is(err, enough) || !strings.Contains(fault.Hint(err), "igs resume ") || part == nil || part.Outcomes[0].Status != record.Interrupted {
		t.Fatalf("%+v, %v", part, err)
	}
	if len(ended) != 1 || ended[0].Status != record.Interrupted || ended[0].Step >= 40 || part.Session.Left() != 2 {
		t.Errorf("%+v, %d runs left", ended, part.Session.Left())
	}
	if r := part.Session.Runs["dot-40-40"].Result; r != nil && r.FLIP != nil {
		t.Errorf("an interrupted run has a FLIP: %+v", r)
	}
	rest := resumed(t, part.Session.Dir, Options{Devices: on(dev)})
	for _, name := range []string{"dot-40-40", "dot-50-40"} {
		want, got := files(t, whole, name), files(t, rest, name)
		for file := range want {
			if got[file] != want[file] {
				t.Errorf("%s: other %s", name, file)
			}
		}
	}
	if again := resumed(t, part.Session.Dir, Options{Devices: on(dev)}); again != nil {
		t.Errorf("a session that is done was trained: %+v", again)
	}
}

func resumed(t *testing.T, dir string, o Options) *Result {
	t.Helper()
	result, err := changed(context.Background(), t, dir, Changes{}, o)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// changed resumes a session with changes.
func changed(ctx context.Context, t *testing.T, dir string, c Changes, o Options) (*Result, error) {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	job, err := s.Job()
	if err != nil {
		t.Fatal(err)
	}
	sweep, err := s.Resume(job, c, o)
	if err != nil {
		return nil, err
	}
	return sweep.Train(ctx)
}

// Errors come before any file is made, with an exit code and a hint that names a setting.
func TestNewMakesNothing(t *testing.T) {
	for want, change := range map[string]func(*configs.Job) error{
		"sweep.gaussians=": func(j *configs.Job) error { return j.Set("sweep.gaussians", "99999", "test") },
		"output.session":   func(j *configs.Job) error { return os.MkdirAll(filepath.Join(j.Output.Dir, "s"), 0o777) },
		"sweep.gaussians=1": func(j *configs.Job) error {
			model := filepath.Join(filepath.Dir(j.Output.Dir), "one.igsm")
			m := &splat.Model{Splats: splat.New(1, 3), W: 48, H: 37, Layers: splat.Plain(3, 8), Gamma: 1, TopK: 10, Bits: splat.Lossless}
			for i := range m.Splats.Scale {
				m.Splats.Scale[i] = 1
			}
			return errors.Join(splat.Save(model, m), j.Set("init.from", model, "test"))
		},
		"the session has 300 bytes": func(j *configs.Job) error { return j.Set("output.session", strings.Repeat("s", 300), "test") },
		"are too long": func(j *configs.Job) error {
			return j.Set("output.dir", filepath.Join(j.Output.Dir, strings.Repeat("/123456789", 420)), "test")
		},
		"check the path": func(j *configs.Job) error { return j.Set("init.from", "absent.igsm", "test") },
		"output.dir":     func(j *configs.Job) error { return os.WriteFile(j.Output.Dir, nil, 0o666) },
	} {
		job := smallJob(t)
		err := change(job)
		if err == nil {
			_, err = New(job, Options{})
		}
		if code := fault.Code(err); code != fault.BadInput && code != fault.OutputExists || !strings.Contains(fault.Hint(err)+"\n"+fmt.Sprint(err), want) {
			t.Errorf("%s: %v, hint %q, code %d", want, err, fault.Hint(err), code)
		}
		if found, _ := filepath.Glob(filepath.Join(job.Output.Dir, "*", "*")); len(found) > 0 {
			t.Errorf("%s: made %v", want, found)
		}
	}
}

// Only one process or program at a time can have a session open.
func TestSessionIsClaimed(t *testing.T) {
	job := smallJob(t)
	w := newSweep(job, Options{})
	w.devices, w.targets = []*device{{Device: vktest.OpenPlain(t)}}, &targets{}
	runs, err := job.Runs()
	if err != nil {
		t.Fatal(err)
	}
	s, err := w.create(runs)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(s.Dir); fault.Code(err) != fault.OutputExists {
		t.Errorf("opened twice: %v", err)
	}
	s.Close()
	again, err := Open(s.Dir)
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
}

// bare is an event without its run.
func bare(e event.Event) event.Event {
	if of, ok := e.(event.OfRun); ok {
		return of.Event
	}
	return e
}
