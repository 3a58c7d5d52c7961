package sampling

import (
	"math"
	"math/bits"

	"igs/imageio"
	"igs/internal/parallel"
)

// StandardDeviation is the contrast of a picture: the root of the mean, over the channels, of the variance of a
// channel, for samples of 0..1. It is 0 if every channel is flat. The sums are sums of integers and exact.
func StandardDeviation(m *imageio.Samples) float64 {
	sums := make([][]moments, parallel.Workers)
	for i := range sums {
		sums[i] = make([]moments, m.C)
	}
	parallel.Each(m.H, func(worker, y int) {
		for c := range m.C {
			if m.Depth == 16 {
				sums[worker][c].add(momentsOf(m.Row16(c, y)))
			} else {
				sums[worker][c].add(momentsOf(m.Row8(c, y)))
			}
		}
	})
	mean := 0.0
	for c := range m.C {
		var all moments
		for _, of := range sums {
			all.add(of[c])
		}
		mean += all.variance(uint64(m.Pixels())) / float64(m.C)
	}
	return math.Sqrt(mean) / fullScale(m)
}

// moments are the sums of samples, in steps of 8 or 16 bits, and of their squares. They do not overflow up to 2^32
// pixels.
type moments struct{ sum, squares uint64 }

func (s *moments) add(o moments) { s.sum, s.squares = s.sum+o.sum, s.squares+o.squares }

func momentsOf[T uint8 | uint16](row []T) (s moments) {
	for _, v := range row {
		s.sum += uint64(v)
		s.squares += uint64(v) * uint64(v)
	}
	return s
}

// variance is (n Σv² − (Σv)²)/n². The difference is computed with 128 bits.
func (s moments) variance(n uint64) float64 {
	high, low := bits.Mul64(n, s.squares)
	lessHigh, lessLow := bits.Mul64(s.sum, s.sum)
	low, borrow := bits.Sub64(low, lessLow, 0)
	high, _ = bits.Sub64(high, lessHigh, borrow)
	return (float64(high)*(1<<64) + float64(low)) / float64(n) / float64(n)
}
