package render

import (
	"math"

	"igs/imageio"
	"igs/metric"
)

// Evaluation measures rows as evaluations during training do: PSNR and SSIM of the samples that are trained. With alpha
// these are other samples than those of the composites (imageio.Mix).
type Evaluation struct {
	metrics *metric.Scorer
	added   float64 // to the PSNR of all samples, dB
}

// NewEvaluation makes an evaluation against a target.
func NewEvaluation(target *imageio.Samples) *Evaluation {
	// The channels of alpha hold errors of colours, so PSNR is the mean over the colours alone.
	added := 10 * math.Log10(float64(target.Colours())/float64(target.C))
	return &Evaluation{metric.NewTrainingScorer(target.W, target.H, target.C), added}
}

// Add takes the next row of both pictures, from the top.
func (e *Evaluation) Add(target, rendered [][]float32) { e.metrics.Add(target, rendered) }

// Scores are valid after the last row.
func (e *Evaluation) Scores() metric.Scores {
	found := e.metrics.Scores()
	found.PSNR += e.added
	return found
}

// Of gives the rows, which are compared with the target meanwhile. gamma is that of the target's samples.
func (e *Evaluation) Of(rendered Rows, target *imageio.Samples, gamma float64) Rows {
	return func(take func(y int, row [][]float32) error) error {
		shown := imageio.NewRow(target.C, target.W)
		return rendered(func(y int, row [][]float32) error {
			for c := range shown {
				target.Row(c, y, shown[c])
				imageio.Show(shown[c], gamma)
			}
			if err := target.Err(); err != nil {
				return err
			}
			e.Add(shown, row)
			return take(y, row)
		})
	}
}
