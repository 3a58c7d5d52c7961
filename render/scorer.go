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

// Scores are those of a picture or a stack, and of each layer of a stack.
type Scores struct {
	Whole  metric.Scores
	Layers []record.LayerScores // nil where there is one layer
}

// Scorer compares rows with their target, for a stack also layer by layer. It holds a few rows.
type Scorer struct {
	metrics *metric.Scorer
	layers  []imageio.Layer
}

// NewScorer is for pictures of w × h px with c channels in these layers.
func NewScorer(w, h, c int, layers []imageio.Layer) *Scorer {
	channels := []int{c}
	if len(layers) > 1 {
		channels = nil
		for _, l := range layers {
			channels = append(channels, l.C)
		}
	}
	return &Scorer{metric.NewScorer(w, h, channels...), layers}
}

// Add takes the next row of both from the top.
func (s *Scorer) Add(target, drawn [][]float32) { s.metrics.Add(target, drawn) }

// Scores are valid after the last row.
func (s *Scorer) Scores() Scores {
	found := Scores{Whole: s.metrics.Scores()}
	for i := 0; i < len(s.layers) && len(s.layers) > 1; i++ {
		found.Layers = append(found.Layers, record.LayerScores{Name: layerName(s.layers[i], i), Scores: s.metrics.Part(i)})
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

// Target is a picture in planes, of floats or of what a file stores.
type Target interface {
	Form() (imageio.Size, []imageio.Layer)
	Row(c, y int, dst []float32) []float32
}

// Score draws a model at the size of a picture and compares the two. budget is device memory, bytes; 0 = what is free.
func Score(dev *vk.Device, m *splat.Model, target Target, budget int64) (Scores, error) {
	size, layers := target.Form()
	s := NewScorer(size.W, size.H, size.C, layers)
	same := imageio.NewRescaler(m.Layers, layers)
	wanted := imageio.NewRow(size.C, size.W)
	err := engine.RenderRows(dev, m, engine.Drawing{W: size.W, H: size.H, Budget: budget}, func(y int, row [][]float32) error {
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
