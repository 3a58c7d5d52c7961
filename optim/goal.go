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
	search := splat.Search{Model: m, Measure: t.allowanceUsed}
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
// qualities it is the larger share.
func (t *Trainer) allowanceUsed(p *splat.Splats) (used float64, err error) {
	goal := t.run.Goal
	var similar *metric.Similarity
	squared := 0.0
	err = t.compare(p, func() {
		squared = 0
		if goal.SSIM > 0 {
			similar = metric.NewSimilarity(t.target.W, t.target.H, t.target.C)
		}
	}, func(c int, wanted, have []float32) {
		squared += squaredDifference(wanted, have)
		if similar != nil {
			similar.Add(c, wanted, have)
		}
	})
	if goal.PSNR > 0 {
		used = squared / t.samples() * math.Pow(10, (goal.PSNR+spare)/10)
	}
	if goal.SSIM > 0 {
		used = max(used, (1-similar.Mean())/(1-goal.SSIM)*math.Pow(10, spare/10))
	}
	return used, err
}

// compare loads splats and takes the rows of the target and of their picture, with gamma undone, channel by channel. begin
// is called before the first row, and again when the drawing must be repeated. The host compares in one order, so the
// result, and with it the file, does not depend on bands. The sums of an evaluation do.
func (t *Trainer) compare(p *splat.Splats, begin func(), take func(c int, wanted, have []float32)) error {
	wanted := make([]float32, t.target.W)
	return t.persist(func() error {
		begin()
		if err := t.engine.Load(p); err != nil {
			return err
		}
		return t.Rows().Shown().Each(func(y int, row [][]float32) error {
			for c := range row {
				t.target.Row(c, y, wanted)
				imageio.Show(wanted, t.run.Target.Gamma)
				take(c, wanted, row[c])
			}
			return nil
		})
	})
}

// squaredError is the squared error of the picture of splats.
func (t *Trainer) squaredError(p *splat.Splats) (squared float64, err error) {
	err = t.compare(p, func() { squared = 0 }, func(_ int, wanted, have []float32) { squared += squaredDifference(wanted, have) })
	return squared, err
}

func squaredDifference(a, b []float32) (sum float64) {
	for x, v := range a {
		d := float64(b[x] - v)
		sum += float64(d * d)
	}
	return sum
}
