package session

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"igs/configs"
	"igs/event"
	"igs/internal/fault"
	"igs/optim/selfcheck"
	"igs/record"
	"igs/splat"
	"igs/vk"
	"igs/vk/vktest"
)

// sideJob trains four runs of few steps.
func sideJob(t *testing.T, settings ...string) *configs.Job {
	return shortJob(t, append([]string{"sweep.gaussians=20,30,40,50", "sweep.steps=6", "train.eval_every=6", "output.rounding_loss=0"}, settings...)...)
}

var sideRuns = []string{"dot-20-6", "dot-30-6", "dot-40-6", "dot-50-6"}

// witness takes down the events of runs.
type witness struct {
	events   []event.OfRun
	failed   []string
	warnings []string
	then     func(event.OfRun)
}

func (w *witness) take(e event.Event) {
	switch e := e.(type) {
	case event.OfRun:
		w.events = append(w.events, e)
		if w.then != nil {
			w.then(e)
		}
	case event.RunFailed:
		w.failed = append(w.failed, e.Err.Error())
	case event.Warned:
		w.warnings = append(w.warnings, e.Text)
	}
}

// at is the number of the first event of a name of a run.
func (w *witness) at(name, run string) int {
	return slices.IndexFunc(w.events, func(e event.OfRun) bool { return e.Run == run && e.Name() == name })
}

// side trains a job, which must end without an error when code is 0.
func side(ctx context.Context, t *testing.T, job *configs.Job, o Options, code int) (*Result, *witness) {
	t.Helper()
	w := &witness{}
	if o.Sink == nil {
		o.Sink = w.take
	}
	sweep, err := New(job, o)
	if err != nil {
		t.Fatal(err)
	}
	result, err := sweep.Train(ctx)
	if fault.Code(err) != code {
		t.Fatalf("%v: code %d, want %d", err, fault.Code(err), code)
	}
	return result, w
}

// wholeOfSide trains sideJob once for all tests, with memory for one run after the other.
func wholeOfSide(t *testing.T, dev *vk.Device) (*Result, *witness) {
	t.Helper()
	tight := fmt.Sprintf("memory.host_budget=%d", workBytes(size(48, 37, 3, 8))+10_000)
	return wholeSide.train(t, dev, sideJob(t, tight))
}

// sameFiles compares the files of the runs of sideJob; see sameRuns.
func sameFiles(t *testing.T, whole, other *Result, what string) {
	t.Helper()
	sameRuns(t, sideRuns, whole, other, what)
}

// The files of a run are written while the next one trains, with the same bits as one after the other. So are runs on two
// devices, and two runs on one device.
func TestRunsSideBySide(t *testing.T) {
	vktest.Long(t)
	dev, second := vktest.OpenPlain(t), secondDevice(t) // TestCorpusOnTwoDevices has two with the validation layer
	ctx := context.Background()
	whole, after := wholeOfSide(t, dev)
	for i, run := range sideRuns[1:] {
		if after.at("run_started", run) < after.at("run_ended", sideRuns[i]) {
			t.Errorf("%s began before the files of %s were written, without memory for both", run, sideRuns[i])
		}
	}
	job := sideJob(t)
	next := filepath.Join(job.Output.Dir, "s", sideRuns[1])
	looked := false
	waiting := &witness{then: func(e event.OfRun) {
		if _, ok := e.Event.(event.Scoring); !ok || looked || e.Run != sideRuns[0] {
			return
		}
		if looked = true; !appears(next) {
			t.Errorf("%s does not begin while the files of %s are written", sideRuns[1], sideRuns[0])
		}
	}}
	beside, _ := side(ctx, t, job, Options{Devices: on(dev), Sink: waiting.take}, 0)
	sameFiles(t, whole, beside, "beside")

	both, seen := side(ctx, t, sideJob(t), Options{Devices: on(dev, second)}, 0)
	sameFiles(t, whole, both, "two devices")
	slots := map[int]bool{}
	for _, e := range seen.events {
		slots[e.Slot] = true
		if e.Slots != 2 || !strings.Contains(e.Device, ": ") {
			t.Fatalf("%+v", e)
		}
	}
	if !slots[0] || !slots[1] || len(both.Session.Record.Devices) != 2 {
		t.Errorf("slots %v, devices %+v", slots, both.Session.Record.Devices)
	}
	job = sideJob(t)
	w := &witness{then: func(e event.OfRun) {
		if _, ok := e.Event.(event.RunStarted); !ok {
			return
		}
		h, _, err := readHolder(filepath.Join(job.Output.Dir, "s", claimsFolder, e.Run, "1"))
		if err != nil || h.Device != e.Device || e.Device == "" {
			t.Errorf("the claim of %s names %q, not %q: %v", e.Run, h.Device, e.Device, err)
		}
	}}
	joined, _ := side(ctx, t, job, Options{Devices: on(dev, second), Join: true, Sink: w.take}, 0)
	sameFiles(t, whole, joined, "two devices of one process that joins")
	if len(joined.Outcomes) != len(sideRuns) || joined.Session.Record.Status != record.Done {
		t.Errorf("%+v", joined)
	}

	jobs, seen := side(ctx, t, sideJob(t, "device.jobs=2"), Options{Devices: on(dev)}, 0)
	sameFiles(t, whole, jobs, "two at once")
	if seen.at("run_started", sideRuns[1]) > seen.at("saved", sideRuns[0]) {
		t.Error("the second run waited for the first")
	}
	if got := summaryRuns(t, jobs.Session.Dir); !slices.Equal(got, sideRuns) {
		t.Errorf("summary.csv: %v", got)
	}
}

