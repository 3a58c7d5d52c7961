// Package reference holds the method once more, in float64, without tiles, without
// cleverness: the oracle of every kernel test. Each function follows its formula line by
// line.
//
// Parameters are the float32 of splat.Splats; coordinates and units are those of package
// splat. Colours are planar, [C][H][W], and not clamped.
//
// Products that are added are rounded by an explicit float64(): Go may otherwise fuse
// them on some architectures, and s must come out the same in Forward and Backward.
package reference

import (
	"math"

	"igs/internal/parallel"
	"igs/splat"
)

// damp keeps the denominator away from zero where no splat reaches.
const damp = 1e-4

// Scene says how splats become a picture.
type Scene struct {
	W, H int     // size of the picture, px
	K    int     // splats that count at a pixel: those with the K smallest s; at least 1
	Cut  float64 // a splat with s above this does not count at the pixel; +Inf allowed
}

// Frame is what Forward leaves behind.
type Frame struct {
	W, H, C int
	Color   []float64 // planar [C][H][W], not clamped
	D       []float64 // [H][W]: Σ α + 1e-4
	SK      []float64 // [H][W]: K-th smallest s, +Inf where fewer than K splats count
}

// projected is a splat in pixels: centre and conic.
type projected struct {
	mx, my   float64
	a, b, c  float64
	cos, sin float64
	valid    bool
}

// project computes centre and conic of splat i.
func project(sc Scene, p *splat.Splats, i int) projected {
	return place(
		float64(float64(p.XY[2*i])*float64(sc.W)), float64(float64(p.XY[2*i+1])*float64(sc.H)),
		float64(p.Scale[2*i]), float64(p.Scale[2*i+1]), float64(p.Rot[i]),
	)
}

// place is the splat with its centre at (mx, my) px. A splat of which centre or conic is
// no finite float32 is not valid: it counts nowhere and has no gradient. The float32
// range is the limit because a device keeps them in float32.
func place(mx, my, t1, t2, rot float64) projected {
	sin, cos := math.Sincos(rot)
	q := projected{
		mx: mx, my: my,
		a:   float64(t1*t1*cos*cos) + float64(t2*t2*sin*sin),
		b:   (float64(t1*t1) - float64(t2*t2)) * cos * sin,
		c:   float64(t1*t1*sin*sin) + float64(t2*t2*cos*cos),
		cos: cos, sin: sin,
	}
	q.valid = finite(q.mx) && finite(q.my) && finite(q.a) && finite(q.b) && finite(q.c)
	return q
}

func projectAll(sc Scene, p *splat.Splats) []projected {
	all := make([]projected, p.N)
	for i := range all {
		all[i] = project(sc, p, i)
	}
	return all
}

// exponent is s at the offset d = pixel − centre. Forward and Backward both call it, so
// that a splat passes s ≤ SK in one exactly when it does in the other.
func (q *projected) exponent(dx, dy float64) float64 {
	return 0.5 * (float64(q.a*dx*dx) + float64(2*q.b*dx*dy) + float64(q.c*dy*dy))
}

// counts tells whether exponent s passes the cut; the limit of float32 is a cut as
// well, and NaN passes none.
func (sc Scene) counts(s float64) bool { return s <= sc.Cut && s <= math.MaxFloat32 }

// Forward draws the splats.
func Forward(sc Scene, p *splat.Splats) *Frame { return draw(sc, p, projectAll(sc, p)) }

// draw draws splats that are projected already; p gives their features.
func draw(sc Scene, p *splat.Splats, all []projected) *Frame {
	f := &Frame{
		W: sc.W, H: sc.H, C: p.C,
		Color: make([]float64, p.C*sc.H*sc.W),
		D:     make([]float64, sc.H*sc.W),
		SK:    make([]float64, sc.H*sc.W),
	}
	parallel.Each(sc.H, func(_, row int) {
		exponents := make([]float64, p.N)
		nearest := make([]float64, 0, sc.K)
		for column := range sc.W {
			f.blend(sc, p, all, pixel{row, column, exponents, nearest})
		}
	})
	return f
}

// pixel is where blend works, with scratch room for one exponent a splat and for the K
// smallest of them.
type pixel struct {
	row, column int
	exponents   []float64
	nearest     []float64
}

// blend computes one pixel: C = Σ α c / D over the splats with s ≤ SK. All splats that
// tie at SK count, so there may be more than K of them.
func (f *Frame) blend(sc Scene, p *splat.Splats, all []projected, at pixel) {
	nearest := at.nearest[:0]
	x, y := float64(at.column)+0.5, float64(at.row)+0.5
	for i := range all {
		at.exponents[i] = math.Inf(1)
		if q := &all[i]; q.valid {
			if s := q.exponent(x-q.mx, y-q.my); sc.counts(s) {
				at.exponents[i] = s
				nearest = insert(nearest, s, sc.K)
			}
		}
	}
	sk := math.Inf(1)
	if len(nearest) == sc.K {
		sk = nearest[sc.K-1]
	}
	plane := sc.W * sc.H
	here := at.row*sc.W + at.column
	d := damp
	for i, s := range at.exponents {
		if s <= sk && sc.counts(s) {
			alpha := math.Exp(-s)
			d += alpha
			for c := range p.C {
				f.Color[c*plane+here] += float64(alpha * float64(p.Feat[i*p.C+c]))
			}
		}
	}
	for c := range p.C {
		f.Color[c*plane+here] /= d
	}
	f.D[here], f.SK[here] = d, sk
}

// insert puts s into its place among the k smallest values seen, ascending.
func insert(smallest []float64, s float64, k int) []float64 {
	if len(smallest) < k {
		smallest = append(smallest, s)
	} else if s >= smallest[k-1] {
		return smallest
	}
	i := len(smallest) - 1
	for ; i > 0 && smallest[i-1] > s; i-- {
		smallest[i] = smallest[i-1]
	}
	smallest[i] = s
	return smallest
}

// finite holds for every number that float32 can represent, and for no NaN.
func finite(v float64) bool { return math.Abs(v) <= math.MaxFloat32 }
