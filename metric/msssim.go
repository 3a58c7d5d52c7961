package metric

import (
	"math"

	"igs/internal/parallel"
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

// scale measures one channel of both pictures at one scale. It reads their rows from the top in batches of up to
// batchRows. The rows of a batch are measured on all cores, and their results are added in order.
type scale struct {
	w, h    int
	ring    *ring
	memory  []lines // by worker; the scales of a pyramid share it
	next    int     // the next row
	inside  float64 // sum over the windows inside the picture: of contrast, or of SSIM at the coarsest scale
	index   float64 // sum of SSIM over all pixels, if indexed
	indexed bool
	sums    [2][batchRows + reach]float64 // of the rows of a batch: the parts of index and inside
	above   [2][]float32                  // the upper row of a pair whose lower row is in the next batch
	means   [2][batchRows / 2][]float32   // rows of the coarser scale
	coarser *scale                        // nil for the coarsest scale
}

// newScale returns a scale without a coarser one.
func newScale(w, h int, memory []lines) *scale {
	return &scale{w: w, h: h, ring: newRing(w), memory: memory}
}

// newPyramid returns the finest of five scales.
func newPyramid(w, h int, memory []lines) *scale {
	finest := newScale(w, h, memory)
	s := finest
	for range len(scaleWeights) - 1 {
		w, h = (w+1)/2, (h+1)/2
		s.coarser = newScale(w, h, memory)
		for k := range s.above {
			s.above[k] = make([]float32, s.w)
			for i := range s.means[k] {
				s.means[k][i] = make([]float32, w)
			}
		}
		s = s.coarser
	}
	return finest
}

// add takes the next rows of both pictures.
func (s *scale) add(a, b [][]float32) {
	first := s.next
	if first == 0 {
		for y := -reach; y < 0; y++ {
			s.ring.clear(y)
		}
	}
	s.each(len(a), func(worker, i int) { s.ring.fill(first+i, a[i], b[i], s.memory[worker]) })
	s.next += len(a)
	end := s.next - reach
	if s.next == s.h && s.indexed {
		for y := s.h; y < s.h+reach; y++ {
			s.ring.clear(y)
		}
		end = s.h
	}
	s.measure(max(first-reach, 0), end)
	if s.coarser != nil {
		s.pass(first, a, b)
	}
}

// leastSamples is a number of samples of a batch that are worth several goroutines.
const leastSamples = 1 << 13

// each calls work for the numbers 0 … n-1, each of which stands for a row.
func (s *scale) each(n int, work func(worker, i int)) {
	if n*s.w >= leastSamples {
		parallel.Each(n, work)
		return
	}
	for i := range n {
		work(0, i)
	}
}

// measure adds the windows centred on the rows from first to end-1. All their rows are in the ring.
func (s *scale) measure(first, end int) {
	s.sums = [2][batchRows + reach]float64{}
	whole, inside := &s.sums[0], &s.sums[1]
	s.each(max(end-first, 0), func(worker, i int) {
		y := first + i
		within := y >= reach && y < s.h-reach
		if !within && !s.indexed {
			return
		}
		column := s.ring.means(y, s.memory[worker])
		if s.indexed {
			whole[i] = index(column, s.w, 0, s.w)
		}
		switch {
		case !within:
		case s.coarser != nil:
			inside[i] = contrast(column, s.w, reach, s.w-reach)
		default:
			inside[i] = index(column, s.w, reach, s.w-reach)
		}
	})
	for i := range whole {
		s.index += whole[i]
		s.inside += inside[i]
	}
}

// pass passes means of 2 × 2 samples to the coarser scale. first is the number of the first row. A picture with an odd
// side is extended by zeros before its first row or column, as in pytorch_msssim.
func (s *scale) pass(first int, a, b [][]float32) {
	begun := (s.h + first) % 2 // 1 if the first row is the lower one of a pair, whose upper row is in s.above
	pairs := (len(a) + begun) / 2
	rows := [2][][]float32{a, b}
	s.each(2*pairs, func(_, i int) {
		k, i := i%2, i/2
		above, lower := s.above[k], 2*i+1-begun
		if lower > 0 {
			above = rows[k][lower-1]
		}
		halve(above, rows[k][lower], s.means[k][i])
	})
	if (len(a)+begun)%2 == 1 { // the last row is an upper one
		for k := range rows {
			copy(s.above[k], rows[k][len(a)-1])
		}
	}
	if pairs > 0 {
		s.coarser.add(s.means[0][:pairs], s.means[1][:pairs])
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
