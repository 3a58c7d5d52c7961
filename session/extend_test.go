package session

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"igs/configs"
	"igs/event"
	"igs/internal/fault"
	"igs/record"
	"igs/vk"
	"igs/vk/vktest"
)

// shortJob is smallJob with one run.
func shortJob(t *testing.T, settings ...string) *configs.Job {
	t.Helper()
	job := smallJob(t)
	for _, entry := range append([]string{"sweep.gaussians=40", "sweep.steps=20"}, settings...) {
		key, value, _ := strings.Cut(entry, "=")
		if err := job.Set(key, value, "test"); err != nil {
			t.Fatal(err)
		}
	}
	return job
}

func trained(t *testing.T, dev *vk.Device, job *configs.Job) *Result {
	t.Helper()
	sweep, err := New(job, Options{Devices: on(dev)})
	if err != nil {
		t.Fatal(err)
	}
	result, err := sweep.Train(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// goesOn resumes a session with changes. stopAt is the checkpoint at which it is interrupted; 0 = never.
func goesOn(t *testing.T, dev *vk.Device, dir string, c Changes, stopAt int) (*Result, error) {
	t.Helper()
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	return changed(ctx, t, dir, c, Options{Devices: on(dev), Sink: func(e event.Event) {
		if e, ok := bare(e).(event.Checkpointed); ok && e.Step == stopAt {
			cancel(errors.New("enough"))
		}
	}})
}

// With constant rates, a run that goes on has the same bits as a longer run. With the schedules of recipe igs it goes on
// to the same bits whether it is interrupted or not.
func TestFinishedRunGoesOn(t *testing.T) {
	vktest.Long(t)
	dev := vktest.OpenPlain(t)
	const name = "dot-40-20"
	paper := []string{"recipe=paper", "train.lr.decay=0", "train.optimizer=coordinates", "progressive.rule=additions", "progressive.add_steps=5", "progressive.add_times=2",
		"progressive.post_min_steps=5", "relocate.enabled=false", "train.beta1=0.9", "train.beta2=0.999"}
	long := trained(t, dev, shortJob(t, append(paper, "sweep.steps=40")...))
	short := trained(t, dev, shortJob(t, paper...))
	further, err := goesOn(t, dev, short.Session.Dir, Changes{Steps: 40}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if want, got := files(t, long, "dot-40-40"), files(t, further, name); !reflect.DeepEqual(got, want) {
		t.Error("with constant rates, 20 and 20 steps are not the same as 40")
	}
	r := further.Session.Runs[name]
	if r.Status != record.Done || r.Steps != 40 || r.Result.Steps != 40 || further.Session.Record.Runs[0].Steps != 40 {
		t.Errorf("%+v, %+v", r, further.Session.Record.Runs)
	}
	if len(r.Extended) != 1 || r.Extended[0].From != 20 || r.Extended[0].Before != 20 || r.Extended[0].Steps != 40 {
		t.Errorf("%+v", r.Extended)
	}

	// relocation, falling rates, and rounding in the last fifth
	igs := []string{"quantize.enabled=true", "quantize.feat_bits=8", "progressive.every=3"}
	changes := Changes{Steps: 60, Set: []string{"train.lr.xy=0.2", "loss.l1=0.5", "train.eval_every=7", "video.every=9"}}
	var ends []map[string]string
	for _, stopAt := range []int{0, 35} {
		first := trained(t, dev, shortJob(t, igs...))
		before := files(t, first, name)[record.ModelFile]
		result, err := goesOn(t, dev, first.Session.Dir, changes, stopAt)
		if stopAt > 0 {
			if result == nil || result.Outcomes[0].Status != record.Interrupted || result.Outcomes[0].Step >= 60 {
				t.Fatalf("%+v, %v", result, err)
			}
			result, err = goesOn(t, dev, first.Session.Dir, Changes{}, 0)
		}
		if err != nil {
			t.Fatal(err)
		}
		ends = append(ends, files(t, result, name))
		kept, err := os.ReadFile(filepath.Join(first.Session.Dir, name, filepath.FromSlash(record.EarlierModel(20))))
		if err != nil || string(kept) != before {
			t.Errorf("the model of 20 steps is not kept: %v", err)
		}
		r := result.Session.Runs[name]
		if lr, _ := r.Settings["train.lr.xy"].Number(); r.Result.Steps != 60 || len(r.Changed) != 4 || r.Changed[0].Step != 20 || stopAt > 0 && lr != 0.2 {
			t.Errorf("%+v", r)
		}
	}
	if !reflect.DeepEqual(ends[0], ends[1]) {
		t.Error("an interruption changes a run that goes on")
	}
}

// A run that stopped early goes on too, even to the number of steps that it had.
func TestStoppedRunGoesOn(t *testing.T) {
	vktest.Long(t)
	dev := vktest.OpenPlain(t)
	first := trained(t, dev, shortJob(t, "train.stop_at_psnr=1", "quantize.enabled=true"))
	result, err := goesOn(t, dev, first.Session.Dir, Changes{Steps: 20, Set: []string{"train.stop_at_psnr=0"}}, 0)
	if err != nil {
		t.Fatal(err)
	}
	before, after := first.Session.Runs["dot-40-20"].Result, result.Session.Runs["dot-40-20"].Result
	if !before.StoppedEarly || before.Steps >= 20 || after.StoppedEarly || after.Steps != 20 {
		t.Errorf("%d steps, then %d", before.Steps, after.Steps)
	}
}

// What would not come to the promised bits is refused with the reason, before anything changes.
func TestRefusedChanges(t *testing.T) {
	vktest.Long(t)
	dev := vktest.OpenPlain(t)
	first := trained(t, dev, shortJob(t))
	dir := first.Session.Dir
	before, err := os.ReadFile(filepath.Join(dir, "dot-40-20", record.RunFile))
	if err != nil {
		t.Fatal(err)
	}
	stranger := filepath.Join(t.TempDir(), "dot.png")
	grey(t, stranger, 10)
	for want, c := range map[string]Changes{
		"all runs have 20 steps or more already":               {Steps: 20},
		"so no setting can change":                             {Set: []string{"train.lr.xy=0.1"}},
		"sweep.gaussians cannot change when a run goes on":     {Steps: 30, Set: []string{"sweep.gaussians=50"}},
		"train.seed cannot change when a run goes on":          {Steps: 30, Set: []string{"train.seed=50"}},
		"memory.use_amp cannot change when a run goes on":      {Steps: 30, Set: []string{"memory.use_amp=false"}},
		"input.gamma cannot change when a run goes on":         {Steps: 30, Set: []string{"input.gamma=0.5"}},
		"train.topk cannot change when a run goes on":          {Steps: 30, Set: []string{"train.topk=8"}},
		"output.dir cannot change when a run goes on":          {Steps: 30, Set: []string{"output.dir=x"}},
		"did you mean train.lr.xy?":                            {Steps: 30, Set: []string{"train.lr.xyz=1"}},
		"train.lr.xy is 99; it must be from 0 to 10":           {Steps: 30, Set: []string{"train.lr.xy=99"}},
		"all weights of the loss are 0":                        {Steps: 30, Set: []string{"loss.l2=0"}},
		"train.lr.xy has no value":                             {Steps: 30, Set: []string{"train.lr.xy"}},
		"is not a picture that a run to train began with":      {Steps: 30, Images: []string{stranger}},
		"no such file or directory":                            {Steps: 30, Images: []string{"nowhere.png"}},
		"2 mistakes\n  --set: train.topk":                      {Steps: 30, Set: []string{"train.topk=8", "train.seed=1"}},
		"stopped at train.stop_at_psnr = 1 and would stop aga": {Steps: 30, Set: []string{"train.stop_at_psnr=1"}},
	} {
		if _, err := goesOn(t, dev, dir, c, 0); fault.Code(err) != fault.BadInput || !strings.Contains(err.Error(), want) || fault.Hint(err) == "" {
			t.Errorf("%+v: %v, hint %q", c, err, fault.Hint(err))
		}
	}
	if after, err := os.ReadFile(filepath.Join(dir, "dot-40-20", record.RunFile)); err != nil || string(after) != string(before) {
		t.Error("a refused change changed run.json")
	}
}

// A picture that was moved is found where job.toml or the caller says, and by its hash. Another picture is refused.
func TestMovedPicture(t *testing.T) {
	vktest.Long(t)
	dev := vktest.OpenPlain(t)
	first := trained(t, dev, shortJob(t))
	dir, old := first.Session.Dir, first.Session.Record.Runs[0].Image
	moved := filepath.Join(t.TempDir(), "elsewhere", "new name.png")
	if err := errors.Join(os.Mkdir(filepath.Dir(moved), 0o777), os.Rename(old, moved)); err != nil {
		t.Fatal(err)
	}
	if _, err := goesOn(t, dev, dir, Changes{Steps: 22}, 0); fault.Code(err) != fault.BadInput || !strings.Contains(fault.Hint(err), "image") {
		t.Errorf("%v, hint %q", err, fault.Hint(err))
	}
	result, err := goesOn(t, dev, dir, Changes{Steps: 22, Images: []string{moved}}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if r := result.Session.Runs["dot-40-20"]; r.Image.Path != moved || result.Session.Record.Runs[0].Image != moved {
		t.Errorf("%s, %s", r.Image.Path, result.Session.Record.Runs[0].Image)
	}
	again := filepath.Join(filepath.Dir(moved), "again.png")
	file := filepath.Join(dir, record.JobFile)
	text, err := os.ReadFile(file)
	if err == nil {
		err = errors.Join(os.Rename(moved, again), os.WriteFile(file, []byte(strings.Replace(string(text), old, again, 1)), 0o666))
	}
	if err != nil {
		t.Fatal(err)
	}
	if result, err = goesOn(t, dev, dir, Changes{Steps: 24}, 0); err != nil {
		t.Fatal(err)
	}
	if r := result.Session.Runs["dot-40-20"]; r.Image.Path != again || r.Result.Steps != 24 {
		t.Errorf("%+v", r)
	}
	grey(t, again, 10)
	if _, err := goesOn(t, dev, dir, Changes{Steps: 26}, 0); err == nil {
		t.Error("another picture at the new place is trained")
	}
}
