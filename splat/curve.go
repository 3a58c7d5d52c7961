package splat

import (
	"cmp"
	"slices"
)

// alongCurve returns the indices of the splats in the order of the Morton curve, and their Morton codes in this order.
func alongCurve(p *Splats, coders []coder) (at []int, codes []uint64) {
	places := make([]uint64, p.N)
	at = make([]int, p.N)
	for i := range at {
		at[i] = i
		places[i] = morton(coders[0].encode(p.XY[2*i]), coders[1].encode(p.XY[2*i+1]))
	}
	slices.SortStableFunc(at, func(a, b int) int { return cmp.Compare(places[a], places[b]) })
	codes = make([]uint64, p.N)
	for i, j := range at {
		codes[i] = places[j]
	}
	return at, codes
}

// Sort puts the splats in the order of a lossless file. Neighbours in the picture are then neighbours in memory.
func (p *Splats) Sort() {
	exact := coder{bits: MaxBits}
	at, _ := alongCurve(p, []coder{exact, exact})
	before := p.Clone().planes()
	for k, plane := range p.planes() {
		for i, j := range at {
			*plane.at(i) = *before[k].at(j)
		}
	}
}

// morton interleaves the bits of x and y (Morton 1966). The bits of x have even positions.
func morton(x, y uint32) uint64 { return spread(x) | spread(y)<<1 }

func unmorton(code uint64) (x, y uint32) { return gather2(code), gather2(code >> 1) }

// spread inserts a zero above every bit.
func spread(v uint32) uint64 {
	x := uint64(v)
	for _, step := range mortonSteps {
		x = (x | x<<step.shift) & step.mask
	}
	return x
}

// gather2 is the inverse of spread. It ignores the odd bits.
func gather2(x uint64) uint32 {
	x &= mortonSteps[len(mortonSteps)-1].mask
	for i := len(mortonSteps) - 1; i > 0; i-- {
		x = (x | x>>mortonSteps[i].shift) & mortonSteps[i-1].mask
	}
	return uint32(x | x>>mortonSteps[0].shift)
}

var mortonSteps = []struct {
	shift int
	mask  uint64
}{
	{16, 0x0000ffff0000ffff}, {8, 0x00ff00ff00ff00ff}, {4, 0x0f0f0f0f0f0f0f0f}, {2, 0x3333333333333333}, {1, 0x5555555555555555},
}
