package session

import (
	"cmp"
	"fmt"
	"math"

	"igs/configs"
	"igs/event"
	"igs/metric"
	"igs/optim"
	"igs/record"
	"igs/render"
	"igs/splat"
)

// measured is the scores of a run: PSNR and SSIM as training measured them, and the others from the final render if
// there is one. Those of a picture with alpha, over black and over white, and of a huge picture all come from the render.
func (f *folder) measured(r optim.Result) metric.Scores {
	var all metric.Scores
	if f.scores != nil {
		all = f.scores.Whole
	}
	if f.scores == nil || !f.scores.Alpha && !math.IsNaN(r.SSIM) {
		all.PSNR, all.SSIM = r.PSNR, r.SSIM
	}
	return all
}

func (f *folder) layers() []record.LayerScores {
	if f.scores == nil {
		return nil
	}
	return f.scores.Layers
}

// measureFull measures a model that was trained on a smaller picture against the picture in full size. A failure is
// only a warning, because the run is done.
func (w *Sweep) measureFull(t *task) {
	if t.run.Target.Downsample <= 1 {
		return
	}
	full, err := w.scoreFull(t)
	if err != nil {
		t.tell(event.Warned{Text: "no scores at the full size: " + err.Error()})
		return
	}
	t.folder.full = full
}

func (w *Sweep) scoreFull(t *task) (*record.FullScores, error) {
	f, run, tell := t.folder, t.run, t.tell
	m, err := splat.Load(f.path(record.ModelFile))
	if err != nil {
		return nil, err
	}
	run.Target = configs.Target{Profile: run.Target.Profile, Alpha: run.Target.Alpha}
	target, err := w.host.read(run, false)
	if err != nil {
		return nil, err
	}
	defer target.Close()
	if err := samePicture(run.Image, target.Source.Sha256, f.record.Image.Sha256); err != nil {
		return nil, err
	}
	on, err := w.Tunings.Platform(t.slot.Info(), target.Pixels()*target.C, false) // a render has no loss and so no SSIM
	if err != nil {
		return nil, err
	}
	tell(event.Detailed{Text: fmt.Sprintf("full size rendered with %s", on.Tuning)})
	show := render.Percents(target.H, func(row int) { tell(event.Scoring{Run: run.Name, Row: row, Rows: target.H, Full: true}) })
	found, err := render.Score(t.slot.Device, m, render.Watched(target, show), run.Memory.Budget, &on.Tuning)
	if err = cmp.Or(err, target.Err()); err != nil {
		return nil, err
	}
	return &record.FullScores{W: target.W, H: target.H, Scores: found.Whole}, nil
}
