package sampling

import (
	"math"

	"igs/imageio"
)

// shape is the shape of a splat: 1/σ along its axes, 1/px, and the angle of the first axis, radians.
type shape struct{ t1, t2, angle float64 }

// shape returns the shape of a splat by the structure tensor of its pixel. The first, narrow axis lies along the
// gradient. The aspect ratio is that of the roots of the eigenvalues. The area falls with the energy of the gradient.
// sigma is the σ at the mean energy.
func (t tensor) shape(sigma, mean float64) shape {
	difference := t.xx - t.yy
	root := math.Sqrt(difference*difference + 4*t.xy*t.xy)
	large := (t.trace()+root)/2 + tensorFloor
	small := max((t.trace()-root)/2, 0) + tensorFloor
	aspect := min(math.Sqrt(large/small), mostAspect)
	energy := leastEnergy
	if mean > 0 { // it is 0 for a flat picture
		energy += (1 - leastEnergy) * t.trace() / mean
	}
	f := math.Sqrt(min(energy, mostEnergy)) / sigma
	return shape{f * math.Sqrt(aspect), f / math.Sqrt(aspect), math.Atan2(2*t.xy, difference) / 2}
}

const (
	colourCut   = 3   // maximum exponent of a pixel that counts for the colour of a splat
	colourReach = 40  // maximum distance of such a pixel from the centre, px
	colourLeast = 0.3 // minimum sum of weights; a smaller one comes from less than one pixel
)

// meanColour writes the mean of the picture under a splat at (x, y) px, with the weights of the splat. If the splat
// covers less than a pixel, it writes the colour of the pixel at its centre. sums is scratch memory of one number per
// channel.
func (s shape) meanColour(m *imageio.Samples, x, y float64, sums []float64, to []float32) {
	sin, cos := math.Sincos(s.angle)
	along, across := cos/s.t1, sin/s.t2
	reachX := min(colourReach, math.Sqrt(2*colourCut*(along*along+across*across)))
	along, across = sin/s.t1, cos/s.t2
	reachY := min(colourReach, math.Sqrt(2*colourCut*(along*along+across*across)))
	left, right := max(int(x-reachX), 0), min(int(x+reachX), m.W-1)
	clear(sums)
	weight := 0.0
	var room [2*colourReach + 2]float64
	weights := room[:right-left+1]
	for row := max(int(y-reachY), 0); row <= min(int(y+reachY), m.H-1); row++ {
		dy := float64(row) + 0.5 - y
		first, end := len(weights), 0 // range of the weights that count
		for i := range weights {
			dx := float64(left+i) + 0.5 - x
			u, v := (cos*dx+sin*dy)*s.t1, (cos*dy-sin*dx)*s.t2
			weights[i] = 0
			if q := (u*u + v*v) / 2; q <= colourCut {
				weights[i] = math.Exp(-q)
				weight += weights[i]
				first, end = min(first, i), i+1
			}
		}
		if first >= end {
			continue
		}
		for c := range sums {
			if m.Depth == 16 {
				sums[c] += dot(weights[first:end], m.Row16(c, row)[left+first:])
			} else {
				sums[c] += dot(weights[first:end], m.Row8(c, row)[left+first:])
			}
		}
	}
	for c := range to {
		if to[c] = m.At(c, int(y), int(x)); weight > colourLeast {
			to[c] = float32(sums[c] / (weight * fullScale(m)))
		}
	}
}

func dot[T uint8 | uint16](weights []float64, row []T) (sum float64) {
	row = row[:len(weights)]
	for i, w := range weights {
		sum += w * float64(row[i])
	}
	return sum
}
