package optim

import "igs/splat"

// Model returns a model of the present splats, for a file of the precision of the run.
func (t *Trainer) Model() (*splat.Model, error) {
	splats, err := t.Splats()
	if err != nil {
		return nil, err
	}
	layers := t.target.Layers
	if layers == nil {
		layers = splat.Plain(t.target.C, t.target.Depth)
	}
	return &splat.Model{
		Splats: splats, W: t.target.W, H: t.target.H, TopK: t.run.Train.TopK, Layers: layers,
		Gamma: t.run.Target.Gamma, Bits: BitsOf(t.run.Quantize), Grid: t.rounding.grid, Recipe: string(t.run.Recipe), Version: t.version,
	}, nil
}

// bytes returns the size of the model file at the end of a run. Before, it is the size of the parameters without
// compression: encoding a file for each evaluation would let the device wait.
func (t *Trainer) bytes() (int64, error) {
	if !t.atEnd() {
		return BitsOf(t.run.Quantize).BytesOf(t.engine.Splats(), t.target.C), nil
	}
	m, err := t.Model()
	if err != nil {
		return 0, err
	}
	return splat.FileBytes(m)
}
