package main

import (
	"path/filepath"

	"igs/configs"
	"igs/event"
	"igs/optim"
	"igs/splat"
)

// rescue writes the model of a run that failed: the splats as they were after the last good step.
func (f *folder) rescue(t *optim.Trainer, run configs.Run, w, h, depth int, tell event.Sink) error {
	splats, err := t.Splats()
	if err != nil {
		return err
	}
	path := filepath.Join(f.dir, "model.igsm")
	if err := splat.Save(path, &splat.Model{Splats: splats, W: w, H: h, Depth: depth, TopK: run.Train.TopK, Recipe: "paper", Version: version}); err != nil {
		return err
	}
	if f.record.Files["model.igsm"], err = hashed(path); err != nil {
		return err
	}
	tell(event.Saved{Kind: "model", Path: path})
	return nil
}
