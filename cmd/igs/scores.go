package main

import (
	"fmt"
	"math"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/metric"
	"igs/optim"
	"igs/optim/engine"
	"igs/record"
	"igs/runlog"
	"igs/splat"
	"igs/vk"
)

// scores are what a run measures when it is done.
type scores struct {
	whole  record.Scores
	layers []record.LayerScores
	full   *record.FullScores
}

// of are the scores of a run, as training measured them and what was measured behind it.
func (s *scores) of(r optim.Result) record.Scores {
	all := s.whole
	all.PSNR, all.SSIM = record.Number(r.PSNR), record.Number(r.SSIM)
	return all
}

// measure compares what the splats show with the target, row by row: a run holds no second picture.
func (f *folder) measure(t *optim.Trainer, target *imageio.Samples, gamma float64) error {
	wanted := make([][]float32, target.C)
	for c := range wanted {
		wanted[c] = make([]float32, target.W)
	}
	j := newJury(target.W, target.H, target.C, target.Layers)
	err := t.Rows().Shown().Each(func(y int, row [][]float32) error {
		for c, line := range wanted {
			target.Row(c, y, line)
			imageio.Show(line, gamma)
		}
		j.add(wanted, row)
		return nil
	})
	if err != nil {
		return err
	}
	f.scores = j.scores()
	return nil
}

// measureFull compares the model of a run on a smaller picture with the whole one. What is in the way of that is a warning: the run is done.
func (f *folder) measureFull(dev *vk.Device, run configs.Run, tell event.Sink) {
	if run.Target.Downsample <= 1 {
		return
	}
	m, err := splat.Load(f.path(record.ModelFile))
	if err == nil {
		var target *imageio.Samples
		if target, err = imageio.ReadTarget(run.Image, imageio.Options{AsStored: run.Target.Profile == configs.ProfileIgnore}); err == nil {
			var found scores
			if found, err = scoreModel(dev, m, target, run.Memory.Budget); err == nil {
				f.scores.full = &record.FullScores{W: target.W, H: target.H, Scores: found.whole}
				return
			}
		}
	}
	tell(event.Warned{Text: "no scores at the full size: " + err.Error()})
}

// scoreModel draws a model at the size of a picture, in so much device memory (0 = what is free), and compares the two.
func scoreModel(dev *vk.Device, m *splat.Model, target planar, budget int64) (scores, error) {
	size, layers := target.Form()
	j := newJury(size.W, size.H, size.C, layers)
	same := imageio.NewRescaler(m.Layers, layers)
	wanted := make([][]float32, size.C)
	for c := range wanted {
		wanted[c] = make([]float32, size.W)
	}
	err := engine.RenderRows(dev, m, engine.Drawing{W: size.W, H: size.H, Budget: budget}, func(y int, row [][]float32) error {
		for c := range wanted {
			target.Row(c, y, wanted[c])
		}
		same.Apply(row)
		j.add(wanted, row)
		return nil
	})
	if err != nil {
		return scores{}, err
	}
	return j.scores(), nil
}

// planar is a picture in planes, be they floats or what a file stores.
type planar interface {
	Form() (imageio.Size, []imageio.Layer)
	Row(c, y int, dst []float32) []float32
}

// jury scores a stack and each of its pictures.
type jury struct {
	scorer *metric.Scorer
	layers []imageio.Layer
}

func newJury(w, h, c int, layers []imageio.Layer) *jury {
	channels := []int{c}
	if len(layers) > 1 {
		channels = nil
		for _, l := range layers {
			channels = append(channels, l.C)
		}
	}
	return &jury{metric.NewScorer(w, h, channels...), layers}
}

func (j *jury) add(target, render [][]float32) { j.scorer.Add(target, render) }

func (j *jury) scores() scores {
	s := scores{whole: recorded(j.scorer.Scores())}
	for i := 0; i < len(j.layers) && len(j.layers) > 1; i++ {
		s.layers = append(s.layers, record.LayerScores{Name: layerName(j.layers[i], i), Scores: recorded(j.scorer.Part(i))})
	}
	return s
}

// layerName is how people find a layer.
func layerName(l imageio.Layer, i int) string {
	if l.Name == "" {
		return fmt.Sprint(i + 1)
	}
	return l.Name
}

func recorded(s metric.Scores) record.Scores {
	known := func(v float64) *float64 {
		if math.IsNaN(v) {
			return nil
		}
		return &v
	}
	return record.Scores{PSNR: record.Number(s.PSNR), SSIM: record.Number(s.SSIM), MSSSIM: known(s.MSSSIM), FLIP: known(s.FLIP)}
}

// shownScore is a measure in a table.
func shownScore(v *float64) string {
	if v == nil {
		return "–"
	}
	return fmt.Sprintf("%.4f", *v)
}

// scoreCells are the four measures in a table.
func scoreCells(s record.Scores) string {
	return fmt.Sprintf("%s\t%.4f\t%s\t%s", runlog.Decibels(float64(s.PSNR)), float64(s.SSIM), shownScore(s.MSSSIM), shownScore(s.FLIP))
}
