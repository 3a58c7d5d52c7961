package session

import (
	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/metric"
	"igs/optim"
	"igs/record"
	"igs/render"
	"igs/splat"
	"igs/vk"
)

// measured are the scores of a run: PSNR and SSIM as training measured them, the others of the final picture, if it was drawn.
func (f *folder) measured(r optim.Result) metric.Scores {
	var all metric.Scores
	if f.scores != nil {
		all = f.scores.Whole
	}
	all.PSNR, all.SSIM = r.PSNR, r.SSIM
	return all
}

func (f *folder) layers() []record.LayerScores {
	if f.scores == nil {
		return nil
	}
	return f.scores.Layers
}

// measureFull compares the model of a run on a smaller picture with the whole picture. A failure is a warning, because the run is done.
func (f *folder) measureFull(dev *vk.Device, run configs.Run, tell event.Sink) {
	if run.Target.Downsample <= 1 {
		return
	}
	full, err := scoreFull(dev, f.path(record.ModelFile), run)
	if err != nil {
		tell(event.Warned{Text: "no scores at the full size: " + err.Error()})
		return
	}
	f.full = full
}

func scoreFull(dev *vk.Device, model string, run configs.Run) (*record.FullScores, error) {
	m, err := splat.Load(model)
	if err != nil {
		return nil, err
	}
	target, err := imageio.ReadTarget(run.Image, imageio.Options{AsStored: run.Target.Profile == configs.ProfileIgnore})
	if err != nil {
		return nil, err
	}
	found, err := render.Score(dev, m, target, run.Memory.Budget)
	if err != nil {
		return nil, err
	}
	return &record.FullScores{W: target.W, H: target.H, Scores: found.Whole}, nil
}
