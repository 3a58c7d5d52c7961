package metric

import "igs/internal/srgb"

// observer applies the filters of FLIP to a column of one picture, row by row from the top. All filters are separable:
// each row is filtered along x, stored in a ring, and then filtered along y. The last row and column are repeated
// beyond the border.
type observer struct {
	pictureW, pictureH int
	channel            func(c, y int) []float32 // returns row y of red, green or blue

	left, w int                                 // position and width of the column, px
	next    int                                 // the next row to filter along x
	rows    [filtered][filterSize][]float32     // the ring
	lists   [filtered][2 * filterSize][]float32 // the rows of the ring, twice, so that all rows of a filter follow each other
	yellow  [4 * filterSize][]float32           // those of both terms of yellow–blue in turn

	lines   [3][]float32             // a row of YCxCz, extended by filterReach px at each end
	shifted [3][filterSize][]float32 // the same, from each of its columns on
	view    view
}

// The filtered rows in the ring.
const (
	luminance = iota
	redGreen
	yellow0
	yellow1
	featureY // luminance, filtered by the three feature filters
	edgeX
	pointX
	filtered
)

// view is a filtered row: L*a*b* with the Hunt adjustment, and the edges and points along both axes. The assembly knows
// the order.
type view struct {
	colour [3][]float32
	edge   [2][]float32
	point  [2][]float32
}

// newObserver returns an observer of the w columns of a picture that begin at left.
func newObserver(pictureW, pictureH, left, w int) *observer {
	e := &observer{pictureW: pictureW, pictureH: pictureH, left: left, w: w}
	for of := range e.rows {
		for i := range e.rows[of] {
			e.rows[of][i] = newLine(w)
			e.lists[of][i], e.lists[of][i+filterSize] = e.rows[of][i], e.rows[of][i]
		}
	}
	for i := range 2 * filterSize {
		e.yellow[2*i], e.yellow[2*i+1] = e.lists[yellow0][i], e.lists[yellow1][i]
	}
	for i := range e.lines {
		e.lines[i] = newLine(padded(w) + 2*filterReach + lanes)
		for dx := range filterSize {
			e.shifted[i][dx] = e.lines[i][dx:]
		}
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
	down := func(k kernel, of int, out []float32) {
		from := first + filterReach - len(k)/2
		weigh(out, e.lists[of][from:from+len(k)], k)
	}
	v := &e.view
	down(blurLuminance, luminance, v.colour[0])
	down(blurRedGreen, redGreen, v.colour[1])
	weigh(v.colour[2], e.yellow[2*first:2*(first+filterSize)], blurYellow)
	perceive(&v.colour)
	down(featureBlur, edgeX, v.edge[0])
	down(featureEdge, featureY, v.edge[1])
	down(featureBlur, pointX, v.point[0])
	down(featurePoint, featureY, v.point[1])
	return v
}

// catchUp filters the rows up to end-1 along x. The row of the ring before the first one is the first one too, and so on;
// behind the last one it is the last.
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

// repeat stores the filtered row from as row y.
func (e *observer) repeat(from, y int) {
	for of := range e.rows {
		copy(e.rows[of][(y+filterSize)%filterSize], e.rows[of][from%filterSize])
	}
}

// take filters row y along x and stores it in the ring.
func (e *observer) take(y int) {
	first, end := max(e.left-filterReach, 0), min(e.left+e.w+filterReach, e.pictureW)
	before := first - (e.left - filterReach) // columns beyond the left border
	var inner [3][]float32
	for c := range inner {
		inner[c] = e.lines[c][before:]
		srgb.Lights(inner[c], e.channel(c, y)[first:end])
	}
	opponents(&inner, end-first)
	for _, line := range e.lines {
		last := before + end - first - 1
		for x := range before {
			line[x] = line[before]
		}
		for x := last + 1; x < e.w+2*filterReach; x++ {
			line[x] = line[last]
		}
	}
	along := func(k kernel, line, of int) {
		from := filterReach - len(k)/2
		weigh(e.rows[of][y%filterSize], e.shifted[line][from:from+len(k)], k)
	}
	along(blurLuminance, 0, luminance)
	along(blurRedGreen, 1, redGreen)
	along(yellow[0], 2, yellow0)
	along(yellow[1], 2, yellow1)
	along(featureBlur, 0, featureY)
	along(featureEdge, 0, edgeX)
	along(featurePoint, 0, pointX)
}
