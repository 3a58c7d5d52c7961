package main

import (
	"errors"
	"math"
	"path/filepath"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/optim"
	"igs/optim/sampling"
	"igs/record"
	"igs/splat"
	"igs/video"
)

// save writes the model and the pictures, and tells of each. The pictures go from the
// device to the file row by row; that the splats are drawn twice costs less than keeping
// a picture for the second time: 400 MB at 8K.
func (f *folder) save(t *optim.Trainer, run configs.Run, target *imageio.Samples, tell event.Sink) error {
	if err := f.saveModel(t, tell); err != nil {
		return err
	}
	for _, d := range drawings(t, target, run.Target.Gamma, f.render) {
		if err := f.draw(d, target, tell); err != nil {
			return err
		}
	}
	return f.write(f.guide(run, target), tell)
}

// output is a file of a run, and how it is written.
type output struct {
	kind, name string
	write      func(path string) error
}

func (f *folder) write(o output, tell event.Sink) error {
	if err := o.write(f.path(o.name)); err != nil {
		return err
	}
	return f.note(o.kind, o.name, tell)
}

// note enters a file that is there into run.json and tells of it.
func (f *folder) note(kind, name string, tell event.Sink) (err error) {
	if f.record.Files[name], err = record.Hash(f.path(name)); err != nil {
		return err
	}
	tell(event.Saved{Kind: kind, Path: f.path(name)})
	return nil
}

// drawing is a picture of a run: a file, or one for each layer of a stack.
type drawing struct {
	kind, name string
	depth      int // bits a sample
	rows       pushedRows
}

// drawings are those of a run that ended well.
func drawings(t *optim.Trainer, target *imageio.Samples, gamma float64, rendered bool) []drawing {
	drawn := pushedRows(t.Rows().Shown().Each)
	all := []drawing{
		{"target", record.TargetFile, target.Depth, target.Rows(gamma).Shown().Each},
		{"error", record.ErrorFile, 8, errorRows(drawn, target, gamma)},
	}
	if rendered {
		return append([]drawing{{"render", record.RenderFile, target.Depth, drawn}}, all...)
	}
	return all
}

// draw writes the files of a drawing.
func (f *folder) draw(d drawing, target *imageio.Samples, tell event.Sink) error {
	path := f.path(d.name)
	sheets := []sheet{{path: path, spec: imageio.Spec{C: target.C}}}
	if stacked(target) {
		sheets = layerSheets(target.Layers, path)
	}
	for i := range sheets {
		s := &sheets[i].spec
		s.W, s.H, s.Depth = target.W, target.H, d.depth
	}
	if err := errors.Join(writeSheets(sheets, d.rows)); err != nil {
		return err
	}
	for _, s := range sheets {
		name := filepath.ToSlash(filepath.Join(filepath.Dir(filepath.FromSlash(d.name)), filepath.Base(s.path)))
		if err := f.note(d.kind, name, tell); err != nil {
			return err
		}
	}
	return nil
}

// stacked says whether a target is not one picture.
func stacked(target *imageio.Samples) bool {
	return len(target.Layers) > 1 || target.C != 1 && target.C != 3
}

// guide is the picture of what the first splats were placed by.
func (f *folder) guide(run configs.Run, target *imageio.Samples) output {
	kind, name, rows := "gradient", record.GradientFile, sampling.GradientRows
	if run.Init.Mode == "saliency" {
		kind, name = "saliency", record.SaliencyFile
		rows = func(m *imageio.Samples) func(y int, dst [][]float32) error {
			return sampling.SaliencyRows(m, f.saliency)
		}
	}
	return output{kind, name, func(path string) error {
		return imageio.WriteRows(path, imageio.Spec{W: target.W, H: target.H, C: 1, Depth: 8}, rows(target))
	}}
}

// errorRows is the absolute difference in each channel of rows as they are shown, times video.ErrorGain.
func errorRows(drawn pushedRows, target *imageio.Samples, gamma float64) pushedRows {
	return func(take func(y int, row [][]float32) error) error {
		line := make([]float32, target.W)
		return drawn(func(y int, row [][]float32) error {
			for c := range row {
				target.Row(c, y, line)
				imageio.Show(line, gamma)
				for x, v := range line {
					row[c][x] = min(1, video.ErrorGain*float32(math.Abs(float64(row[c][x]-v))))
				}
			}
			return take(y, row)
		})
	}
}

// saveModel writes the splats as they were after the last good step: all that is kept of a
// run that was interrupted or failed, beside its checkpoint.
func (f *folder) saveModel(t *optim.Trainer, tell event.Sink) error {
	m, err := t.Model()
	if err != nil {
		return err
	}
	return f.write(output{"model", record.ModelFile, func(path string) error { return splat.Save(path, m) }}, tell)
}
