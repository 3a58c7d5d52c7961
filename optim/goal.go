package optim

import (
	"math"

	"igs/imageio"
	"igs/metric"
	"igs/splat"
)

// findQuality returns the coarsest rounding at which the file has the quality of the goal. It is nil if the splats miss
// the quality, or if the file would have too many bytes.
func (t *Trainer) findQuality(m *splat.Model) (*splat.Rounding, error) {
	used, err := t.allowanceUsed(m.Splats)
	if err != nil || !(used < 1) {
		return nil, err
	}
	search := splat.Search{Model: m, Measure: t.allowanceUsed, Closely: true}
	if t.run.Goal.SSIM == 0 && t.searchesSymbols() { // the share of the allowance grows as the squared error does
		search.Measure, search.Slopes = t.squaredError, t.slopes
	}
	found, err := search.Find(1/used - 1)
	if err != nil {
		return nil, err
	}
	if found == nil {
		found = &splat.Rounding{Splats: m.Splats}
	}
	file := *m
	file.Splats = found.Splats
	if found.Symbols != nil {
		file.Grid = found.Symbols.Grid
	}
	if bytes, err := splat.FileBytes(&file); err != nil || t.run.Goal.Bytes > 0 && bytes > t.run.Goal.Bytes {
		return nil, err
	}
	return found, t.addedError(m, found)
}

// addedError sets by which share a rounding raises the squared error.
func (t *Trainer) addedError(m *splat.Model, found *splat.Rounding) error {
	before, err := t.squaredError(m.Splats)
	if err != nil {
		return err
	}
	after, err := t.squaredError(found.Splats)
	found.Added = after/before - 1
	return err
}

// spare is by how many dB a file is better than its goal. Scores of the same picture differ by less, since they are
// added up in another order.
const spare = 0.002

// allowanceUsed is the error of splats as a share of what the quality of the goal allows: above 1 they miss it. With two
// qualities it is the larger share. As squaredError, it does not depend on bands.
func (t *Trainer) allowanceUsed(p *splat.Splats) (used float64, err error) {
	goal, add, wanted := t.run.Goal, t.adder(), make([]float32, t.target.W)
	squared, similar := 0., (*metric.Similarity)(nil)
	begin := func() {
		squared = 0
		if goal.SSIM > 0 {
			similar = metric.NewSimilarity(t.target.W, t.target.H, t.target.C)
		}
	}
	err = t.drawn(p, begin, func(y int, row [][]float32) {
		squared = add(squared, y, row)
		if similar == nil {
			return
		}
		for c := range row {
			t.target.Row(c, y, wanted)
			imageio.Show(wanted, t.run.Target.Gamma)
			similar.Add(c, wanted, row[c])
		}
	})
	if err != nil {
		return 0, err
	}
	if goal.PSNR > 0 {
		used = squared / t.colourSamples() * math.Pow(10, (goal.PSNR+spare)/10)
	}
	if goal.SSIM > 0 {
		used = max(used, (1-similar.Mean())/(1-goal.SSIM)*math.Pow(10, spare/10))
	}
	return used, nil
}
