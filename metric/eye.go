package metric

// eye sees a column of one picture of FLIP, some 1000 px wide, row by row from the top. All
// filters are separable: rows are filtered along x once, kept in a ring, and filtered along
// y. Beyond the border the picture goes on as its last row or column.
type eye struct {
	pictureW, pictureH int
	channel            func(c, y int) []float32 // of red, green or blue: the row that comes

	left, w int // of the column
	next    int // row to be filtered along x
	rows    [eyeSize][filtered][]float64
	lines   [3][]float64 // a row of YCxCz with eyeReach px more at each end

	view  view
	other []float64 // second term of a sum
}

// What the ring holds of a row.
const (
	luminance = iota
	redGreen
	yellow0
	yellow1
	featureY // luminance through the three filters of features
	edgeX
	pointX
	filtered
)

// view is a row as it is seen: L*a*b* with Hunt's adjustment, and how strongly each pixel
// is an edge and a point, 0..√2.
type view struct{ l, a, b, edge, point []float64 }

// newEye is ready for the top of the w columns from left on of a picture.
func newEye(pictureW, pictureH, left, w int) *eye {
	e := &eye{pictureW: pictureW, pictureH: pictureH, left: left, w: w}
	row := func(w int) []float64 { return make([]float64, w) }
	for i := range e.rows {
		for k := range e.rows[i] {
			e.rows[i][k] = row(w)
		}
	}
	for i := range e.lines {
		e.lines[i] = row(w + 2*eyeReach)
	}
	e.view = view{row(w), row(w), row(w), row(w), row(w)}
	e.other = row(w)
	return e
}

// row is row y, valid until the next.
func (e *eye) row(y int) view {
	e.catchUp(min(y+eyeReach+1, e.pictureH))
	down := func(k *kernel, of int, out []float64) {
		k.apply(out, func(dy int) []float64 { return e.at(y + dy)[of] })
	}
	v := e.view
	down(&blurLuminance, luminance, v.l)
	down(&blurRedGreen, redGreen, v.a)
	down(&blurYellow[0], yellow0, v.b)
	down(&blurYellow[1], yellow1, e.other)
	for x := range v.l {
		v.l[x], v.a[x], v.b[x] = seen(v.l[x], v.a[x], yellowShares[0]*v.b[x]+yellowShares[1]*e.other[x])
	}
	down(&featureBlur, edgeX, v.edge)
	down(&featureEdge, featureY, e.other)
	lengths(v.edge, e.other)
	down(&featureBlur, pointX, v.point)
	down(&featurePoint, featureY, e.other)
	lengths(v.point, e.other)
	return v
}

// catchUp takes the rows up to end-1.
func (e *eye) catchUp(end int) {
	for ; e.next < end; e.next++ {
		e.take(e.next)
	}
}

// at is the place of row y, or of the nearest that there is.
func (e *eye) at(y int) *[filtered][]float64 {
	return &e.rows[min(max(y, 0), e.pictureH-1)%eyeSize]
}

// take puts row y into the ring.
func (e *eye) take(y int) {
	r, g, b := e.channel(0, y), e.channel(1, y), e.channel(2, y)
	for i := range e.lines[0] {
		x := min(max(e.left+i-eyeReach, 0), e.pictureW-1)
		e.lines[0][i], e.lines[1][i], e.lines[2][i] = opponent(linear(r[x]), linear(g[x]), linear(b[x]))
	}
	along := func(k *kernel, line, of int) {
		k.apply(e.at(y)[of], func(dx int) []float64 { return e.lines[line][eyeReach+dx:] })
	}
	along(&blurLuminance, 0, luminance)
	along(&blurRedGreen, 1, redGreen)
	along(&blurYellow[0], 2, yellow0)
	along(&blurYellow[1], 2, yellow1)
	along(&featureBlur, 0, featureY)
	along(&featureEdge, 0, edgeX)
	along(&featurePoint, 0, pointX)
}
