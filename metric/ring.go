package metric

const size = 2*reach + 1

// ring stores the four means of the last 11 rows, blurred along x.
type ring struct {
	w      int
	rows   [size][means][]float64
	line   []float64 // a row before the blur, with reach zeros on each side
	column []float64 // the means of a row, side by side
}

func newRing(w int) *ring {
	r := &ring{w: w, line: make([]float64, w+2*reach), column: make([]float64, means*w)}
	memory := make([]float64, size*means*w)
	for i := range r.rows {
		for mean := range means {
			r.rows[i][mean], memory = memory[:w], memory[w:]
		}
	}
	return r
}

// at returns the entry of row y, which may lie up to reach rows outside the picture.
func (r *ring) at(y int) *[means][]float64 { return &r.rows[(y+size)%size] }

// clear sets row y, which lies outside the picture, to zeros.
func (r *ring) clear(y int) {
	for _, row := range r.at(y) {
		clear(row)
	}
}

// means returns the four means of row y, side by side. They are valid until the next call.
func (r *ring) means(y int) []float64 {
	for mean := range means {
		r.blur(y, mean, r.column[mean*r.w:(mean+1)*r.w])
	}
	return r.column
}

// fill adds row y of both pictures to the ring.
func (r *ring) fill(y int, a, b []float32) {
	inner := r.line[reach : reach+r.w]
	for x := range inner {
		inner[x] = float64(a[x])
	}
	blurLine(r.line, r.at(y)[meanA])
	for x := range inner {
		inner[x] = float64(b[x])
	}
	blurLine(r.line, r.at(y)[meanB])
	for x := range inner {
		u, v := float64(a[x]), float64(b[x])
		inner[x] = u*u + v*v
	}
	blurLine(r.line, r.at(y)[meanSquares])
	for x := range inner {
		inner[x] = float64(a[x]) * float64(b[x])
	}
	blurLine(r.line, r.at(y)[meanProduct])
}

// window is the weights of the window of SSIM along one axis.
var window = func() (w [size]float64) {
	for i := range w {
		w[i] = half[max(i-reach, reach-i)]
	}
	return w
}()

// blurLine blurs along x. line has reach more samples than out on each side.
func blurLine(line, out []float64) {
	var rows [size][]float64
	for i := range rows {
		rows[i] = line[i:]
	}
	weigh(out, &rows, &window)
}

// blur blurs one mean along y, centred on row y.
func (r *ring) blur(y, mean int, out []float64) {
	var rows [size][]float64
	for i := range rows {
		rows[i] = r.at(y + i - reach)[mean]
	}
	weigh(out, &rows, &window)
}
