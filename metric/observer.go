package metric

import "igs/internal/srgb"

// observer applies the filters of FLIP to a column of one picture, row by row from the top. All filters are separable:
// rows are filtered along y first, because all filters of an axis of YCxCz read the same rows, and then along x. The last
// row and column are repeated beyond the border.
type observer struct {
	pictureW, pictureH int
	channel            func(c, y int) []float32 // returns row y of red, green or blue

	left, w int                             // position and width of the column, px
	wide    int                             // width of the rows before they are filtered along x
	next    int                             // the next row to read
	rows    [3][filterSize][]float32        // a ring of rows of YCxCz, extended by filterReach px at each end
	lists   [3][2 * filterSize][]float32    // the same twice, so that the rows of a filter follow each other
	down    [filtered][]float32             // a row, filtered along y
	shifted [filtered][filterSize][]float32 // those that `along` and yellow read, from each of their columns on
	yellow  [2 * filterSize][]float32       // those of both terms of yellow–blue in turn
	view    view
}

// The rows that are filtered along y.
const (
	luminance = iota
	redGreen
	yellow0
	yellow1
	featureY // luminance, filtered by the three feature filters
	edgeY
	pointY
	filtered
)

// view is a filtered row: L*a*b* with the Hunt adjustment, and the edges and points along both axes. The assembly knows
// the order.
type view struct {
	colour [3][]float32
	edge   [2][]float32
	point  [2][]float32
}

// block is a number of columns that weighTwice takes at once.
const block = 32

// newObserver returns an observer of the w columns of a picture that begin at left.
func newObserver(pictureW, pictureH, left, w int) *observer {
	e := &observer{pictureW: pictureW, pictureH: pictureH, left: left, w: w}
	e.wide = (w + 2*filterReach + block - 1) / block * block
	for of := range e.rows {
		for i := range e.rows[of] {
			e.rows[of][i] = newLine(e.wide + lanes)[:e.wide] // opponents may write behind the last column
			e.lists[of][i], e.lists[of][i+filterSize] = e.rows[of][i], e.rows[of][i]
		}
	}
	for of := range e.down {
		e.down[of] = newLine(e.wide + lanes)
		for dx := range filterSize {
			if of != luminance && of != redGreen { // blur moves along those itself
				e.shifted[of][dx] = e.down[of][dx:]
			}
		}
	}
	for dx := range filterSize {
		e.yellow[2*dx], e.yellow[2*dx+1] = e.shifted[yellow0][dx], e.shifted[yellow1][dx]
	}
	v := &e.view
	for _, row := range []*[]float32{&v.colour[0], &v.colour[1], &v.colour[2], &v.edge[0], &v.edge[1], &v.point[0], &v.point[1]} {
		*row = newLine(w)
	}
	return e
}

// row returns row y. It is valid until the next call.
func (e *observer) row(y int) *view {
	e.catchUp(y + filterReach + 1)
	first := (y - filterReach + filterSize) % filterSize // of the rows that the widest filter needs
	near := func(axis, size int) [][]float32 {
		from := first + filterReach - size/2
		return e.lists[axis][from : from+size]
	}
	down := func(of int) []float32 { return e.down[of][:e.wide] }
	weighTwice(down(featureY), down(edgeY), near(0, len(blurAndEdge)), blurAndEdge)
	weighTwice(down(pointY), down(luminance), near(0, len(pointAndLuminance)), pointAndLuminance)
	weigh(down(redGreen), near(1, len(blurRedGreen)), blurRedGreen)
	weighTwice(down(yellow0), down(yellow1), near(2, len(twinYellow)), twinYellow)

	v := &e.view
	along := func(of, size int) [][]float32 {
		from := filterReach - size/2
		return e.shifted[of][from : from+size]
	}
	blur(v.colour[0], e.down[luminance][filterReach-reach:], &halfLuminance)
	blur(v.colour[1], e.down[redGreen][filterReach-reach:], &halfRedGreen)
	weigh(v.colour[2], e.yellow[:], blurYellow)
	perceive(&v.colour)
	weighTwice(v.edge[0], v.point[0], along(featureY, len(edgeAndPoint)), edgeAndPoint)
	weigh(v.edge[1], along(edgeY, len(featureBlur)), featureBlur)
	weigh(v.point[1], along(pointY, len(featureBlur)), featureBlur)
	return v
}

// catchUp reads the rows up to end-1. The row of the ring before the first one is the first one too, and so on; behind
// the last one it is the last.
func (e *observer) catchUp(end int) {
	for ; e.next < end; e.next++ {
		switch {
		case e.next >= e.pictureH:
			e.repeat(e.pictureH-1, e.next)
		case e.next == 0:
			e.take(0)
			for y := -filterReach; y < 0; y++ {
				e.repeat(0, y)
			}
		default:
			e.take(e.next)
		}
	}
}

// repeat stores row from as row y.
func (e *observer) repeat(from, y int) {
	for axis := range e.rows {
		copy(e.rows[axis][(y+filterSize)%filterSize], e.rows[axis][from%filterSize])
	}
}

// take stores row y in the ring.
func (e *observer) take(y int) {
	first, end := max(e.left-filterReach, 0), min(e.left+e.w+filterReach, e.pictureW)
	before := first - (e.left - filterReach) // columns beyond the left border
	var inner [3][]float32
	for c := range inner {
		inner[c] = e.rows[c][y%filterSize][before:]
		srgb.Lights(inner[c], e.channel(c, y)[first:end])
	}
	opponents(&inner, end-first)
	for c := range inner {
		line := e.rows[c][y%filterSize]
		last := before + end - first - 1
		for x := range before {
			line[x] = line[before]
		}
		for x := last + 1; x < len(line); x++ {
			line[x] = line[last]
		}
	}
}
