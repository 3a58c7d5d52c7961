package metric

const size = 2*reach + 1

// ring stores the four means of the last rows, blurred along x. It has room for the windows of a batch of rows.
type ring struct {
	w    int
	rows [size + batchRows + reach][means][]float64
}

// lines is the memory of a worker for the rows of a ring.
type lines struct {
	line   []float64 // a row before the blur, with reach zeros on each side
	column []float64 // the means of a row, side by side
}

// newLines makes the memory of a number of workers for pictures of width w.
func newLines(w, workers int) []lines {
	all := make([]lines, workers)
	for i := range all {
		all[i] = lines{make([]float64, w+2*reach), make([]float64, means*w)}
	}
	return all
}

func newRing(w int) *ring {
	r := &ring{w: w}
	memory := make([]float64, len(r.rows)*means*w)
	for i := range r.rows {
		for mean := range means {
			r.rows[i][mean], memory = memory[:w], memory[w:]
		}
	}
	return r
}

// at returns the entry of row y, which may lie up to reach rows outside the picture.
func (r *ring) at(y int) *[means][]float64 { return &r.rows[(y+len(r.rows))%len(r.rows)] }

// clear sets row y, which lies outside the picture, to zeros.
func (r *ring) clear(y int) {
	for _, row := range r.at(y) {
		clear(row)
	}
}

// means returns the four means of row y, side by side, in the memory of a worker.
func (r *ring) means(y int, m lines) []float64 {
	for mean := range means {
		r.blur(y, mean, m.column[mean*r.w:(mean+1)*r.w])
	}
	return m.column
}

// fill adds row y of both pictures to the ring. Several rows may be filled at once.
func (r *ring) fill(y int, a, b []float32, m lines) {
	line := m.line[:r.w+2*reach]
	inner := line[reach : reach+r.w]
	clear(line[reach+r.w:]) // a finer scale may have used them
	for x := range inner {
		inner[x] = float64(a[x])
	}
	blurLine(line, r.at(y)[meanA])
	for x := range inner {
		inner[x] = float64(b[x])
	}
	blurLine(line, r.at(y)[meanB])
	for x := range inner {
		u, v := float64(a[x]), float64(b[x])
		inner[x] = u*u + v*v
	}
	blurLine(line, r.at(y)[meanSquares])
	for x := range inner {
		inner[x] = float64(a[x]) * float64(b[x])
	}
	blurLine(line, r.at(y)[meanProduct])
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
