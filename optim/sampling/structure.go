package sampling

import (
	"math"

	"igs/imageio"
	"igs/internal/parallel"
)

// The structure tensor of a picture at a pixel is the sums of gx², gx·gy and gy² over all channels and over 7 × 7
// points at a spacing of h px. gx and gy are the differences of the samples at +h and −h px, so all samples lie on a
// lattice of 9 × 9 points. The last row and column are repeated beyond the border.
//
// The sums are sums of integers, in steps of 8 or 16 bits. They are exact and do not depend on the order.

const (
	tensorReach   = 3 // points to either side of the pixel
	tensorLattice = 2*tensorReach + 3
)

// tensor is [xx xy; xy yy] for samples of 0..1.
type tensor struct{ xx, xy, yy float64 }

func (t tensor) trace() float64 { return t.xx + t.yy }

// structureAt returns the tensor at row y and column x.
func structureAt(m *imageio.Samples, x, y, h int) tensor {
	var columns, rows [tensorLattice]int
	for k := range columns {
		d := (k - tensorReach - 1) * h
		columns[k], rows[k] = min(max(x+d, 0), m.W-1), min(max(y+d, 0), m.H-1)
	}
	var v [tensorLattice][tensorLattice]int32
	var xx, xy, yy int64
	for c := range m.C {
		for j, row := range rows {
			if m.Depth == 16 {
				pick(&v[j], m.Row16(c, row), &columns)
			} else {
				pick(&v[j], m.Row8(c, row), &columns)
			}
		}
		for j := 1; j < tensorLattice-1; j++ {
			above, here, below := &v[j-1], &v[j], &v[j+1]
			for i := 1; i < tensorLattice-1; i++ {
				gx, gy := int64(here[i+1]-here[i-1]), int64(below[i]-above[i])
				xx, xy, yy = xx+gx*gx, xy+gx*gy, yy+gy*gy
			}
		}
	}
	square := fullScale(m) * fullScale(m)
	return tensor{float64(xx) / square, float64(xy) / square, float64(yy) / square}
}

func pick[T uint8 | uint16](to *[tensorLattice]int32, row []T, columns *[tensorLattice]int) {
	for k, x := range columns {
		to[k] = int32(row[x])
	}
}

// fullScale is the integer that represents the sample 1.
func fullScale(m *imageio.Samples) float64 {
	if m.Depth == 16 {
		return 65535
	}
	return 255
}

// meanPoints is about the number of tensors that meanTrace computes for a large picture. An 8K picture then takes no
// longer than one of 900 × 900 px.
const meanPoints = 16384

// meanTrace returns the mean trace over the picture, on a grid with a spacing of at least 7 px.
func meanTrace(m *imageio.Samples, h int) float64 {
	grid := max(7, int(math.Ceil(math.Sqrt(float64(m.Pixels())/meanPoints))))
	columns, rows := (m.W+grid-1)/grid, (m.H+grid-1)/grid
	sums := make([]float64, rows)
	parallel.Each(rows, func(_, j int) {
		for i := range columns {
			sums[j] += structureAt(m, i*grid, j*grid, h).trace()
		}
	})
	sum := 0.0
	for _, s := range sums {
		sum += s
	}
	return sum / float64(columns*rows)
}
