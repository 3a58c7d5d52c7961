package optim

import (
	"math"

	"igs/configs"
	"igs/imageio"
	"igs/metric"
	"igs/optim/engine"
)

// Evaluations between the steps and the search for the precision of the model file look at a lattice of a huge picture:
// every n-th column and row, always the same ones. Drawing a gigapixel takes minutes on a CPU, and the search draws about
// 20 times. The scores of the whole picture come from the drawing that goes into the files.

// huge says which pictures are huge. Tests lower it.
var huge = struct {
	pixels int // from this size on
	looked int // pixels of a lattice, at least
}{metric.Huge, 1 << 22}

// LatticeOf returns the distance in px of the columns and rows that evaluations look at, on a picture with the given number
// of pixels. 1 means all. A run with a goal for its quality looks at every pixel.
func LatticeOf(run configs.Run, pixels int) int {
	n := 1
	if pixels < huge.pixels || run.Goal.HasQuality() {
		return n
	}
	for n < configs.MaxStride && pixels/(4*n*n) >= huge.looked {
		n *= 2
	}
	return n
}

// latticeOffset is the first pixel that evaluations look at.
func (t *Trainer) latticeOffset() engine.Offset {
	return engine.OffsetOf(t.run.Train.Seed, 0, t.lattice)
}

// measuredRows are the rows at which errors are measured: Rows, or the pixels of the lattice.
func (t *Trainer) measuredRows() imageio.Rows {
	if t.lattice == 1 {
		return t.Rows()
	}
	return imageio.Rows{Gamma: t.setup.Gamma, Each: func(take func(y int, row [][]float32) error) error {
		if err := t.look(t.lattice); err != nil {
			return err
		}
		t.engine.LookAt(t.latticeOffset())
		return t.engine.Rows().Each(take)
	}}
}

// wanted writes the samples of the target at row y of measuredRows to room, with gamma undone, and returns them. The
// rendered row may be longer, since an engine with a spacing continues the picture.
func (t *Trainer) wanted(c, y int, room []float32) []float32 {
	at := t.latticeOffset()
	if y = t.lattice*y + at.Y; y >= t.target.H {
		return nil
	}
	wanted := t.target.Every(c, y, at.X, t.lattice, room)
	imageio.Show(wanted, t.run.Target.Gamma)
	return wanted
}

// estimated is the PSNR of the present splats at the pixels of the lattice.
func (t *Trainer) estimated() (psnr float64, err error) {
	squared := 0.
	err = t.persist(func() error {
		squared = 0
		add := t.adder()
		return t.measuredRows().Shown().Each(func(y int, row [][]float32) error {
			squared = add(squared, y, row)
			return t.cancelled()
		})
	})
	at := t.latticeOffset()
	pixels := div(t.target.W-at.X, t.lattice) * div(t.target.H-at.Y, t.lattice)
	return -10 * math.Log10(squared/float64(pixels*t.target.Colours())), err
}
