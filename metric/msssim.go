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
			found := s.found()
			inside := found.contrast
			if s.coarser == nil {
				inside = found.inside
			}
			product *= math.Pow(max(inside/float64((s.w-2*reach)*(s.h-2*reach)), 0), scaleWeights[i])
			i++
		}
		sum += product
	}
	return sum / float64(len(pyramids))
}

// scale measures one channel of both pictures at one scale. It reads their rows from the top in batches of up to
// batchRows. The strips of columns are measured on all cores, and their results are added in order.
type scale struct {
	w, h    int
	strips  []*strip
	memory  []*lines                    // by worker
	next    int                         // the next row
	above   [2][]float32                // the upper row of a pair whose lower row is in the next batch
	means   [2][batchRows / 2][]float32 // rows of the coarser scale
	coarser *scale                      // nil for the coarsest scale
}

// newScale returns a scale without a coarser one.
func newScale(w, h int, memory []*lines) *scale {
	s := &scale{w: w, h: h, memory: memory}
	for left := 0; left < w; left += stripWidth {
		s.strips = append(s.strips, newStrip(w, left, min(stripWidth, w-left), nil))
	}
	return s
}

// newMemory makes the memory of a number of workers.
func newMemory(workers int) []*lines {
	all := make([]*lines, workers)
	for i := range all {
		all[i] = newLines()
	}
	return all
}

// newPyramid returns the finest of five scales.
func newPyramid(w, h int, memory []*lines) *scale {
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

// found returns the sums over all rows so far.
func (s *scale) found() (all similarities) {
	for _, one := range s.strips {
		all.add(one.sums)
	}
	return all
}

// add takes the next rows of both pictures.
func (s *scale) add(a, b [][]float32) {
	first := s.next
	s.next += len(a)
	s.each(len(s.strips), stripWidth*len(a), func(worker, i int) {
		one := s.strips[i]
		one.memory = s.memory[worker]
		for i := range a {
			one.add(a[i], b[i], s.within)
		}
		if s.next == s.h {
			for range reach {
				one.add(nil, nil, s.within)
			}
			one.end(s.h, s.within)
		}
	})
	if s.coarser != nil {
		s.pass(first, a, b)
	}
}

// within reports whether the windows of a row are inside the picture as far as its height goes.
func (s *scale) within(y int) bool { return y >= reach && y < s.h-reach }

// leastSamples is a number of samples of a batch that are worth several goroutines.
const leastSamples = 1 << 13

// each calls work for the numbers 0 … n-1, each of which stands for some samples.
func (s *scale) each(n, samples int, work func(worker, i int)) {
	if len(s.memory) > 1 && n*samples >= leastSamples {
		parallel.Each(n, work)
		return
	}
	for i := range n {
		work(0, i)
	}
}

// pass passes means of 2 × 2 samples to the coarser scale. first is the number of the first row. A picture with an odd
// side is extended by zeros before its first row or column, as in pytorch_msssim.
func (s *scale) pass(first int, a, b [][]float32) {
	begun := (s.h + first) % 2 // 1 if the first row is the lower one of a pair, whose upper row is in s.above
	pairs := (len(a) + begun) / 2
	rows := [2][][]float32{a, b}
	s.each(2*pairs, s.w, func(_, i int) {
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
	if len(above)%2 == 1 {
		row[0] = (above[0] + below[0]) / 4
		above, below, row = above[1:], below[1:], row[1:]
	}
	above, below = above[:2*len(row)], below[:2*len(row)] // vectors do not look
	done := 0
	if vectors {
		if done = len(row) / lanes * lanes; done > 0 {
			halveVectors(&row[0], &above[0], &below[0], done)
		}
	}
	for x := done; x < len(row); x++ {
		a, b := above[2*x:2*x+2], below[2*x:2*x+2]
		row[x] = (a[0] + a[1] + b[0] + b[1]) / 4
	}
}
