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

// mostScored is the samples of the largest picture of which a run measures more than training does by the way: it takes 8 bytes of the host
// for each. 4K RGB has 25 million.
const mostScored = 32 << 20

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

// measure compares what the splats show with the target.
func measure(t *optim.Trainer, target *imageio.Samples, gamma float64) (scores, error) {
	if target.Pixels()*target.C > mostScored {
		return scores{}, nil
	}
	drawn := imageio.New(target.W, target.H, target.C)
	err := t.EachRow(func(y int, row [][]float32) error {
		for c, line := range row {
			copy(drawn.Plane(c)[y*drawn.W:], line)
		}
		return nil
	})
	if err != nil {
		return scores{}, err
	}
	return compare(drawn.Shown(gamma), target.Image().Shown(gamma)), nil
}

// scoreModel draws a model at the size of a picture and compares the two.
func scoreModel(dev *vk.Device, m *splat.Model, target *imageio.Image) (scores, error) {
	drawn, err := optim.Render(dev, m, target.W, target.H)
	if err != nil {
		return scores{}, err
	}
	drawn.Rescale(target.Layers)
	return compare(drawn, target), nil
}

// scoreFull compares the model of a run on a smaller picture with the whole one.
func (f *folder) scoreFull(dev *vk.Device, run configs.Run) error {
	if run.Target.Downsample <= 1 {
		return nil
	}
	size, err := imageio.ReadSize(run.Image)
	if err != nil || size.W*size.H*size.C > mostScored {
		return err
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
	f.scores.full = &record.FullScores{W: size.W, H: size.H, Scores: found.whole}
	return err
}

// compare scores a picture against another, and the layers of a stack one by one.
func compare(drawn, target *imageio.Image) scores {
	s := scores{whole: scoresOf(drawn, target)}
	if len(target.Layers) < 2 {
		return s
	}
	drawn.Layers = target.Layers
	for i, l := range target.Layers {
		s.layers = append(s.layers, record.LayerScores{Name: layerName(l, i), Scores: scoresOf(drawn.Layer(i), target.Layer(i))})
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

func scoresOf(drawn, target *imageio.Image) record.Scores {
	known := func(v float64) *float64 {
		if math.IsNaN(v) {
			return nil
		}
		return &v
	}
	return record.Scores{
		PSNR: record.Number(metric.PSNR(drawn, target)), SSIM: record.Number(metric.SSIM(drawn, target)),
		MSSSIM: known(metric.MSSSIM(drawn, target)), FLIP: known(metric.FLIP(target, drawn)),
	}
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
