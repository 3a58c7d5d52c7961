package convert

import (
	"fmt"
	"io"

	"igs/internal/fault"
	"igs/splat"
)

// researchRecipe is the Recipe of a model that the research code trained.
const researchRecipe = "image-gs"

// readResearch reads a checkpoint of the research code of Image-GS (Zhang et al., SIGGRAPH 2025), or its state_dict
// alone. What the checkpoint does not contain comes from given or from the folder of the run.
func readResearch(r io.ReaderAt, size int64, path string, given ModelHints) (*splat.Model, []string, error) {
	a, err := openArchive(r, size)
	if err != nil {
		return nil, nil, err
	}
	saved, err := a.root()
	if err != nil {
		return nil, nil, err
	}
	if state := item(saved, "state_dict"); state != nil {
		saved = state
	}
	l, err := arrange(func(name string) (array, error) {
		t, ok := item(saved, name).(*tensor)
		if !ok {
			return array{}, fault.New(fault.BadInput, "igs reads checkpoints of Image-GS, with the tensors xy, scale, rot and feat", "it holds no tensor %s of floats", name)
		}
		return array{t.size, func() ([]float32, error) {
			values, err := a.values(t)
			if err != nil {
				err = fmt.Errorf("the tensor %s: %w", name, err)
			}
			return values, err
		}}, nil
	})
	if err != nil {
		return nil, nil, err
	}
	p, err := l.splats()
	if err != nil {
		return nil, nil, err
	}
	beside, err := readFolder(path, p.C)
	if err != nil {
		return nil, nil, err
	}
	given, notes := beside.fill(given)
	m, assumed, err := given.complete(p)
	if err != nil {
		return nil, nil, err
	}
	m.Recipe = researchRecipe
	adopt(m)
	notes = append(append(notes, assumed...), "centres were moved by half a pixel and angles negated, because Image-GS has other conventions")
	return m, notes, m.Validate()
}

// adopt converts splats from the conventions of the research code to those of igs. The research code evaluates pixel
// (row i, column j) at (j, i), igs at (j+½, i+½). The research code fills its rotation matrix by rows and reads it by
// columns, so its θ turns the first axis towards −y; in igs θ turns it towards +y.
func adopt(m *splat.Model) {
	p := m.Splats
	for i := range p.N {
		p.XY[2*i] = float32(float64(p.XY[2*i]) + 0.5/float64(m.W))
		p.XY[2*i+1] = float32(float64(p.XY[2*i+1]) + 0.5/float64(m.H))
		p.Rot[i] = -p.Rot[i]
	}
}
