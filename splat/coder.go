package splat

import (
	"fmt"
	"math"
)

// coder encodes the parameters of a plane as integers of its precision, and decodes them.
type coder struct {
	plane int
	bits  int
	grid  grid // not used for exact planes and angles
}

// newCoder makes the coder of plane k. The range of the grid is that of the n values.
func newCoder(k int, p plane, n, bits int) coder {
	c := coder{plane: k, bits: bits}
	if c.ranged() {
		c.grid = gridOf(n, func(i int) float32 { return c.companded(*p.at(i)) }, bits)
	}
	return c
}

// coders makes the coders of all planes.
func (p *Splats) coders(b Bits) []coder {
	planes := p.planes()
	all := make([]coder, len(planes))
	for k, plane := range planes {
		all[k] = newCoder(k, plane, p.N, b.of(k))
	}
	return all
}

// check returns an error for the first plane whose range has a level that is not a valid parameter. A file with such a
// range is damaged, and splats with such a range cannot be written.
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
	if c.compander().offset != 0 {
		most = 1 << 24
	}
	return -most <= g.low && g.low <= g.high && g.high <= most && finite(float64(g.value(g.levels-1)))
}

func (c coder) exact() bool { return c.bits >= Exact }

// ranged reports whether a file stores the range of the plane.
func (c coder) ranged() bool { return !c.exact() && c.plane != planeRot }

// width is the number of bits of an encoded parameter.
func (c coder) width() int {
	if c.exact() {
		return 32
	}
	return c.bits
}

// compander returns the compander of the plane. An offset of 0 means that the plane has none.
func (c coder) compander() compander {
	switch {
	case c.plane == planeT1 || c.plane == planeT2:
		return scaleCompander
	case c.plane > planeRot:
		return featCompander
	}
	return compander{}
}

// companded returns a parameter on the scale that the grid divides into equal steps.
func (c coder) companded(v float32) float32 {
	if b := c.compander(); b.offset != 0 {
		return b.compress(v)
	}
	return v
}

// encode returns the integer for a parameter. If the steps of the grid are finer than the floats, several integers
// decode to the same value; encode then returns the integer that this value encodes to, so that encoding a decoded
// value changes nothing.
func (c coder) encode(v float32) uint32 {
	switch {
	case c.exact():
		return ordered(v)
	case c.plane == planeRot:
		return fromAngle(v, c.bits)
	}
	q := c.grid.level(c.companded(v))
	for range 4 {
		again := c.grid.level(c.companded(c.decode(uint32(q))))
		if again == q {
			break
		}
		q = again
	}
	return uint32(q)
}

// decode returns the parameter for an integer.
func (c coder) decode(q uint32) float32 {
	switch {
	case c.exact():
		return unordered(q)
	case c.plane == planeRot:
		return toAngle(q, c.bits)
	}
	v := c.grid.value(int32(q))
	if b := c.compander(); b.offset != 0 {
		return b.expand(v)
	}
	return v
}

// ordered maps the bits of a float32 to an integer that grows with the float32.
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
