package main

import (
	"errors"
	"math"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/optim"
	"igs/record"
	"igs/splat"
	"igs/video"
)

// save writes the model and the pictures, and tells of each. The pictures go from the
// device to the file row by row; that the splats are drawn twice costs less than keeping
// a picture for the second time: 400 MB at 8K.
func (f *folder) save(t *optim.Trainer, run configs.Run, target *imageio.Samples, tell event.Sink) error {
	if err := f.saveModel(t, run, target, tell); err != nil {
		return err
	}
	for _, o := range pictures(t, target, f.render) {
		if err := f.write(o, tell); err != nil {
			return err
		}
	}
	return nil
}

// output is a file of a run, and how it is written.
type output struct {
	kind, name string
	write      func(path string) error
}

func (f *folder) write(o output, tell event.Sink) (err error) {
	path := f.path(o.name)
	if err := o.write(path); err != nil {
		return err
	}
	if f.record.Files[o.name], err = record.Hash(path); err != nil {
		return err
	}
	tell(event.Saved{Kind: o.kind, Path: path})
	return nil
}

// pictures are those of a run that ended well.
func pictures(t *optim.Trainer, target *imageio.Samples, rendered bool) []output {
	w, h, c := target.W, target.H, target.C
	render := output{"render", record.RenderFile, func(path string) error {
		return errors.Join(writePushed(path, imageio.Spec{W: w, H: h, C: c, Depth: target.Depth}, t.EachRow))
	}}
	others := []output{
		{"target", record.TargetFile, func(path string) error {
			return imageio.WriteRows(path, imageio.Spec{W: w, H: h, C: c, Depth: target.Depth}, func(y int, dst [][]float32) error {
				for c := range dst {
					target.Row(c, y, dst[c])
				}
				return nil
			})
		}},
		{"error", record.ErrorFile, func(path string) error {
			return errors.Join(writePushed(path, imageio.Spec{W: w, H: h, C: c, Depth: 8}, errorRows(t.EachRow, target)))
		}},
		{"gradient", record.GradientFile, func(path string) error {
			return imageio.WriteRows(path, imageio.Spec{W: w, H: h, C: 1, Depth: 8}, optim.GradientRows(target))
		}},
	}
	if rendered {
		return append([]output{render}, others...)
	}
	return others
}

// errorRows is the absolute difference in each channel, times video.ErrorGain.
func errorRows(render pushedRows, target *imageio.Samples) pushedRows {
	return func(take func(y int, row [][]float32) error) error {
		line := make([]float32, target.W)
		return render(func(y int, row [][]float32) error {
			for c := range row {
				for x, v := range target.Row(c, y, line) {
					row[c][x] = min(1, video.ErrorGain*float32(math.Abs(float64(row[c][x]-v))))
				}
			}
			return take(y, row)
		})
	}
}

// saveModel writes the splats as they were after the last good step: all that is kept of a
// run that was interrupted or failed, beside its checkpoint.
func (f *folder) saveModel(t *optim.Trainer, run configs.Run, target *imageio.Samples, tell event.Sink) error {
	splats, err := t.Splats()
	if err != nil {
		return err
	}
	return f.write(output{"model", record.ModelFile, func(path string) error { return splat.Save(path, modelOf(splats, run, target)) }}, tell)
}

// modelOf is what a run has to save.
func modelOf(splats *splat.Splats, run configs.Run, target *imageio.Samples) *splat.Model {
	return &splat.Model{Splats: splats, W: target.W, H: target.H, Layers: layersOf(target), Gamma: 1, Bits: splat.Lossless, TopK: run.Train.TopK, Recipe: "paper", Version: version}
}

// layersOf are the pictures of a target.
func layersOf(target *imageio.Samples) []imageio.Layer {
	if target.Layers == nil {
		return splat.Plain(target.C, target.Depth)
	}
	return target.Layers
}
