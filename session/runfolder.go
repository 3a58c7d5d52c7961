package session

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"time"

	"igs/configs"
	"igs/event"
	"igs/internal/fault"
	"igs/internal/process"
	"igs/metric"
	"igs/optim"
	"igs/record"
	"igs/render"
	"igs/video"
	"igs/vk"
)

// folder is the folder of one run, with what training writes into it.
type folder struct {
	dir    string
	record *record.Run
	render bool        // write render.png when training is done
	start  optim.Start // where training begins
	logs   logs
	claim  *claim // nil: no other process can take the run

	scores   *render.Scores     // of the final picture; nil: not rendered
	rounding *record.Rounding   // of the model file; nil: it keeps float32
	full     *record.FullScores // against the picture in full size; nil: trained at full size

	early *writing     // of the pictures that depend on the target alone; nil: they are written with the others
	spool *video.Spool // nil: no training video

	logging time.Duration // training waits for logs
}

// newFolder makes the folder of a run with its first files. It removes an earlier run of the same name only when
// output.exists is overwrite, and only a folder that igs made.
func (w *Sweep) newFolder(t *task) (*folder, error) {
	dir := filepath.Join(w.session.Dir, t.run.Name)
	r, err := w.describe(t)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(dir); err == nil && w.job.Output.Exists == "overwrite" {
		if _, err := os.Stat(filepath.Join(dir, record.RunFile)); err != nil {
			return nil, fault.New(fault.OutputExists, "move it away, or choose another output.session", "%s is not the folder of a run: it has no run.json", dir)
		}
		w.warn("replacing the earlier run " + dir)
		if err := os.RemoveAll(dir); err != nil {
			return nil, fmt.Errorf("remove the earlier run: %w", err)
		}
	}
	err = atomicDir(dir, func(dir string) error {
		return errors.Join(os.Mkdir(filepath.Join(dir, "other"), 0o777), os.Mkdir(filepath.Join(dir, "checkpoints"), 0o777), r.Write(dir))
	})
	if errors.Is(err, fs.ErrExist) {
		return nil, fault.New(fault.OutputExists, "move it away, or choose another output.session", "%s exists, and the run needs this name", dir)
	}
	if err != nil {
		return nil, unwritable(dir, err)
	}
	return &folder{dir: dir, record: r}, nil
}

// describe is run.json at the start of a run.
func (w *Sweep) describe(t *task) (*record.Run, error) {
	run, m := t.run, t.target
	path, err := filepath.Abs(run.Image)
	if err != nil {
		return nil, err
	}
	r := &record.Run{
		Status: record.Running, Name: run.Name, Igs: w.Build, Started: time.Now(), Device: deviceOf(t.slot.Device),
		Gaussians: run.Gaussians, Goal: goalOf(run), Steps: run.Steps, Settings: recordedSettings(w.job), Files: map[string]record.File{},
		Image: record.Image{Path: path, W: m.W, H: m.H, C: m.C, Depth: m.Depth, OnDisk: m.OnDisk(), Notes: m.Notes, Bytes: m.Source.Bytes, Sha256: m.Source.Sha256},
	}
	if given := run.Init.Saliency; given != "" {
		file, err := record.Hash(given)
		if err != nil {
			return nil, err
		}
		r.Saliency = &file
	}
	return r, nil
}

// recordedSettings is the settings of a job as run.json has them.
func recordedSettings(job *configs.Job) map[string]record.Setting {
	all := map[string]record.Setting{}
	for _, v := range job.Values() {
		all[v.Key] = record.Setting{Value: v.Value, Origin: v.Origin}
	}
	return all
}

