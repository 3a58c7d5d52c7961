package session

import (
	"path/filepath"

	"igs/convert"
	"igs/optim"
	"igs/record"
	"igs/splat"
)

// CheckpointReader lends convert what the trainer knows of its checkpoints, and what the folder of the run around the file says.
func CheckpointReader(path string) convert.Checkpoint {
	return func(data []byte) (*splat.Splats, convert.Hints, error) {
		s, err := optim.DecodeState(data)
		if err != nil {
			return nil, convert.Hints{}, err
		}
		known := runAround(path)
		known.W, known.H = s.W, s.H
		return s.Splats, known, nil
	}
}

// runAround is what the folder of a run says of a checkpoint: its settings and, when it has a model already, the pictures. That
// nothing can be read there is no error.
func runAround(checkpoint string) (known convert.Hints) {
	whole, err := filepath.Abs(checkpoint)
	if err != nil || filepath.Base(filepath.Dir(whole)) != filepath.Dir(filepath.FromSlash(record.LatestCheckpoint)) {
		return known
	}
	dir := filepath.Dir(filepath.Dir(whole))
	run, err := record.ReadRun(dir)
	if err != nil {
		return known
	}
	if gamma, ok := run.Settings["input.gamma"].Value.(float64); ok {
		known.Gamma = gamma
	}
	if topk, ok := run.Settings["train.topk"].Value.(float64); ok {
		known.TopK = int(topk)
	}
	if m, err := splat.Load(filepath.Join(dir, record.ModelFile)); err == nil {
		known.Pictures = m.Layers
	}
	return known
}
