package optim

import (
	"runtime"
	"sync"

	"igs/memory"
)

// Pictures pass through here row by row, from the top: at 8K a plane of float32 is 133 MB, and the memory of a run belongs to the device.

// rowSource hands the rows of a picture to take from the top, each as [channel][column], valid during the call and free to be changed. An
// error of take ends it and comes back. It can be called again.
type rowSource func(take func(y int, row [][]float32) error) error

// eachRow draws the splats as a rowSource, as they are shown.
func (c *canvas) eachRow(take func(y int, row [][]float32) error) error {
	s := c.plan.Shape
	var rows [memory.TileSize][][]float32
	for i := range rows {
		rows[i] = newRow(s.C, s.W)
	}
	return c.draw(func(v view) error {
		begin, end := v.rows()
		inParallel(end-begin, func(_, i int) {
			for n, line := range rows[i] {
				for x := range line {
					line[x] = shown(v.at(x, begin+i, n), c.gamma)
				}
			}
		})
		for y := begin; y < end; y++ {
			if err := take(y, rows[y-begin]); err != nil {
				return err
			}
		}
		return nil
	})
}

func newRow(channels, w int) [][]float32 {
	row := make([][]float32, channels)
	for c := range row {
		row[c] = make([]float32, w)
	}
	return row
}

// blockRows are enough to keep all cores busy and few enough to be no burden: 3 MB of RGB at 8K.
const blockRows = 32

// blocks makes rows a block at a time, on all cores, for a reader who takes them in order.
type blocks struct {
	height     int
	ahead      func(begin, end int)                 // before the rows of a block, when there is anything to do
	fill       func(worker, y int, row [][]float32) // a row, in one of `workers` goroutines
	rows       [blockRows][][]float32               // rows first … end-1
	first, end int
}

func newBlocks(height, channels, w int, fill func(worker, y int, row [][]float32)) *blocks {
	b := &blocks{height: height, ahead: func(int, int) {}, fill: fill}
	for i := range min(blockRows, height) {
		b.rows[i] = newRow(channels, w)
	}
	return b
}

// row is row y, valid until the next is asked for and free to be changed. Rows are asked for in order; row 0 begins anew.
func (b *blocks) row(y int) [][]float32 {
	if y == 0 || y >= b.end {
		b.first, b.end = y, min(y+blockRows, b.height)
		b.ahead(b.first, b.end)
		inParallel(b.end-b.first, func(worker, i int) { b.fill(worker, b.first+i, b.rows[i]) })
	}
	return b.rows[y-b.first]
}

// weights walks through all rows of one channel.
func (b *blocks) weights(take func(row []float32)) {
	for y := range b.height {
		take(b.row(y)[0])
	}
}

// workers is how many goroutines inParallel starts at most.
var workers = runtime.GOMAXPROCS(0)

// inParallel runs work on every row, on all cores. A row writes only to what is its own or its worker's.
func inParallel(rows int, work func(worker, row int)) {
	var wg sync.WaitGroup
	n := min(workers, rows)
	for worker := range n {
		wg.Go(func() {
			for row := worker; row < rows; row += n {
				work(worker, row)
			}
		})
	}
	wg.Wait()
}