// reopen opens the folder of a run that ended early, and reads its checkpoint.
func (w *Sweep) reopen(t *task, r *record.Run) (*folder, error) {
	f := &folder{dir: filepath.Join(w.session.Dir, t.run.Name), record: r}
	for _, dir := range []string{f.dir, filepath.Join(f.dir, "other"), filepath.Join(f.dir, "checkpoints"), f.path(record.SpoolFolder)} {
		clearDrafts(dir, false)
	}
	state, err := f.checkpoint()
	if err != nil {
		return nil, err
	}
	f.start.State = state
	if last := len(r.Extended) - 1; state != nil && last >= 0 && r.Extended[last].From == state.Step {
		state.GoOn()
	}
	r.Image.Path = t.run.Image
	w.change(r, f.from())
	on := deviceOf(t.slot.Device)
	if text := otherDevice(r.Device, on); text != "" && f.from() > 0 {
		w.send(t, event.Warned{Text: t.run.Name + " was " + text})
	}
	r.Status, r.Error, r.Ended, r.Device = record.Running, "", nil, on
	r.Resumed = append(r.Resumed, record.Resumption{Time: time.Now(), Step: f.from()})
	if r.Files == nil {
		r.Files = map[string]record.File{}
	}
	return f, r.Write(f.dir)
}

// folderOf is the folder of a run that has begun.
func (s *Session) folderOf(run string) *folder {
	return &folder{dir: filepath.Join(s.Dir, run), record: s.Runs[run]}
}

// change writes the settings that changed into run.json. They count after the given step.
func (w *Sweep) change(r *record.Run, step int) {
	now := recordedSettings(w.job)
	for _, key := range w.changed {
		was, is := r.Settings[key], now[key]
		if bytes.Equal(literalOf(was.Value), literalOf(is.Value)) {
			continue
		}
		r.Changed = append(r.Changed, record.Change{Time: time.Now(), Step: step, Key: key, Was: was.Value, Is: is.Value})
		r.Settings[key] = is
	}
}

// from is the step at which training begins or continues.
func (f *folder) from() int {
	if f.start.State == nil {
		return 0
	}
	return f.start.State.Step
}

// leftOut is the note about the scores of a huge picture.
const leftOut = "MS-SSIM and FLIP are left out, because they take too long for a picture of this size"

// estimated is the note about the scores of a huge picture whose run has not ended.
const estimated = "PSNR is an estimate from some of the pixels, and SSIM is not measured, because the picture is huge and the run has not ended"

// path is the path of a file of the run.
func (f *folder) path(name string) string { return filepath.Join(f.dir, filepath.FromSlash(name)) }

// end writes run.json with the result. This is the last file of a run, so a run whose run.json says done is complete.
func (f *folder) end(r optim.Result, used vk.Usage, err error) error {
	if err := f.claim.check(); err != nil {
		return err
	}
	now := time.Now()
	f.record.Status, f.record.Ended = r.Status, &now
	if err != nil {
		f.record.Status, f.record.Error = record.Failed, err.Error()
	}
	if r.Evaluated {
		bytes := f.record.Files[record.ModelFile].Bytes
		pixels := float64(f.record.Image.W) * float64(f.record.Image.H)
		f.record.Result = &record.Result{
			Scores: f.measured(r), Layers: f.layers(), Full: f.full, Steps: r.Steps, Splats: r.Splats, StoppedEarly: r.StoppedEarly,
			Bytes: bytes, BitsPerPixel: 8 * float64(bytes) / pixels, Rounding: f.rounding,
			Seconds: r.Seconds, TrainSeconds: r.TrainSeconds, DensifySeconds: r.DensifySeconds, StepsPerSec: record.Number(float64(r.Steps) / r.TrainSeconds),
		}
		switch {
		case math.IsNaN(f.record.Result.SSIM):
			f.record.Result.Notes = append(f.record.Result.Notes, estimated)
		case f.scores != nil && f.record.Image.W*f.record.Image.H >= metric.Huge:
			f.record.Result.Notes = append(f.record.Result.Notes, leftOut)
		}
	}
	if r.Steps > 0 {
		f.record.Memory = &record.Memory{Layout: r.Plan.String(), Planned: r.Plan.Bytes(), Peak: used.Peak, Host: process.PeakMemory(), Groups: map[string]int64{}}
		for _, g := range used.Groups {
			if g.Peak > 0 {
				f.record.Memory.Groups[g.Group] = g.Peak
			}
		}
	}
	return f.record.Write(f.dir)
}
