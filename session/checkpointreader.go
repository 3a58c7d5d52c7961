package session

import (
	"path/filepath"

	"igs/convert"
	"igs/optim"
	"igs/record"
	"igs/splat"
)

// CheckpointReader reads checkpoints of igs for package convert. The folder of the run, if there is one, adds what a
// checkpoint does not hold.
func CheckpointReader(path string) convert.Checkpoint {
	return func(data []byte) (*splat.Splats, convert.ModelHints, error) {
		s, err := optim.DecodeState(data)
		if err != nil {
			return nil, convert.ModelHints{}, err
		}
		known := runAround(path)
		known.W, known.H = s.W, s.H
		return s.Splats, known, nil
	}
}

// runAround reads the settings, and the pictures when there is a model, from the folder of the run that a checkpoint is
// in. It gives nothing when the checkpoint is in another place.
func runAround(checkpoint string) (known convert.ModelHints) {
	whole, err := filepath.Abs(checkpoint)
	if err != nil || filepath.Base(filepath.Dir(whole)) != filepath.Dir(filepath.FromSlash(record.LatestCheckpoint)) {
		return known
	}
	dir := filepath.Dir(filepath.Dir(whole))
	run, err := record.ReadRun(dir)
	if err != nil {
		return known
	}
	if gamma, ok := run.Settings["input.gamma"].Number(); ok {
		known.Gamma = gamma
	}
	if topk, ok := run.Settings["train.topk"].Number(); ok {
		known.TopK = int(topk)
	}
	if m, err := splat.Load(filepath.Join(dir, record.ModelFile)); err == nil {
		known.Pictures = m.Layers
	}
	return known
}
