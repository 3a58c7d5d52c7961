package splat

import (
	"fmt"
	"math"
)

// coder turns a plane into whole numbers of its precision and back.
type coder struct {
	plane int
	bits  int
	grid  grid // for all but exact planes and angles
}

// newCoder measures plane k.
func newCoder(k int, p plane, n, bits int) coder {
	c := coder{plane: k, bits: bits}
	if c.ranged() {
		c.grid = gridOf(n, func(i int) float32 { return c.uncut(*p.at(i)) }, bits)
	}
	return c
}

// coders measures all planes.
func (p *Splats) coders(b Bits) []coder {
	planes := p.planes()
	all := make([]coder, len(planes))
	for k, plane := range planes {
		all[k] = newCoder(k, plane, p.N, b.of(k))
	}
	return all
}

// check names the first plane whose range has levels that are no parameters: in a file it is damaged, and splats so far
// apart cannot be written.
func check(coders []coder) error {
	for _, c := range coders {
		if c.ranged() && !c.sound() {
			return fmt.Errorf("%s of the splats from %v to %v does not fit %d bits", planeName(c.plane), c.grid.low, c.grid.high, c.bits)
		}
	}
	return nil
}

func (c coder) sound() bool {
	g, most := c.grid, float32(math.MaxFloat32)
	if c.bend().offset != 0 {
		most = 1 << 24
	}
	return -most <= g.low && g.low <= g.high && g.high <= most && finite(float64(g.value(g.levels-1)))
}

func (c coder) exact() bool { return c.bits >= Exact }

// ranged says whether a file holds the range of the plane.
func (c coder) ranged() bool { return !c.exact() && c.plane != planeRot }

// width is the bits a number takes.
func (c coder) width() int {
	if c.exact() {
		return 32
	}
	return c.bits
}

// bend is how a plane that is not cut as it is is bent before; an offset of 0 means that it is not.
func (c coder) bend() bend {
	switch {
	case c.plane == planeT1 || c.plane == planeT2:
		return scaleBend
	case c.plane > planeRot:
		return featBend
	}
	return bend{}
}

// uncut is a parameter on the scale that is cut into steps.
func (c coder) uncut(v float32) float32 {
	if b := c.bend(); b.offset != 0 {
		return b.of(v)
	}
	return v
}

// encode is the number of a parameter. It is the one that its own value has: where steps are finer than the numbers of
// a scale, several have the same value.
func (c coder) encode(v float32) uint32 {
	switch {
	case c.exact():
		return ordered(v)
	case c.plane == planeRot:
		return fromAngle(v, c.bits)
	}
	q := c.grid.level(c.uncut(v))
	for range 4 {
		again := c.grid.level(c.uncut(c.decode(uint32(q))))
		if again == q {
			break
		}
		q = again
	}
	return uint32(q)
}

// decode is the parameter that a number stands for.
func (c coder) decode(q uint32) float32 {
	switch {
	case c.exact():
		return unordered(q)
	case c.plane == planeRot:
		return toAngle(q, c.bits)
	}
	v := c.grid.value(int32(q))
	if b := c.bend(); b.offset != 0 {
		return b.back(v)
	}
	return v
}

// ordered is the bits of a float32 such that greater numbers have greater ones.
func ordered(v float32) uint32 {
	if bits := math.Float32bits(v); bits>>31 == 0 {
		return bits | 1<<31
	} else {
		return ^bits
	}
}

func unordered(q uint32) float32 {
	if q>>31 == 1 {
		return math.Float32frombits(q &^ (1 << 31))
	}
	return math.Float32frombits(^q)
}
