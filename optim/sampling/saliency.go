package sampling

import (
	"igs/imageio"
	"igs/internal/parallel"
)

// saliency computes the weights of mode "saliency": a map with values of 0..1, scaled to the size of the picture. As in
// Image-GS, the weight is the value itself, not its square.
type saliency struct{ *blocks }

// newSaliency uses the given map, which is grey and of any size. If it is nil, newSaliency uses the built-in map.
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

// place is the position of a pixel on the map along one axis: between the centres of two pixels of the map.
type place struct {
	first, second int
	share         float64 // weight of the second
}

// stretch returns the places of n pixels on a map of m pixels. All operations but one division are exact, so the result
// is the same on every machine.
func stretch(m, n int) []place {
	places := make([]place, n)
	for i := range places {
		twice := int64(2*i+1)*int64(m) - int64(n) // distance from the first centre, times 2n
		twice = min(max(twice, 0), int64(m-1)*int64(2*n))
		first := int(twice / int64(2*n))
		places[i] = place{first, min(first+1, m-1), float64(twice%int64(2*n)) / float64(2*n)}
	}
	return places
}

// between interpolates. The conversions round the products, so that no CPU fuses them with the addition.
func (p place) between(a, b float32) float32 {
	return float32(float64(a) + float64(p.share*(float64(b)-float64(a))))
}

// SaliencyMap makes a map from a picture: the mean of its channels, with 16 bits. A grey picture is returned unchanged.
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

// SaliencyRows returns a function that computes the rows of the map of mode "saliency", in the size of the picture: the
// given map, or the built-in map if it is nil. The function writes row y to dst, which has one channel. It must be
// called for all rows from the top.
func SaliencyRows(m, given *imageio.Samples) func(y int, dst [][]float32) error {
	s := newSaliency(m, given)
	return func(y int, dst [][]float32) error {
		copy(dst[0], s.row(y)[0])
		return nil
	}
}
