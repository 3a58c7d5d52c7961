package render

import (
	"fmt"

	"igs/imageio"
	"igs/metric"
	"igs/optim/engine"
	"igs/record"
	"igs/splat"
	"igs/vk"
)

// Scores are the scores of a picture or a stack, and of each layer of a stack.
type Scores struct {
	Whole  metric.Scores
	Alpha  bool                 // a layer has alpha
	Layers []record.LayerScores // nil for a single layer without alpha; a layer with alpha counts over black and over white
}

// Scorer compares rows with their target, and the layers of a stack one by one too. It holds a few rows.
type Scorer struct {
	Trained *Evaluation // gets all rows too; nil: none

	metrics          *metric.Scorer
	target, rendered *imageio.Composites
}

// NewScorer makes a scorer for pictures of w × h px with c channels in the given layers.
func NewScorer(w, h, c int, layers []imageio.Layer) *Scorer {
	s := &Scorer{target: imageio.NewComposites(layers, w), rendered: imageio.NewComposites(layers, w)}
	channels := []int{c}
	if parts := s.target.Layers; len(parts) > 1 {
		channels = nil
		for _, l := range parts {
			channels = append(channels, l.C)
		}
	}
	s.metrics = metric.NewScorer(w, h, channels...)
	return s
}

// Add takes the next row of both pictures, from the top.
func (s *Scorer) Add(target, rendered [][]float32) {
	if s.Trained != nil {
		s.Trained.Add(target, rendered)
	}
	s.metrics.Add(s.target.Row(target), s.rendered.Row(rendered))
}

// Scores are valid after the last row.
func (s *Scorer) Scores() Scores {
	parts := s.target.Layers
	found := Scores{Whole: s.metrics.Scores(), Alpha: s.target.Alpha()}
	for i := 0; i < len(parts) && len(parts) > 1; i++ {
		found.Layers = append(found.Layers, record.LayerScores{Name: layerName(parts[i], i), Scores: s.metrics.Part(i)})
	}
	return found
}

// layerName is the name of a layer, or its number.
func layerName(l imageio.Layer, i int) string {
	if l.Name == "" {
		return fmt.Sprint(i + 1)
	}
	return l.Name
}

// Score renders a model at the size of a picture and compares the two. budget is device memory, bytes; 0 = what is
// free. The tuning is that of the kernels; nil = that of the kind of device.
func Score(dev *vk.Device, m *splat.Model, target Target, budget int64, tuning *engine.Tuning) (Scores, error) {
	size, layers := target.Form()
	s := NewScorer(size.W, size.H, size.C, layers)
	same := imageio.NewRescaler(m.Layers, layers)
	wanted := imageio.NewRow(size.C, size.W)
	err := engine.RenderRows(dev, m, engine.RenderOptions{W: size.W, H: size.H, Budget: budget, Tuning: tuning}, func(y int, row [][]float32) error {
		for c := range wanted {
			target.Row(c, y, wanted[c])
		}
		same.Apply(row)
		s.Add(wanted, row)
		return nil
	})
	if err != nil {
		return Scores{}, err
	}
	return s.Scores(), nil
}
