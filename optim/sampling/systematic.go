package sampling

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// Systematic samples n pixels along a space-filling curve (hilbert.go) with a single random number. The sum of the
// weights along the curve is divided into n equal parts, and the pixel at the end of each part is picked. Every region
// then gets its share to within about one pixel; independent draws would leave gaps and clusters.
//
// The expected number of picks of pixel i is min(1, n w_i / Σw). Weights that are not positive and finite count as 0;
// if all weights are 0, all pixels have the same weight. Picks that are missing because of the limit of 1 are drawn
// evenly from the other pixels. If n is larger than the number of pixels, pixels repeat. The picks are in the order of
// the curve. Systematic reads the weights twice.
func Systematic(rng *rand.Rand, w Weights, n, width, height int) []int {
	return sweep(rng, w, proportional(w, n, 0, width*height), n, [2]int{width, height})
}

// density is the expected number of picks as a linear function of the weight.
type density struct{ floor, slope float64 }

// proportional returns the density for n picks: the share even of them is spread evenly, the others in proportion to
// the weights.
func proportional(w Weights, n int, even float64, pixels int) density {
	each := float64(n) / float64(pixels)
	if sum := w.sum(); sum > 0 {
		return density{even * each, (1 - even) * float64(n) / sum}
	}
	return density{floor: each}
}

// at evaluates the density. The conversion rounds the product, so that no CPU fuses it with the addition.
func (d density) at(weight float32) float64 {
	expected := d.floor
	if weight > 0 && weight <= math.MaxFloat32 { // it counts
		expected += float64(d.slope * float64(weight))
	}
	if expected > 1 {
		return 1
	}
	return expected
}

// sweep samples n pixels by their density. size is the width and height of the picture.
func sweep(rng *rand.Rand, w Weights, d density, n int, size [2]int) []int {
	if n <= 0 {
		return nil
	}
	s := sweeper{
		density: d, width: size[0], height: size[1], phase: rng.Float64(),
		band: make([]float32, min(size[1], hilbertSide)*size[0]), square: new([squareStride * hilbertSide]float32),
		picks: make([]int, 0, n+1),
	}
	w(s.take)
	return complete(rng, s.picks, n, size)
}

// squareStride is the distance of the rows of a square in memory. It is not a power of two, because the rows would then
// have the same places in the cache.
const squareStride = hilbertSide + 16

// sweeper collects the rows of a band and then follows the curve through it.
type sweeper struct {
	density
	width, height int
	phase         float64 // 0 … 1: the part of the next pick so far
	band          []float32
	square        *[squareStride * hilbertSide]float32 // a square of the band, whose rows are near each other for the cache
	held          int                                  // number of weights in band
	top           int                                  // first row of band
	picks         []int
}

func (s *sweeper) take(row []float32) {
	for len(row) > 0 && s.top < s.height {
		need := min(hilbertSide, s.height-s.top) * s.width
		n := copy(s.band[s.held:need], row)
		if row, s.held = row[n:], s.held+n; s.held == need {
			s.follow()
			s.held, s.top = 0, s.top+hilbertSide
		}
	}
}

// follow follows the curve through a full band.
func (s *sweeper) follow() {
	d, phase, picks, width := s.density, s.phase, s.picks, s.width
	rows := s.held / width
	for left := 0; left < width; left += hilbertSide {
		columns := min(hilbertSide, width-left)
		for y := range rows {
			copy(s.square[y*squareStride:], s.band[y*width+left:][:columns])
		}
		whole := columns == hilbertSide && rows == hilbertSide
		for _, at := range &hilbert {
			x, y := int(at.x), int(at.y)
			if !whole && (x >= columns || y >= rows) {
				continue
			}
			phase += d.at(s.square[y*squareStride+x])
			if phase >= 1 {
				phase--
				picks = append(picks, (s.top+y)*width+left+x)
			}
		}
	}
	s.phase, s.picks = phase, picks
}

// complete changes the number of picks to n. The picks are distinct and in the order of the curve. complete drops
// picks, or adds pixels that are not picked as long as there are any.
func complete(rng *rand.Rand, picks []int, n int, size [2]int) []int {
	if surplus := len(picks) - n; surplus > 0 {
		for _, i := range drawUniform(rng, len(picks), surplus) {
			picks[i] = -1
		}
		return slices.DeleteFunc(picks, func(pixel int) bool { return pixel < 0 })
	}
	if len(picks) == n {
		return picks
	}
	pixels, taken := size[0]*size[1], slices.Sorted(slices.Values(picks))
	ranks := drawUniform(rng, pixels-len(taken), n-len(taken))
	slices.Sort(ranks)
	before := 0 // number of picked pixels before the free pixel of this rank
	for _, rank := range ranks {
		for before < len(taken) && taken[before] <= rank+before {
			before++
		}
		picks = append(picks, rank+before)
	}
	for len(picks) < n {
		picks = append(picks, rng.IntN(pixels))
	}
	slices.SortStableFunc(picks, func(a, b int) int { return cmp.Compare(onCurve(a, size[0]), onCurve(b, size[0])) })
	return picks
}
