package main

import (
	"path/filepath"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/optim"
	"igs/record"
	"igs/splat"
)

// rescue writes the model of a run that failed: the splats as they were after the last good step.
func (f *folder) rescue(t *optim.Trainer, run configs.Run, target *imageio.Samples, tell event.Sink) error {
	splats, err := t.Splats()
	if err != nil {
		return err
	}
	path := filepath.Join(f.dir, record.ModelFile)
	if err := splat.Save(path, modelOf(splats, run, target)); err != nil {
		return err
	}
	if f.record.Files[record.ModelFile], err = record.Hash(path); err != nil {
		return err
	}
	tell(event.Saved{Kind: "model", Path: path})
	return nil
}

// modelOf is what a run has to save.
func modelOf(splats *splat.Splats, run configs.Run, target *imageio.Samples) *splat.Model {
	return &splat.Model{Splats: splats, W: target.W, H: target.H, Depth: target.Depth, TopK: run.Train.TopK, Recipe: "paper", Version: version}
}
