package session

import (
	"context"
	"encoding/json"
	"errors"
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
	"igs/vk/vktest"
)

// The picture of the first run is kept, so training starts without reading it again. Mistakes are in the order of the
// runs.
func TestTheFirstPictureIsKept(t *testing.T) {
	dir := t.TempDir()
	var runs []configs.Run
	for i, name := range []string{"a.png", "b.png", "b.png", "c.png"} {
		path := filepath.Join(dir, name)
		file, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(file, image.NewGray(image.Rect(0, 0, 4, 4+i))); err != nil {
			t.Fatal(err)
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
		runs = append(runs, configs.Run{Image: path, Gaussians: 10, Settings: configs.Settings{Target: configs.Target{Gamma: 1, Downsample: 1}}})
	}
	found, err := new(Sweep).readTargets(runs)
	if err != nil {
		t.Fatal(err)
	}
	if found.last != runs[0].Image || found.kept[found.last] == nil || found.kept[found.last].H != 4 {
		t.Errorf("%s is kept, not the picture of the first run", found.last)
	}
	if len(found.hashes) != 3 || samples(found.sizes[runs[3].Image]) != 28 {
		t.Errorf("hashes of %d pictures, %d samples in the last", len(found.hashes), samples(found.sizes[runs[3].Image]))
	}
	for _, i := range []int{0, 3} {
		if err := os.WriteFile(runs[i].Image, []byte("no picture"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	_, err = new(Sweep).readTargets(runs)
	if err == nil {
		t.Fatal("pictures that cannot be read were read")
	}
	first, last := strings.Index(err.Error(), "a.png"), strings.Index(err.Error(), "c.png")
	if first < 0 || last < first {
		t.Errorf("mistakes in another order: %v", err)
	}
}

// grey writes a grey picture of one level.
func grey(t *testing.T, path string, level uint8) {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 4, 4))
	for i := range m.Pix {
		m.Pix[i] = level
	}
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(png.Encode(file, m), file.Close()); err != nil {
		t.Fatal(err)
	}
}

// A picture that is replaced between two runs of a session is not trained: run.json would have the hash of the other
// one. A picture of which the samples are in memory may be replaced.
func TestPictureReplacedDuringASession(t *testing.T) {
	dir := t.TempDir()
	var runs []configs.Run
	for _, name := range []string{"a.png", "b.png"} {
		path := filepath.Join(dir, name)
		grey(t, path, 10)
		runs = append(runs, configs.Run{Image: path, Gaussians: 1, Settings: configs.Settings{Target: configs.Target{Gamma: 1, Downsample: 1}}})
	}
	found, err := new(Sweep).readTargets(runs)
	if err != nil {
		t.Fatal(err)
	}
	for _, run := range runs {
		grey(t, run.Image, 200)
	}
	if m, err := found.take(runs[0], false); err != nil || m.At(0, 0, 0) > 0.1 {
		t.Errorf("the picture in memory: %v", err)
	}
	if _, err := found.take(runs[1], false); fault.Code(err) != fault.BadInput || !strings.Contains(err.Error(), "b.png was replaced while the session worked") {
		t.Errorf("%v", err)
	}
	grey(t, runs[1].Image, 10)
	if _, err := found.take(runs[1], false); err != nil {
		t.Error(err)
	}
}

// One picture at most is read ahead, and its run does not read it again. An error of reading is that of the run.
func TestPicturesAreReadAhead(t *testing.T) {
	dir := t.TempDir()
	var runs []configs.Run
	for _, name := range []string{"a.png", "b.png", "c.png"} {
		path := filepath.Join(dir, name)
		grey(t, path, 10)
		runs = append(runs, configs.Run{Image: path, Gaussians: 1, Settings: configs.Settings{Target: configs.Target{Gamma: 1, Downsample: 1}}})
	}
	found, err := new(Sweep).readTargets(runs)
	if err != nil {
		t.Fatal(err)
	}
	found.readAhead(context.Background(), runs[0], false) // it is there
	found.readAhead(context.Background(), runs[1], false)
	found.readAhead(context.Background(), runs[2], false) // the second one
	m := found.kept[runs[1].Image]
	if len(found.kept) != 2 || found.ahead != runs[1].Image || m == nil {
		t.Fatalf("%d pictures, %q ahead", len(found.kept), found.ahead)
	}
	m.reading.Lock() // when it is read
	read := m.Samples
	m.reading.Unlock()
	grey(t, runs[1].Image, 200)
	if got, err := found.take(runs[1], false); err != nil || got != read || found.ahead != "" || len(found.kept) != 1 {
		t.Errorf("%v, %q ahead, %d pictures are kept", err, found.ahead, len(found.kept))
	}
	grey(t, runs[2].Image, 200)
	found.readAhead(context.Background(), runs[2], false)
	if _, err := found.take(runs[2], false); fault.Code(err) != fault.BadInput || !strings.Contains(err.Error(), "was replaced") {
		t.Errorf("%v", err)
	}
	found.give(runs[1].Image)
	found.readAhead(context.Background(), runs[0], false)
	found.close()
}

// The next picture is read while a run trains, when the host has memory for it and it is another one.
func TestTheNextPictureIsReadAhead(t *testing.T) {
	dev := vktest.OpenPlain(t)
	base := int64(48*37*3) + workBytes(size(48, 37, 3, 8)) + 2*40*100 + besideBytes(size(48, 37, 3, 8))
	var results []*Result
	for budget, want := range map[int64]int{0: 1, base + 48*37*3 - 1: 0} {
		job := shortJob(t, "sweep.steps=2", "output.rounding_loss=0")
		second := filepath.Join(filepath.Dir(job.Input.Images[0]), "e.png")
		data, err := os.ReadFile(job.Input.Images[0])
		if err == nil {
			err = errors.Join(os.WriteFile(second, data, 0o666), job.SetImages([]string{job.Input.Images[0], second}, "test"))
		}
		if err != nil {
			t.Fatal(err)
		}
		job.Memory.Host = budget
		plan, err := NewPlan(job, nil)
		if err != nil || (plan.Ahead > 0) != (want == 1) {
			t.Errorf("budget %d: %v, planned %d bytes for pictures ahead", budget, err, plan.Ahead)
		}
		var sweep *Sweep
		ahead, placed := 0, 0
		sweep, err = New(job, Options{Devices: on(dev), Sink: func(e event.Event) {
			of, _ := e.(event.OfRun)
			if _, ok := of.Event.(event.RunStarted); !ok {
				return
			}
			sweep.targets.mu.Lock()
			defer sweep.targets.mu.Unlock()
			if of.Run == "dot-40-2" && sweep.targets.ahead == second {
				ahead++
			}
			if m := sweep.targets.kept[second]; of.Run == "e-40-2" && m.placedFor == of.Run && m.placed == nil {
				placed++ // and taken
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		result, err := sweep.Train(context.Background())
		if err != nil || ahead != want || placed != want {
			t.Errorf("budget %d: %v, %d pictures ahead, splats of %d are placed", budget, err, ahead, placed)
		}
		results = append(results, result)
	}
	sameRuns(t, []string{"dot-40-2", "e-40-2"}, results[0], results[1], "read ahead")
}

// A video shows the picture that the run was trained on, or none.
func TestTargetOfAVideo(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.png")
	grey(t, path, 10)
	file, err := record.Hash(path)
	if err != nil {
		t.Fatal(err)
	}
	r := &record.Run{Image: record.Image{Path: path, Sha256: file.Sha256}, Settings: map[string]record.Setting{"input.gamma": {Value: json.Number("0.5")}}}
	level := func() uint8 {
		t.Helper()
		m, err := targetOf(dir, r)()
		if err != nil {
			t.Fatal(err)
		}
		return color.GrayModel.Convert(m.At(1, 1)).(color.Gray).Y
	}
	if y := level(); y != 10 {
		t.Errorf("level %d of the file, want 10", y)
	}
	grey(t, path, 200)
	if _, err := targetOf(dir, r)(); fault.Code(err) != fault.BadInput || !strings.Contains(err.Error(), "has changed since") {
		t.Errorf("another picture: %v", err)
	}
	if err := os.Mkdir(filepath.Join(dir, "other"), 0o777); err != nil {
		t.Fatal(err)
	}
	grey(t, filepath.Join(dir, filepath.FromSlash(record.TargetFile)), 30)
	if y := level(); y != 30 {
		t.Errorf("level %d, want that of the copy", y)
	}
}

// Scores at the full size are of the picture that was trained. When it was replaced, there are none, and a warning.
func TestFullSizeOfAReplacedPicture(t *testing.T) {
	vktest.Long(t)
	job := shortJob(t, "input.downsample=2")
	var warnings []string
	sweep, err := New(job, Options{Devices: on(vktest.OpenPlain(t)), Sink: func(e event.Event) {
		switch e := bare(e).(type) {
		case event.Checkpointed:
			grey(t, job.Input.Images[0], 10)
		case event.Warned:
			warnings = append(warnings, e.Text)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	result, err := sweep.Train(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if r := result.Session.Runs["dot-40-20"]; r.Status != record.Done || r.Result.Full != nil || !strings.Contains(strings.Join(warnings, "\n"), "no scores at the full size: the picture ") {
		t.Errorf("%+v, warnings %q", r.Result, warnings)
	}
}
