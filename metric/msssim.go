package metric

import (
	"math"
)

// scaleWeights are the exponents of MS-SSIM, from the finest to the coarsest scale (Wang, Simoncelli and Bovik,
// Multiscale structural similarity for image quality assessment, 2003).
var scaleWeights = [...]float64{0.0448, 0.2856, 0.3001, 0.2363, 0.1333}

// leastSide is the minimum side of a picture with a whole window at the coarsest scale, px.
const leastSide = 2*reach<<(len(scaleWeights)-1) + 1

// joined returns the MS-SSIM of the channels (Wang, Simoncelli and Bovik 2003): the product over the scales of contrast
// and structure, and of SSIM at the coarsest scale. As in the package pytorch_msssim, which the results of Image-GS
// use, only windows inside the picture count, negative values count as 0, and the result is the mean over the channels.
func joined(pyramids []*scale) float64 {
	sum := 0.0
	for _, finest := range pyramids {
		product, i := 1.0, 0
		for s := finest; s != nil; s = s.coarser {
			product *= math.Pow(max(s.inside/float64((s.w-2*reach)*(s.h-2*reach)), 0), scaleWeights[i])
			i++
		}
		sum += product
	}
	return sum / float64(len(pyramids))
}

// scale measures one channel of both pictures at one scale. It reads their rows from the top and keeps eleven of them.
type scale struct {
	w, h    int
	ring    *ring
	next    int     // the next row
	inside  float64 // sum over the windows inside the picture: of contrast, or of SSIM at the coarsest scale
	index   float64 // sum of SSIM over all pixels, if indexed
	indexed bool
	above   [2][]float32 // the upper row of the pair that makes a row of the coarser scale
	means   [2][]float32 // scratch memory for a row of the coarser scale
	coarser *scale       // nil for the coarsest scale
}

// newScale returns a scale without a coarser one.
func newScale(w, h int) *scale { return &scale{w: w, h: h, ring: newRing(w)} }

// newPyramid returns the finest of five scales.
func newPyramid(w, h int) *scale {
	finest := newScale(w, h)
	s := finest
	for range len(scaleWeights) - 1 {
		w, h = (w+1)/2, (h+1)/2
		s.coarser = newScale(w, h)
		for k := range s.above {
			s.above[k], s.means[k] = make([]float32, s.w), make([]float32, w)
		}
		s = s.coarser
	}
	return finest
}

// add takes the next row of both pictures.
func (s *scale) add(a, b []float32) {
	if s.next == 0 {
		for y := -reach; y < 0; y++ {
			s.ring.clear(y)
		}
	}
	s.ring.fill(s.next, a, b)
	s.measure(s.next - reach)
	if s.coarser != nil {
		s.pass(a, b)
	}
	if s.next++; s.next == s.h && s.indexed {
		for y := s.h; y < s.h+reach; y++ {
			s.ring.clear(y)
			s.measure(y - reach)
		}
	}
}

// measure adds the windows centred on row y. All their rows are in the ring.
func (s *scale) measure(y int) {
	inside := y >= reach && y < s.h-reach
	if y < 0 || !inside && !s.indexed {
		return
	}
	column := s.ring.means(y)
	if s.indexed {
		s.index += index(column, s.w, 0, s.w)
	}
	switch {
	case !inside:
	case s.coarser != nil:
		s.inside += contrast(column, s.w, reach, s.w-reach)
	default:
		s.inside += index(column, s.w, reach, s.w-reach)
	}
}

// pass passes means of 2 × 2 samples to the coarser scale. A picture with an odd side is extended by zeros before its
// first row or column, as in pytorch_msssim.
func (s *scale) pass(a, b []float32) {
	first := s.next%2 == s.h%2 // the upper one of a pair
	for k, row := range [2][]float32{a, b} {
		if s.next == 0 && !first {
			clear(s.above[k])
		}
		if first {
			copy(s.above[k], row)
		} else {
			halve(s.above[k], row, s.means[k])
		}
	}
	if !first {
		s.coarser.add(s.means[0], s.means[1])
	}
}

// halve computes a row of the coarser scale from two rows.
func halve(above, below, row []float32) {
	left := len(above) % 2
	for x := range row {
		sum := 0.0
		for u := max(2*x-left, 0); u < 2*x-left+2; u++ {
			sum += float64(above[u]) + float64(below[u])
		}
		row[x] = float32(sum / 4)
	}
}

// contrast sums SSIM without the luminance term.
func contrast(column []float64, w, first, end int) float64 {
	sum := 0.0
	for x := first; x < end; x++ {
		a, b := column[meanA*w+x], column[meanB*w+x]
		squares, product := column[meanSquares*w+x], column[meanProduct*w+x]
		sum += (2*(product-a*b) + c2) / (squares - (a*a + b*b) + c2)
	}
	return sum
}
