package sampling

import (
	"igs/imageio"
	"igs/internal/parallel"
)

// saliency gives the weights that mode "saliency" places splats by: a map, 0..1, in the size
// of the picture. Image-GS draws in proportion to the map itself, not to its square.
type saliency struct{ *blocks }

// newSaliency takes the given map, grey and of any size, or with nil the built-in one.
func newSaliency(m, given *imageio.Samples) *saliency {
	if given == nil {
		given = spectralResidual(m)
	}
	across, down := stretch(given.W, m.W), stretch(given.H, m.H)
	type pair struct{ above, below []float32 }
	rows := make([]pair, parallel.Workers)
	for i := range rows {
		rows[i] = pair{make([]float32, given.W), make([]float32, given.W)}
	}
	return &saliency{newBlocks(m.H, 1, m.W, func(worker, y int, row [][]float32) {
		at, r := down[y], rows[worker]
		above, below := given.Row(0, at.first, r.above), given.Row(0, at.second, r.below)
		for x, p := range across {
			row[0][x] = float32(p.between(at.between(above[p.first], below[p.first]), at.between(above[p.second], below[p.second])))
		}
	})}
}

// place is where a pixel lies on the map along one axis: between the centres of two of its
// pixels.
type place struct {
	first, second int
	share         float64 // of the second
}

// stretch lays n pixels over m of the map. It is exact but for one division, and so the
// same on every machine.
func stretch(m, n int) []place {
	places := make([]place, n)
	for i := range places {
		twice := int64(2*i+1)*int64(m) - int64(n) // 2n times the distance from the first centre
		twice = min(max(twice, 0), int64(m-1)*int64(2*n))
		first := int(twice / int64(2*n))
		places[i] = place{first, min(first+1, m-1), float64(twice%int64(2*n)) / float64(2*n)}
	}
	return places
}

// between is rounded before it is added, so that no machine fuses the two.
func (p place) between(a, b float32) float32 {
	return float32(float64(a) + float64(p.share*(float64(b)-float64(a))))
}

// SaliencyMap makes a map of a picture: the mean of its channels, in 16 bits. A grey
// picture is one already.
func SaliencyMap(m *imageio.Samples) *imageio.Samples {
	if m.C == 1 {
		return m
	}
	grey := imageio.NewSamples(m.W, m.H, 1, 16)
	line := make([]float32, m.W)
	for y := range m.H {
		sums := make([]float64, m.W)
		for c := range m.C {
			for x, v := range m.Row(c, y, line) {
				sums[x] += float64(v)
			}
		}
		for x, to := range sums {
			grey.Row16(0, y)[x] = uint16(to/float64(m.C)*65535 + 0.5)
		}
	}
	return grey
}

// SaliencyRows shows in grey what mode "saliency" places splats by: the given map, or with nil
// the built-in one. The function it gives writes row y to dst, one channel; rows are asked
// for from the top.
func SaliencyRows(m, given *imageio.Samples) func(y int, dst [][]float32) error {
	s := newSaliency(m, given)
	return func(y int, dst [][]float32) error {
		copy(dst[0], s.row(y)[0])
		return nil
	}
}
