package icc

import (
	"encoding/binary"
	"math"
)

// curve is a tone curve. It maps a sample of 0..1 to linear light of 0..1.
type curve func(v float64) float64

// readCurve reads a tag of type curv (a gamma or a table) or para (a formula). It returns nil for any other tag.
func readCurve(t []byte) curve {
	var c curve
	switch {
	case len(t) >= 12 && string(t[:4]) == "curv":
		c = tableCurve(int64(binary.BigEndian.Uint32(t[8:])), t[12:])
	case len(t) >= 12 && string(t[:4]) == "para":
		c = formulaCurve(binary.BigEndian.Uint16(t[8:]), t[12:])
	}
	if c == nil {
		return nil
	}
	return func(v float64) float64 { return clip(c(v)) }
}

// tableCurve interpolates n samples of 16 bits at equal distances. Without samples it is the identity. A single sample
// is a gamma as a fixed-point number with 8 fractional bits.
func tableCurve(n int64, table []byte) curve {
	if n > int64(len(table)/2) {
		return nil
	}
	at := func(i int64) float64 { return float64(binary.BigEndian.Uint16(table[2*i:])) }
	switch n {
	case 0:
		return func(v float64) float64 { return v }
	case 1:
		gamma := at(0) / 256
		return func(v float64) float64 { return math.Pow(v, gamma) }
	}
	return func(v float64) float64 {
		place := v * float64(n-1)
		i := min(int64(place), n-2)
		return (at(i) + (at(i+1)-at(i))*(place-float64(i))) / 65535
	}
}

// formulaCurve is one of the five formulas of a para tag. The order of the parameters is g, a, b, c, d, e, f:
//
//	0: v^g
//	1: (av+b)^g, and 0 below -b/a
//	2: (av+b)^g + c, and c below -b/a
//	3: (av+b)^g, and cv below d
//	4: (av+b)^g + e, and cv + f below d
func formulaCurve(kind uint16, numbers []byte) curve {
	counts := [...]int{1, 3, 4, 5, 7}
	if int(kind) >= len(counts) || len(numbers) < 4*counts[kind] {
		return nil
	}
	var q [7]float64
	for i := range counts[kind] {
		q[i] = fixed(numbers[4*i:])
	}
	g, a, b, c, d, e, f := q[0], q[1], q[2], q[3], q[4], q[5], q[6]
	switch kind {
	case 0:
		a, b, c, d = 1, 0, 0, 0
	case 1:
		c, d = 0, math.Inf(-1) // below -b/a the base of the power is clamped to 0
	case 2:
		e, c, d = c, 0, math.Inf(-1)
	}
	return func(v float64) float64 {
		if v < d {
			return c*v + f
		}
		return math.Pow(max(a*v+b, 0), g) + e
	}
}

// clip clamps v to 0..1. NaN becomes 0.
func clip(v float64) float64 {
	if !(v > 0) {
		return 0
	}
	return min(v, 1)
}
