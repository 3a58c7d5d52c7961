package sampling

import (
	"igs/imageio"
	"igs/internal/parallel"
)

// RowSource calls take for each row of a picture from the top. row is indexed as [channel][column]; it is valid during
// the call and may be changed. If take returns an error, the source stops and returns it. A source can be called
// several times.
type RowSource func(take func(y int, row [][]float32) error) error

// blockRows keeps all cores busy and takes little memory: 3 MB of RGB at 8K.
const blockRows = 32

// blocks computes rows on all cores, one block at a time, for a caller that reads them in order. Each worker computes rows
// that follow each other.
type blocks struct {
	height     int
	ahead      func(begin, end int)                 // called before the rows of a block; may be nil
	fill       func(worker, y int, row [][]float32) // computes a row, in one of parallel.Workers goroutines
	rows       [blockRows][][]float32               // rows first … end-1
	first, end int
}

func newBlocks(height, channels, w int, fill func(worker, y int, row [][]float32)) *blocks {
	b := &blocks{height: height, ahead: func(int, int) {}, fill: fill}
	for i := range min(blockRows, height) {
		b.rows[i] = imageio.NewRow(channels, w)
	}
	return b
}

// row returns row y. It is valid until the next call and may be changed. Rows must be read in order; row 0 starts
// again.
func (b *blocks) row(y int) [][]float32 {
	if y == 0 || y >= b.end {
		b.first, b.end = y, min(y+blockRows, b.height)
		b.ahead(b.first, b.end)
		parallel.WorkerRuns(b.end-b.first, func(worker, from, to int) {
			for i := from; i < to; i++ {
				b.fill(worker, b.first+i, b.rows[i])
			}
		})
	}
	return b.rows[y-b.first]
}

// weights calls take for every row of the first channel.
func (b *blocks) weights(take func(row []float32)) {
	for y := range b.height {
		take(b.row(y)[0])
	}
}
