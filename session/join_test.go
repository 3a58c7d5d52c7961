package session

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"igs/configs"
	"igs/event"
	"igs/internal/fault"
	"igs/record"
	"igs/vk"
	"igs/vk/vktest"
)

// joiner is the sweep of a process that joins the session of a job. Its clock goes ten seconds ahead with every look.
func joiner(t *testing.T, job *configs.Job, dev *vk.Device, sink event.Sink) *Sweep {
	t.Helper()
	w, err := New(job, Options{Devices: on(dev), Join: true, Sink: sink})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	c := &clock{time.Now()}
	w.polling, w.now = time.Millisecond, func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		c.pass(10 * time.Second)
		return c.at
	}
	return w
}

// sameRuns compares the files of runs of a session with those of a session without faults.
func sameRuns(t *testing.T, runs []string, whole, other *Result, what string) {
	t.Helper()
	for _, name := range runs {
		want, got := files(t, whole, name), files(t, other, name)
		for file := range want {
			if got[file] != want[file] {
				t.Errorf("%s: %s has another %s", what, name, file)
			}
		}
	}
}

// A process that stands still loses its run to another process, which finishes the session with the same bits. When it
// goes on it writes nothing more. A folder that is not writable for a while ends a process with one error, and nothing is
// lost.
func TestJoinedSession(t *testing.T) {
	vktest.Long(t)
	dev := vktest.OpenPlain(t)
	whole, _ := wholeSmall.train(t, dev, smallJob(t))

	job := smallJob(t)
	var rest *Result
	var then map[string]string // what the run has when the first process goes on
	var warnings []string
	first := joiner(t, job, dev, func(e event.Event) {
		switch e := bare(e).(type) {
		case event.Warned:
			if !strings.Contains(e.Text, "computes on the CPU") {
				warnings = append(warnings, e.Text)
			}
		case event.Checkpointed: // this process stands still, and another one begins
			if e.Step != 20 || rest != nil {
				return
			}
			copied, err := configs.Load(filepath.Join(job.Output.Dir, "s", record.JobFile))
			if err == nil {
				err = configs.Gather(copied.Set("output.session", "s", "test"), copied.Set("output.dir", job.Output.Dir, "test"), copied.SetImages([]string{filepath.Join(filepath.Dir(job.Output.Dir), "dot.png")}, "test"))
			}
			if err != nil {
				t.Fatal(err)
			}
			if rest, err = joiner(t, copied, dev, nil).Train(context.Background()); err != nil {
				t.Fatal(err)
			}
			then = contents(t, filepath.Join(rest.Session.Dir, "dot-40-40"))
		}
	})
	late, err := first.Train(context.Background())
	if err != nil || rest == nil || late == nil || len(late.Outcomes) != 0 || len(rest.Outcomes) != 2 {
		t.Fatalf("%+v, %+v, %v", late, rest, err)
	}
	if len(warnings) != 1 || warnings[0] != "dot-40-40 was taken over by another process: this process leaves it alone" {
		t.Errorf("warnings: %q", warnings)
	}
	sameRuns(t, smallRuns, whole, rest, "taken over")
	for name, text := range contents(t, filepath.Join(rest.Session.Dir, "dot-40-40")) {
		if then[name] != text {
			t.Errorf("%s was written by the process that had lost the run", name)
		}
	}
	s, err := record.ReadSession(rest.Session.Dir)
	if err != nil || s.Status != record.Done || s.Runs[0].Status != record.Done || s.Runs[1].Status != record.Done {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := os.Stat(filepath.Join(rest.Session.Dir, claimsFolder)); err == nil {
		t.Error("claims are left")
	}
	if r := rest.Session.Runs["dot-40-40"]; len(r.Resumed) != 1 || r.Resumed[0].Step != 20 {
		t.Errorf("resumed: %+v", r.Resumed)
	}

	job = smallJob(t)
	dir := filepath.Join(job.Output.Dir, "s")
	_, err = joiner(t, job, dev, func(e event.Event) {
		if e, ok := bare(e).(event.Checkpointed); ok && e.Step == 10 {
			if err := os.Rename(dir, dir+"-away"); err != nil {
				t.Fatal(err)
			}
		}
	}).Train(context.Background())
	if fault.Code(err) != fault.Failed || !strings.Contains(fault.Hint(err), "make the folder writable again, then continue with: igs resume") || strings.Contains(err.Error(), "\n") {
		t.Errorf("%v, hint %q", err, fault.Hint(err))
	}
	os.RemoveAll(dir) // an empty one may have been made
	if err := os.Rename(dir+"-away", dir); err != nil {
		t.Fatal(err)
	}
	sameRuns(t, smallRuns, whole, resumed(t, dir, Options{Devices: on(dev)}), "resumed")
}

// contents are the files below a folder, by path.
func contents(t *testing.T, dir string) map[string]string {
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			data, readErr := os.ReadFile(path)
			found[path], err = string(data), readErr
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	return found
}

// A session is joined with its own job only.
func TestJoinIsRefused(t *testing.T) {
	dev := vktest.OpenPlain(t)
	begin := func(t *testing.T, job *configs.Job) (*Session, error) {
		runs, err := job.Runs()
		if err != nil {
			t.Fatal(err)
		}
		w := newSweep(job, Options{Join: true})
		w.devices = []*device{{Device: dev}}
		if w.targets, err = w.readTargets(runs); err != nil {
			t.Fatal(err)
		}
		return w.join(runs)
	}
	job := smallJob(t)
	s, err := begin(t, job)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if second, err := begin(t, job); err != nil {
		t.Errorf("the same job: %v", err)
	} else {
		second.Close()
	}
	for want, c := range map[string]struct {
		key, value string
		code       int
	}{
		"": {"device.select", "1", 0},
		"train.seed is 7, and in the session it is 123":      {"train.seed", "7", fault.BadInput},
		"the session has no run dot-60-40":                   {"sweep.gaussians", "40,60", fault.BadInput},
		"has the run dot-50-40, which the job does not have": {"sweep.gaussians", "40", fault.BadInput},
	} {
		other, err := configs.Load(filepath.Join(s.Dir, record.JobFile))
		err = configs.Gather(err, other.Set("output.session", "s", "test"), other.Set("output.dir", job.Output.Dir, "test"), other.SetImages([]string{filepath.Join(filepath.Dir(job.Output.Dir), "dot.png")}, "test"), other.Set(c.key, c.value, "test"))
		if err != nil {
			t.Fatal(err)
		}
		again, err := begin(t, other)
		if fault.Code(err) != c.code || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s=%s: %v, code %d", c.key, c.value, err, fault.Code(err))
		}
		if err == nil {
			again.Close()
		}
	}

	// While a process has a run, no other one may change what all have in common.
	if err := os.MkdirAll(filepath.Join(s.Dir, claimsFolder), 0o777); err != nil {
		t.Fatal(err)
	}
	held := mustTake(t, newClaims(s.Dir, "device", time.Now), "dot-40-40")
	opened, err := Open(s.Dir)
	if err != nil {
		t.Fatal(err)
	}
	_, err = opened.Resume(job, Changes{Set: []string{"train.eval_every=20"}}, Options{})
	opened.Close()
	if fault.Code(err) != fault.OutputExists {
		t.Errorf("settings of a session that others have: %v", err)
	}
	s.Close()
	if opened, err = Open(s.Dir); err != nil {
		t.Fatal(err)
	}
	_, err = opened.Resume(job, Changes{Set: []string{"train.eval_every=20"}}, Options{})
	opened.Close()
	if fault.Code(err) != fault.OutputExists || !strings.Contains(err.Error(), "dot-40-40 of") {
		t.Errorf("settings of a session with a claim: %v", err)
	}
	held.release()
	if opened, err = Open(s.Dir); err != nil {
		t.Fatal(err)
	}
	sweep, err := opened.Resume(job, Changes{Set: []string{"train.eval_every=20"}}, Options{})
	if err == nil {
		sweep.devices = []*device{{Device: dev}}
		_, err = sweep.begin()
	}
	opened.Close()
	if found, readErr := record.ReadSession(s.Dir); err != nil || readErr != nil || found.Joined {
		t.Errorf("settings of a session that nobody has: %+v, %v, %v", found, err, readErr)
	}

	for want, change := range map[string]func(*configs.Job) error{
		"name it":       func(j *configs.Job) error { return j.Set("output.session", "", "test") },
		"flat layout":   func(j *configs.Job) error { return j.Set("output.layout", "flat", "test") },
		"output.exists": func(j *configs.Job) error { return j.Set("output.exists", "overwrite", "test") },
	} {
		job := smallJob(t)
		if err := change(job); err != nil {
			t.Fatal(err)
		}
		if _, err := New(job, Options{Join: true}); fault.Code(err) != fault.BadInput || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	plain := smallJob(t)
	w := newSweep(plain, Options{})
	w.devices, w.targets = []*device{{Device: dev}}, &targets{}
	runs, err := plain.Runs()
	if err != nil {
		t.Fatal(err)
	}
	made, err := w.create(runs)
	if err != nil {
		t.Fatal(err)
	}
	made.Close()
	if _, err := begin(t, plain); fault.Code(err) != fault.OutputExists {
		t.Errorf("joined a plain session: %v", err)
	}
}
