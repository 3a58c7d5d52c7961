package main

import (
	"fmt"
	"math"

	"igs/configs"
	"igs/imageio"
	"igs/metric"
	"igs/optim"
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
	err := shownRows(t.EachRow, gamma)(func(y int, row [][]float32) error {
		for c, line := range wanted {
			target.Row(c, y, line)
			if gamma != 1 {
				undoGamma(line, gamma)
			}
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

// measureFull compares the model of a run on a smaller picture with the whole one.
func (f *folder) measureFull(dev *vk.Device, run configs.Run) error {
	if run.Target.Downsample <= 1 {
		return nil
	}
	m, err := splat.Load(f.path(record.ModelFile))
	if err != nil {
		return err
	}
	target, err := imageio.Read(run.Image)
	if err != nil {
		return err
	}
	found, err := scoreModel(dev, m, target)
	f.scores.full = &record.FullScores{W: target.W, H: target.H, Scores: found.whole}
	return err
}

// scoreModel draws a model at the size of a picture and compares the two.
func scoreModel(dev *vk.Device, m *splat.Model, target *imageio.Image) (scores, error) {
	j := newJury(target.W, target.H, target.C, target.Layers)
	same := imageio.NewRescaler(m.Layers, target.Layers)
	wanted := make([][]float32, target.C)
	err := optim.RenderRows(dev, m, optim.Drawing{W: target.W, H: target.H}, func(y int, row [][]float32) error {
		for c := range wanted {
			wanted[c] = target.Plane(c)[y*target.W : (y+1)*target.W]
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

// jury scores a stack and each of its pictures.
type jury struct {
	whole   *metric.Scorer
	layers  []imageio.Layer
	singles []*metric.Scorer // of the layers, when there are several
}

func newJury(w, h, c int, layers []imageio.Layer) *jury {
	j := &jury{whole: metric.NewScorer(w, h, c), layers: layers}
	if len(layers) > 1 {
		for _, l := range layers {
			j.singles = append(j.singles, metric.NewScorer(w, h, l.C))
		}
	}
	return j
}

func (j *jury) add(target, render [][]float32) {
	j.whole.Add(target, render)
	first := 0
	for i, s := range j.singles {
		end := first + j.layers[i].C
		s.Add(target[first:end], render[first:end])
		first = end
	}
}

func (j *jury) scores() scores {
	s := scores{whole: recorded(j.whole.Scores())}
	for i, single := range j.singles {
		s.layers = append(s.layers, record.LayerScores{Name: layerName(j.layers[i], i), Scores: recorded(single.Scores())})
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
