package sampling

import (
	"igs/imageio"
	"igs/internal/parallel"
)

// RowSource hands the rows of a picture to take from the top, each as [channel][column], valid during the call and free to be changed. An
// error of take ends it and comes back. It can be called again.
type RowSource func(take func(y int, row [][]float32) error) error

// blockRows are enough to keep all cores busy and few enough to be no burden: 3 MB of RGB at 8K.
const blockRows = 32

// blocks makes rows a block at a time, on all cores, for a reader who takes them in order.
type blocks struct {
	height     int
	ahead      func(begin, end int)                 // before the rows of a block, when there is anything to do
	fill       func(worker, y int, row [][]float32) // a row, in one of parallel.Workers goroutines
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

// row is row y, valid until the next is asked for and free to be changed. Rows are asked for in order; row 0 begins anew.
func (b *blocks) row(y int) [][]float32 {
	if y == 0 || y >= b.end {
		b.first, b.end = y, min(y+blockRows, b.height)
		b.ahead(b.first, b.end)
		parallel.Each(b.end-b.first, func(worker, i int) { b.fill(worker, b.first+i, b.rows[i]) })
	}
	return b.rows[y-b.first]
}

// weights walks through all rows of one channel.
func (b *blocks) weights(take func(row []float32)) {
	for y := range b.height {
		take(b.row(y)[0])
	}
}
