package session

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"igs/configs"
	"igs/event"
	"igs/internal/fault"
	"igs/record"
	"igs/vk/vktest"
)

// goalJob is a job on the picture of smallJob with goals instead of numbers of splats.
func goalJob(t *testing.T, settings ...string) *configs.Job {
	t.Helper()
	job := smallJob(t).Without("sweep.gaussians")
	err := job.Set("progressive.most", "60", "test")
	for _, s := range settings {
		key, value, _ := strings.Cut(s, "=")
		err = configs.Gather(err, job.Set(key, value, "test"))
	}
	if err = configs.Gather(err, job.FillRecipe()); err != nil {
		t.Fatal(err)
	}
	return job
}

// A sweep of qualities reaches one, misses the other and keeps both models. Resumed, it has the same bits.
func TestSweepOfGoals(t *testing.T) {
	vktest.Long(t)
	dev := vktest.OpenPlain(t)
	train := func(ctx context.Context, sink event.Sink) (*Result, error) {
		t.Helper()
		sweep, err := New(goalJob(t, "sweep.psnr=36,60"), Options{Devices: on(dev), Sink: sink})
		if err != nil {
			t.Fatal(err)
		}
		return sweep.Train(ctx)
	}
	whole, err := train(context.Background(), nil)
	if fault.Code(err) != fault.GateMissed || !strings.Contains(err.Error(), "dot-60dB-40 has a PSNR of") || strings.Contains(err.Error(), "dot-36dB") {
		t.Fatalf("exit code %d: %v", fault.Code(err), err)
	}
	low, high := whole.Session.Runs["dot-36dB-40"], whole.Session.Runs["dot-60dB-40"]
	if r := low.Result; r.PSNR < 36 || r.PSNR > 36.1 || r.Splats >= 60 || low.Goal == nil || low.Goal.PSNR != 36 || !low.Goal.Free || low.Gaussians != 60 {
		t.Errorf("%+v, goal %+v, at most %d splats", r, low.Goal, low.Gaussians)
	}
	if r := high.Result; r.Splats != 60 || r.PSNR <= low.Result.PSNR || high.Files[record.ModelFile].Bytes == 0 {
		t.Errorf("the best is not kept: %+v", r)
	}

	ctx, cancel := context.WithCancelCause(context.Background())
	enough := errors.New("enough")
	part, err := train(ctx, func(e event.Event) {
		if e, ok := bare(e).(event.Checkpointed); ok && e.Step == 10 {
			cancel(enough)
		}
	})
	if !errors.Is(err, enough) {
		t.Fatal(err)
	}
	s, err := Open(part.Session.Dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	job, err := s.Job()
	if err != nil {
		t.Fatal(err)
	}
	sweep, err := s.Resume(job, Changes{}, Options{Devices: on(dev)})
	if err != nil {
		t.Fatal(err)
	}
	rest, err := sweep.Train(context.Background())
	if fault.Code(err) != fault.GateMissed {
		t.Fatal(err)
	}
	for _, name := range []string{"dot-36dB-40", "dot-60dB-40"} {
		want, got := files(t, whole, name), files(t, rest, name)
		for file := range want {
			if got[file] != want[file] {
				t.Errorf("%s: other %s", name, file)
			}
		}
	}
}

// A size that depends on the picture, and what is refused before anything is made.
func TestGoalsOfAPicture(t *testing.T) {
	sweep, err := New(goalJob(t, "output.target_bpp=2"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r := sweep.targets; len(r.kept) == 0 {
		t.Error("no picture")
	}
	job := goalJob(t, "output.target_bpp=0.1")
	if _, err := New(job, Options{}); fault.Code(err) != fault.BadInput || !strings.Contains(err.Error(), "dot-0.1bpp-40: 22B are too few for a model of one splat") {
		t.Error(err)
	}
	if _, err := NewPlan(job, nil); fault.Code(err) != fault.BadInput || !strings.Contains(err.Error(), "too few for a model of one splat") {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Dir(job.Output.Dir) + "/out"); err == nil {
		t.Error("something is made")
	}
}