// appears waits until a folder is there.
func appears(path string) bool {
	for began := time.Now(); time.Since(began) < 10*time.Second; time.Sleep(time.Millisecond) {
		if _, err := os.Stat(path); err == nil {
			return true
		}
	}
	return false
}

// A device that could not train a run does not get it again. Another one may, and when all have refused it, it has failed.
func TestDevicesThatRefuseARun(t *testing.T) {
	w := newSweep(sideJob(t), Options{})
	first, second := &device{}, &device{}
	w.devices, w.tries = []*device{first, second}, map[int]*attempts{}
	refused := func(d *device) bool {
		return w.another(&task{at: 3, slot: &slot{device: d}, folder: &folder{}, err: fault.New(fault.OutOfMemory, "", "too small")}) != ""
	}
	if !refused(first) || w.mayTrain(first, 3) || !w.mayTrain(second, 3) || !w.mayTrain(first, 2) {
		t.Errorf("after the first device: %v, %v", w.mayTrain(first, 3), w.mayTrain(second, 3))
	}
	if refused(second) || w.mayTrain(second, 3) {
		t.Error("a third device is asked")
	}
}

// The files of a run are written beside the next one when there is a next one, the host has memory for both, and no scores
// need the device.
func TestWhatIsWrittenBeside(t *testing.T) {
	m := selfcheck.Picture(48, 37)
	work := workBytes(size(48, 37, 3, 8)) + 48*37*3 + 3*20*100
	for _, c := range []struct {
		set    string
		budget int64
		more   int
		want   bool
	}{
		{"train.seed=1", 0, 1, true},
		{"train.seed=1", 0, 0, false},
		{"train.seed=1", work + besideBytes(size(48, 37, 3, 8)), 1, true},
		{"train.seed=1", work + besideBytes(size(48, 37, 3, 8)) - 1, 1, false},
		{"input.downsample=2", 0, 1, false},
	} {
		job := sideJob(t, c.set)
		job.Memory.Host = c.budget
		runs, err := job.Runs()
		if err != nil {
			t.Fatal(err)
		}
		w := newSweep(job, Options{})
		w.slots, w.queue = []*slot{{}}, &runQueue{Sweep: w, free: make([]int, c.more)}
		if got := w.beside(&task{run: runs[0], target: m}); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func summaryRuns(t *testing.T, dir string) (names []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, record.SummaryFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		name, _, _ := strings.Cut(line, ",")
		names = append(names, name)
	}
	return names
}

// An error of the files of a run is that of the run: the next one is trained, and resuming writes the files.
func TestFilesOfARunFail(t *testing.T) {
	vktest.Long(t)
	dev := vktest.OpenPlain(t)
	w := &witness{}
	w.then = func(e event.OfRun) {
		if saved, ok := e.Event.(event.Saved); ok && saved.Kind == "model" && e.Run == sideRuns[1] {
			other := filepath.Join(filepath.Dir(saved.Path), "other")
			if err := errors.Join(os.Rename(other, other+"-away"), os.WriteFile(other, nil, 0o666)); err != nil {
				t.Error(err)
			}
		}
	}
	result, _ := side(context.Background(), t, sideJob(t), Options{Devices: on(dev), Sink: w.take}, fault.PartFailed)
	for i, name := range sideRuns {
		r, err := record.ReadRun(filepath.Join(result.Session.Dir, name))
		if err != nil || (r.Status == record.Done) != (i != 1) || (r.Error == "") != (i != 1) {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
	if len(w.failed) != 1 || !strings.HasPrefix(w.failed[0], sideRuns[1]+": ") {
		t.Errorf("failed: %q", w.failed)
	}
	other := filepath.Join(result.Session.Dir, sideRuns[1], "other")
	if err := errors.Join(os.Remove(other), os.Rename(other+"-away", other)); err != nil {
		t.Fatal(err)
	}
	whole, _ := wholeOfSide(t, dev)
	sameFiles(t, whole, resumed(t, result.Session.Dir, Options{Devices: on(dev)}), "resumed")
}

// An interruption while files are written and a run trains loses nothing. The session goes on on any number of devices.
func TestInterruptedBeside(t *testing.T) {
	vktest.Long(t)
	dev, second := vktest.OpenPlain(t), secondDevice(t)
	ctx, cancel := context.WithCancel(context.Background())
	w := &witness{then: func(e event.OfRun) {
		if _, ok := e.Event.(event.Scoring); ok && e.Run == sideRuns[0] {
			cancel()
		}
	}}
	part, _ := side(ctx, t, sideJob(t), Options{Devices: on(dev), Sink: w.take}, fault.Failed)
	if r, err := record.ReadRun(filepath.Join(part.Session.Dir, sideRuns[0])); err != nil || r.Status != record.Done || r.Result.FLIP == nil {
		t.Errorf("the files of the run before: %+v, %v", r, err)
	}
	if part.Session.Left() == 0 {
		t.Fatal("nothing was interrupted")
	}
	whole, _ := wholeOfSide(t, dev)
	sameFiles(t, whole, resumed(t, part.Session.Dir, Options{Devices: on(second, dev)}), "resumed")
}

// loser loses the device of the first slot at a step.
type loser struct{ done bool }

func (l *loser) Due(int) bool { return true }
func (l *loser) Look(context.Context, int, func() (*splat.Model, error)) (bool, error) {
	if l.done {
		return false, nil
	}
	l.done = true
	return false, &vk.DeviceLostError{Call: "vkQueueSubmit"}
}

// The run of a device that is lost, or whose memory is too small, goes on on another device. With no other device the
// session ends, and resuming goes on.
func TestDeviceThatFails(t *testing.T) {
	vktest.Long(t)
	dev, small, full := vktest.OpenPlain(t), secondDevice(t), &secondIsFull
	ctx, proven := context.Background(), &selfcheck.Proofs{}
	whole, _ := wholeOfSide(t, dev)
	rest, seen := side(ctx, t, sideJob(t), Options{Devices: on(small, dev), Proofs: proven, Watcher: &loser{}}, 0)
	sameFiles(t, whole, rest, "a lost device")
	if len(seen.warnings) != 1 || !strings.Contains(seen.warnings[0], "on device ") || !strings.Contains(seen.warnings[0], "the device was lost: another device goes on with it") {
		t.Errorf("warnings: %q", seen.warnings)
	}

	job := sideJob(t)
	part, _ := side(ctx, t, job, Options{Devices: on(dev), Watcher: &loser{}}, fault.PartFailed)
	if part.Session.Left() != len(sideRuns) {
		t.Errorf("%d runs are left", part.Session.Left())
	}
	sameFiles(t, whole, resumed(t, part.Session.Dir, Options{Devices: on(dev)}), "after the only device was lost")

	full.Store(true)
	for _, c := range []struct {
		proofs *selfcheck.Proofs
		want   string
	}{{proven, "another device goes on with it"}, {nil, "the session goes on without this device"}} {
		rest, seen = side(ctx, t, sideJob(t), Options{Devices: on(small, dev), Proofs: c.proofs}, 0)
		sameFiles(t, whole, rest, "a device without memory")
		if !slices.ContainsFunc(seen.warnings, func(text string) bool { return strings.Contains(text, c.want) }) {
			t.Errorf("no warning %q in %q", c.want, seen.warnings)
		}
	}

	full.Store(false)
	began := false
	w := &witness{then: func(e event.OfRun) {
		if _, ok := e.Event.(event.RunStarted); ok && !began {
			began = true
			full.Store(true) // until a run is refused
		}
	}}
	rest, _ = side(ctx, t, sideJob(t, "device.jobs=2"), Options{Devices: on(small), Sink: func(e event.Event) {
		w.take(e)
		if warned, ok := e.(event.Warned); ok && strings.Contains(warned.Text, "it is tried again without other runs on the device") {
			full.Store(false)
		}
	}}, 0)
	sameFiles(t, whole, rest, "a device without memory for two runs")
	if len(w.warnings) == 0 {
		t.Error("no run was refused")
	}
}

// A run that a device had no memory for beside others gets the device for itself, and then no more.
func TestRefusedBesideOthers(t *testing.T) {
	w := newSweep(sideJob(t), Options{})
	d := &device{slots: 2}
	w.devices, w.tries, w.slots = []*device{d}, map[int]*attempts{}, []*slot{{device: d}, {device: d}}
	other, crowded := &task{at: 1, slot: w.slots[0]}, &task{at: 2, slot: w.slots[1], folder: &folder{}, err: fault.New(fault.OutOfMemory, "", "too small")}
	w.begun(other)
	w.begun(crowded)
	if w.another(crowded) == "" {
		t.Fatal("it is not tried alone")
	}
	w.trained(crowded)
	if w.mayBegin(d, 2) || !w.mayBegin(d, 3) {
		t.Error("it begins beside another run, or the others wait")
	}
	w.trained(other)
	if !w.mayBegin(d, 2) {
		t.Error("it does not begin alone")
	}
	again := *crowded
	again.trained = false
	w.begun(&again)
	if w.mayBegin(d, 3) {
		t.Error("another run begins beside it")
	}
	if w.another(&again) != "" || w.mayTrain(d, 2) {
		t.Error("it is tried a third time")
	}
}
