package metric

import (
	"math"
)

// The window and the constants of SSIM, for a data range of 1. Samples outside the picture are 0, and the weights are
// not renormalised, as in training.
const (
	reach = 5 // the window is 11 x 11
	sigma = 1.5
	c1    = 0.01 * 0.01
	c2    = 0.03 * 0.03
)

// half is one half of the Gaussian window along one axis, from its centre. The whole window has 2·reach+1 weights with
// the sum 1.
var half = func() (w [reach + 1]float64) {
	sum := 0.0
	for i := range w {
		w[i] = math.Exp(-float64(i*i) / (2 * sigma * sigma))
		sum += 2 * w[i]
	}
	sum -= w[0]
	for i := range w {
		w[i] /= sum
	}
	return w
}()

// window is the weights of the whole window along one axis.
var window = func() (w [size]float32) {
	for i := range w {
		w[i] = float32(half[max(i-reach, reach-i)])
	}
	return w
}()

const size = 2*reach + 1

// windowHalf is one half of the window for blur.
var windowHalf = [reach + 1]eight(spread(half[:]...))

// The four window means that SSIM needs: of the sum p = a + b and the difference m = a − b of two samples, and of their
// squares. With P and M, the squares of the means, and σ², the variances,
//
//	SSIM = (P − M + 2·c1) / (P + M + 2·c1) · (σp² − σm² + 2·c2) / (σp² + σm² + 2·c2).
//
// For pictures that are nearly alike M and σm² are small and exact, so float32 is enough. The second factor is contrast
// and structure.
const (
	sumMean = iota
	differenceMean
	sumSquare
	differenceSquare
	moments
)

// strip measures the windows of some columns of one channel at one scale, row by row from the top. Its rows stay in a
// cache.
type strip struct {
	pictureW, left, w int
	ring              [moments][ringRows][]float32     // rows blurred along x
	lists             [moments][2 * ringRows][]float32 // the same twice, so that the rows of a window follow each other
	memory            *lines
	next              int // the next row to add
	measured          int // rows whose windows are measured
	sums              similarities
}

// similarities are sums over windows.
type similarities struct {
	index    float64 // of SSIM, over all pixels
	inside   float64 // of SSIM, over the windows inside the picture
	contrast float64 // the same of contrast and structure
}

func (s *similarities) add(t similarities) {
	s.index, s.inside, s.contrast = s.index+t.index, s.inside+t.inside, s.contrast+t.contrast
}

// stripWidth is the largest width of a strip, px.
const stripWidth = 256

// ringRows is the number of rows that the windows of two rows need.
const ringRows = size + 1

// windows are the weights of the windows of two rows, one below the other.
var windows = func() (w [ringRows][2]float32) {
	for i, v := range window {
		w[i][0], w[i+1][1] = v, v
	}
	return w
}()

// lines is the memory of a worker.
type lines struct {
	wide  [moments][]float32    // a row before the blur, with reach zeros on each side
	inner [moments][]float32    // the same without the zeros beyond the picture
	means [2][moments][]float32 // the four means of two rows
}

func newLines() *lines {
	m := new(lines)
	for k := range moments {
		m.wide[k] = newLine(stripWidth + 2*lanes)
		m.means[0][k], m.means[1][k] = newLine(stripWidth), newLine(stripWidth)
	}
	return m
}

func newStrip(pictureW, left, w int, memory *lines) *strip {
	s := &strip{pictureW: pictureW, left: left, w: w, memory: memory}
	for k := range moments {
		for i := range ringRows {
			s.ring[k][i] = newLine(w)
			s.lists[k][i], s.lists[k][i+ringRows] = s.ring[k][i], s.ring[k][i]
		}
	}
	return s
}

// add takes the next row of both pictures. nil stands for a row below the pictures. within says which rows have windows
// inside the picture as far as its height goes. Rows are measured two by two, because they share nearly all rows of their
// windows.
func (s *strip) add(a, b []float32, within func(y int) bool) {
	s.fill(a, b)
	if s.next++; s.next < s.measured+ringRows-reach {
		return
	}
	m := s.memory
	first := (s.measured - reach + ringRows) % ringRows // the upper end of the windows
	for k := range moments {
		weighTwice(m.means[0][k][:s.w], m.means[1][k][:s.w], s.lists[k][first:first+ringRows], windows[:])
	}
	for i := range m.means {
		s.measure(&m.means[i], within(s.measured))
		s.measured++
	}
}

// end measures the last row if it is left, after all rows and the rows below the pictures.
func (s *strip) end(h int, within func(y int) bool) {
	if s.measured >= h {
		return
	}
	m := s.memory
	first := (s.measured - reach + ringRows) % ringRows
	for k := range moments {
		weigh(m.means[0][k][:s.w], s.lists[k][first:first+size], window[:])
	}
	s.measure(&m.means[0], within(s.measured))
	s.measured++
}

// measure adds a row. within says whether its windows are inside the picture as far as its height goes.
func (s *strip) measure(means *[moments][]float32, within bool) {
	from := min(max(reach-s.left, 0), s.w) // the columns from `from` to end-1 have windows inside the picture
	end := max(min(s.pictureW-reach-s.left, s.w), from)
	for _, part := range [3][2]int{{0, from}, {from, end}, {end, s.w}} {
		index, contrast := similarity(means, part[0], part[1])
		s.sums.index += index
		if within && part[0] == from {
			s.sums.inside, s.sums.contrast = s.sums.inside+index, s.sums.contrast+contrast
		}
	}
}

// fill blurs a row along x and stores it in the ring.
func (s *strip) fill(a, b []float32) {
	to := s.next % ringRows
	if a == nil {
		for k := range moments {
			clear(s.ring[k][to])
		}
		return
	}
	m := s.memory
	first, end := max(s.left-reach, 0), min(s.left+s.w+reach, s.pictureW)
	before := first - (s.left - reach)
	for k, line := range m.wide {
		clear(line[:before])
		clear(line[before+end-first:])
		m.inner[k] = line[before:]
	}
	combine(&m.inner, a[first:end], b[first:end])
	for k := range moments {
		blur(s.ring[k][to], m.wide[k], &windowHalf)
	}
}
