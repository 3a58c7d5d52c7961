package metric

// observer applies the filters of FLIP to a column of one picture, row by row from the top. All filters are separable:
// each row is filtered along x, stored in a ring, and then filtered along y. The last row and column are repeated
// beyond the border.
type observer struct {
	pictureW, pictureH int
	channel            func(c, y int) []float32 // returns row y of red, green or blue

	left, w int // position and width of the column, px
	next    int // the next row to filter along x
	rows    [filterSize][filtered][]float64
	lines   [3][]float64 // a row of YCxCz, extended by filterReach px at each end

	view  view
	other []float64 // scratch memory for the second term of a sum
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

// view is a filtered row: L*a*b* with the Hunt adjustment, and the strengths of edges and points at each pixel, 0..√2.
type view struct{ l, a, b, edge, point []float64 }

// newObserver returns an observer of the w columns of a picture that begin at left.
func newObserver(pictureW, pictureH, left, w int) *observer {
	e := &observer{pictureW: pictureW, pictureH: pictureH, left: left, w: w}
	row := func(w int) []float64 { return make([]float64, w) }
	for i := range e.rows {
		for k := range e.rows[i] {
			e.rows[i][k] = row(w)
		}
	}
	for i := range e.lines {
		e.lines[i] = row(w + 2*filterReach)
	}
	e.view = view{row(w), row(w), row(w), row(w), row(w)}
	e.other = row(w)
	return e
}

// row returns row y. It is valid until the next call.
func (e *observer) row(y int) view {
	e.catchUp(min(y+filterReach+1, e.pictureH))
	down := func(k *kernel, of int, out []float64) {
		k.apply(out, func(dy int) []float64 { return e.at(y + dy)[of] })
	}
	v := e.view
	down(&blurLuminance, luminance, v.l)
	down(&blurRedGreen, redGreen, v.a)
	down(&blurYellow[0], yellow0, v.b)
	down(&blurYellow[1], yellow1, e.other)
	for x := range v.l {
		v.l[x], v.a[x], v.b[x] = perceived(v.l[x], v.a[x], yellowShares[0]*v.b[x]+yellowShares[1]*e.other[x])
	}
	down(&featureBlur, edgeX, v.edge)
	down(&featureEdge, featureY, e.other)
	lengths(v.edge, e.other)
	down(&featureBlur, pointX, v.point)
	down(&featurePoint, featureY, e.other)
	lengths(v.point, e.other)
	return v
}

// catchUp filters the rows up to end-1 along x.
func (e *observer) catchUp(end int) {
	for ; e.next < end; e.next++ {
		e.take(e.next)
	}
}

// at returns the filtered row y, or the nearest row of the picture.
func (e *observer) at(y int) *[filtered][]float64 {
	return &e.rows[min(max(y, 0), e.pictureH-1)%filterSize]
}

// take filters row y along x and stores it in the ring.
func (e *observer) take(y int) {
	r, g, b := e.channel(0, y), e.channel(1, y), e.channel(2, y)
	for i := range e.lines[0] {
		x := min(max(e.left+i-filterReach, 0), e.pictureW-1)
		e.lines[0][i], e.lines[1][i], e.lines[2][i] = opponent(linear(r[x]), linear(g[x]), linear(b[x]))
	}
	along := func(k *kernel, line, of int) {
		k.apply(e.at(y)[of], func(dx int) []float64 { return e.lines[line][filterReach+dx:] })
	}
	along(&blurLuminance, 0, luminance)
	along(&blurRedGreen, 1, redGreen)
	along(&blurYellow[0], 2, yellow0)
	along(&blurYellow[1], 2, yellow1)
	along(&featureBlur, 0, featureY)
	along(&featureEdge, 0, edgeX)
	along(&featurePoint, 0, pointX)
}
