package imageio

// shrinker makes a picture smaller, row by row, with a box filter. A pixel of the result is the mean of the area of the
// picture that it covers, with fractions of pixels. So the result is not shifted, does not overshoot, and has the same
// mean.
type shrinker struct {
	w, h   int         // of the result
	fromW  int         // of the picture
	fromH  int         //
	sums   [][]float64 // sums for the current row of the result
	narrow []float64   // a row of the picture, made narrower
	row    [][]float32 // a complete row, which next gets
	next   visitor
}

func newShrinker(from, to Size, next visitor) *shrinker {
	s := &shrinker{w: to.W, h: to.H, fromW: from.W, fromH: from.H, narrow: make([]float64, to.W), next: next}
	for range from.C {
		s.sums = append(s.sums, make([]float64, to.W))
		s.row = append(s.row, make([]float32, to.W))
	}
	return s
}

// visit adds row y of the picture. In units of 1/h of a row, that row goes from y·h to (y+1)·h, and row i of the result
// goes from i·fromH to (i+1)·fromH. Row i ends inside row y or below it.
func (s *shrinker) visit(y int, row [][]float32) error {
	top, bottom := y*s.h, (y+1)*s.h
	i := top / s.fromH
	end := (i + 1) * s.fromH
	here := min(bottom, end) - top
	for c, plane := range row {
		s.across(plane)
		for x, v := range s.narrow {
			s.sums[c][x] += v * float64(here)
		}
		if bottom < end {
			continue
		}
		for x, v := range s.narrow {
			s.row[c][x] = float32(s.sums[c][x] / float64(s.fromH))
			s.sums[c][x] = v * float64(bottom-end)
		}
	}
	if bottom < end {
		return nil
	}
	return s.next(i, s.row)
}

// across makes a row narrower in the same way.
func (s *shrinker) across(plane []float32) {
	at, sum := 0, 0.0 // pixel of the result, and its sum so far
	end := s.fromW
	for x, v := range plane {
		left, right := x*s.w, (x+1)*s.w
		if right < end {
			sum += float64(v) * float64(s.w)
			continue
		}
		sum += float64(v) * float64(end-left)
		s.narrow[at] = sum / float64(s.fromW)
		at, sum = at+1, float64(v)*float64(right-end)
		end += s.fromW
	}
}

// Shrink is the picture at 1/ratio of its size. Each side is rounded to the nearest pixel and is at least one pixel.
// Every pixel is the mean of the area that it covers. A ratio of 1 or less changes nothing.
func (m *Image) Shrink(ratio float64) *Image {
	out := m.Clone()
	if !(ratio > 1) {
		return out
	}
	from := Size{W: m.W, H: m.H, C: m.C}
	to := from.shrunk(ratio)
	out.W, out.H, out.Pix = to.W, to.H, make([]float32, to.W*to.H*m.C)
	s := newShrinker(from, to, func(y int, row [][]float32) error {
		for c := range row {
			copy(line(out.Pix, c*out.H+y, out.W), row[c])
		}
		return nil
	})
	row := make([][]float32, m.C)
	for y := range m.H {
		for c := range row {
			row[c] = line(m.Pix, c*m.H+y, m.W)
		}
		s.visit(y, row) // its visitor returns no errors
	}
	return out
}
