package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"time"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/internal/fault"
	"igs/optim"
	"igs/record"
	"igs/runlog"
	"igs/splat"
)

// folder is what one run leaves behind.
type folder struct {
	dir    string
	record record.Run
}

// newFolder makes the folder of a run, empty. It takes away an earlier run of the name
// only when the job says so, and only what was made by igs.
func (w *sweep) newFolder(run configs.Run) (*folder, error) {
	s := w.session
	dir := filepath.Join(s.dir, run.Name)
	err := os.Mkdir(dir, 0o777)
	if errors.Is(err, fs.ErrExist) && w.job.Output.Exists == "overwrite" {
		if _, err := os.Stat(filepath.Join(dir, record.RunFile)); err != nil {
			return nil, fault.New(fault.OutputExists, "move it away, or choose another --name", "%s is not the folder of a run: it has no run.json", dir)
		}
		w.program.console.warn("replacing the earlier run %s", dir)
		if err := os.RemoveAll(dir); err != nil {
			return nil, fmt.Errorf("take away the earlier run: %w", err)
		}
		err = os.Mkdir(dir, 0o777)
	}
	if err == nil {
		err = os.Mkdir(filepath.Join(dir, "other"), 0o777)
	}
	if err != nil {
		return nil, unwritable(dir, err)
	}
	return &folder{dir: dir, record: record.Run{
		Status: record.Running, Name: run.Name, Igs: s.record.Igs, Started: time.Now(), Device: s.record.Device,
		Gaussians: run.Gaussians, Steps: run.Steps, Settings: map[string]record.Setting{}, Files: map[string]record.File{},
	}}, nil
}

// describe notes what the run is about and writes run.json for the first time.
func (f *folder) describe(job *configs.Job, path string, m *imageio.Samples) error {
	for _, v := range job.Values() {
		f.record.Settings[v.Key] = record.Setting{Value: v.Value, Origin: v.Origin}
	}
	file, err := record.Hash(path)
	if err != nil {
		return err
	}
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	f.record.Image = record.Image{Path: path, W: m.W, H: m.H, C: m.C, Depth: m.Depth, Notes: m.Notes, Bytes: file.Bytes, Sha256: file.Sha256}
	return f.write()
}

func (f *folder) write() error { return f.record.Write(f.dir) }

// end notes how the run ended. Only now does run.json say done.
func (f *folder) end(o *outcome, err error) error {
	now := time.Now()
	f.record.Status, f.record.Ended = o.status, &now
	if err != nil {
		f.record.Status, f.record.Error = "failed", err.Error()
	}
	r := o.result
	if r.Steps > 0 {
		bytes := f.record.Files[record.ModelFile].Bytes
		pixels := float64(f.record.Image.W) * float64(f.record.Image.H)
		f.record.Result = &record.Result{
			PSNR: record.Number(r.PSNR), SSIM: record.Number(r.SSIM), Steps: r.Steps, Splats: r.Splats, StoppedEarly: r.StoppedEarly,
			Bytes: bytes, BitsPerPixel: 8 * float64(bytes) / pixels,
			Seconds: r.Seconds, TrainSeconds: r.TrainSeconds, StepsPerSec: record.Number(float64(r.Steps) / r.TrainSeconds),
		}
		f.record.Memory = &record.Memory{Layout: r.Plan.String(), Planned: r.Plan.Bytes(), Peak: o.memory.Peak, Host: hostPeak(), Groups: map[string]int64{}}
		for _, g := range o.memory.Groups {
			if g.Peak > 0 {
				f.record.Memory.Groups[g.Group] = g.Peak
			}
		}
	}
	return f.write()
}

// save writes the model and the pictures, and tells of each. The pictures go from the
// device to the file row by row; that the splats are drawn twice costs less than keeping
// a picture for the second time: 400 MB at 8K.
func (f *folder) save(t *optim.Trainer, run configs.Run, target *imageio.Samples, tell event.Sink) error {
	splats, err := t.Splats()
	if err != nil {
		return err
	}
	model := modelOf(splats, run, target)
	outputs := []struct {
		kind, name string
		write      func(path string) error
	}{
		{"model", record.ModelFile, func(path string) error { return splat.Save(path, model) }},
		{"render", record.RenderFile, func(path string) error {
			return errors.Join(writePushed(path, target.W, target.H, target.C, target.Depth, t.EachRow))
		}},
		{"target", record.TargetFile, func(path string) error {
			return imageio.WriteRows(path, target.W, target.H, target.C, target.Depth, func(y int, dst [][]float32) error {
				for c := range dst {
					target.Row(c, y, dst[c])
				}
				return nil
			})
		}},
		{"error", record.ErrorFile, func(path string) error {
			return errors.Join(writePushed(path, target.W, target.H, target.C, 8, errorRows(t.EachRow, target)))
		}},
		{"gradient", record.GradientFile, func(path string) error {
			return imageio.WriteRows(path, target.W, target.H, 1, 8, optim.GradientRows(target))
		}},
	}
	for _, o := range outputs {
		path := filepath.Join(f.dir, filepath.FromSlash(o.name))
		if err := o.write(path); err != nil {
			return err
		}
		if f.record.Files[o.name], err = record.Hash(path); err != nil {
			return err
		}
		tell(event.Saved{Kind: o.kind, Path: path})
	}
	return nil
}

const errorGain = 4 // an error of a quarter is white: smaller ones would be lost to the eye

// errorRows is the absolute difference in each channel, times errorGain.
func errorRows(render pushedRows, target *imageio.Samples) pushedRows {
	return func(take func(y int, row [][]float32) error) error {
		line := make([]float32, target.W)
		return render(func(y int, row [][]float32) error {
			for c := range row {
				for x, v := range target.Row(c, y, line) {
					row[c][x] = min(1, errorGain*float32(math.Abs(float64(row[c][x]-v))))
				}
			}
			return take(y, row)
		})
	}
}

// logs are the sinks of a run that write into its folder.
type logs struct {
	metrics *runlog.Metrics
	text    *runlog.LogFile
}

func (f *folder) logs(asJSON bool) logs {
	return logs{runlog.NewMetrics(filepath.Join(f.dir, record.MetricsFile)), runlog.NewLogFile(filepath.Join(f.dir, filepath.FromSlash(record.LogFile)), asJSON)}
}

func (l logs) take(e event.Event) {
	l.metrics.Take(e)
	l.text.Take(e)
}

func (l logs) close() error { return errors.Join(l.metrics.Close(), l.text.Close()) }
