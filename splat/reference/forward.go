// Package reference implements the method a second time, in float64, without tiles and without optimisations. All
// kernels are tested against it. Each function follows its formula line by line.
//
// Parameters are the float32 of splat.Splats. Coordinates and units are those of package splat. Colours are planar,
// [C][H][W], and not clamped.
//
// An explicit float64() rounds every product that is added. Otherwise Go may fuse multiplication and addition on some
// architectures, and s could differ between Forward and Backward.
package reference

import (
	"math"

	"igs/internal/parallel"
	"igs/splat"
)

// damp is added to the denominator, so that it is not zero where no splat reaches.
const damp = 1e-4

// Scene holds the settings of rendering.
type Scene struct {
	W, H int     // size of the rendered picture, px
	K    int     // number of splats that count at a pixel: those with the K smallest s; at least 1
	Cut  float64 // a splat with a larger s does not count at the pixel; may be +Inf

	// Lattice is set if only some pixels of a picture are rendered: W and H then count these pixels.
	Lattice Lattice
}

// Lattice is the set of the pixels (Spacing j + X, Spacing i + Y) of a picture. Pixels beyond its edges are allowed.
type Lattice struct {
	Spacing, X, Y int // px; spacing 0 means that all pixels are rendered
	W, H          int // size of the picture, px
}

// size returns the size of the picture, px.
func (sc Scene) size() (w, h int) {
	if sc.Lattice.Spacing > 0 {
		return sc.Lattice.W, sc.Lattice.H
	}
	return sc.W, sc.H
}

// centre returns the centre of a rendered pixel in the picture, px.
func (sc Scene) centre(row, column int) (x, y float64) {
	if l := sc.Lattice; l.Spacing > 0 {
		row, column = l.Spacing*row+l.Y, l.Spacing*column+l.X
	}
	return float64(column) + 0.5, float64(row) + 0.5
}

// Frame is the result of Forward.
type Frame struct {
	W, H, C int
	Color   []float64 // planar [C][H][W], not clamped
	D       []float64 // [H][W]: Σ α + 1e-4
	SK      []float64 // [H][W]: K-th smallest s; +Inf where fewer than K splats count
	Next    []float64 // [H][W]: the next s after SK, which is equal to it at a tie; +Inf where at most K splats count
}

// projected is a splat in pixel coordinates: its centre and conic.
type projected struct {
	mx, my   float64
	a, b, c  float64
	cos, sin float64
	valid    bool
}

// project computes the centre and the conic of splat i.
func project(sc Scene, p *splat.Splats, i int) projected {
	w, h := sc.size()
	return place(
		float64(float64(p.XY[2*i])*float64(w)), float64(float64(p.XY[2*i+1])*float64(h)),
		float64(p.Scale[2*i]), float64(p.Scale[2*i+1]), float64(p.Rot[i]),
	)
}

// place returns the splat with its centre at (mx, my) px. A splat is not valid if its centre or conic exceeds the range
// of float32, in which a device stores them. Such a splat counts at no pixel and has no gradient.
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

// exponent returns s at the offset d = pixel − centre. Forward and Backward both call it, so the comparison s ≤ SK has
// the same result in both.
func (q *projected) exponent(dx, dy float64) float64 {
	return 0.5 * (float64(q.a*dx*dx) + float64(2*q.b*dx*dy) + float64(q.c*dy*dy))
}

// counts reports whether exponent s is not above the cut and in the range of float32. It is false for NaN.
func (sc Scene) counts(s float64) bool { return s <= sc.Cut && s <= math.MaxFloat32 }

// Forward renders the splats.
func Forward(sc Scene, p *splat.Splats) *Frame { return draw(sc, p, projectAll(sc, p)) }

// draw renders projected splats with the features of p.
func draw(sc Scene, p *splat.Splats, all []projected) *Frame {
	f := &Frame{
		W: sc.W, H: sc.H, C: p.C,
		Color: make([]float64, p.C*sc.H*sc.W),
		D:     make([]float64, sc.H*sc.W),
		SK:    make([]float64, sc.H*sc.W),
		Next:  make([]float64, sc.H*sc.W),
	}
	parallel.Each(sc.H, func(_, row int) {
		exponents := make([]float64, p.N)
		nearest := make([]float64, 0, sc.K+1)
		for column := range sc.W {
			f.blend(sc, p, all, pixel{row, column, exponents, nearest})
		}
	})
	return f
}

// pixel is the position of a pixel, with scratch memory for one exponent per splat and for the K + 1 smallest of them.
type pixel struct {
	row, column int
	exponents   []float64
	nearest     []float64
}

// blend computes one pixel: C = Σ α c / D over the splats with s ≤ SK. All splats with s = SK count, so more than K
// splats may count.
func (f *Frame) blend(sc Scene, p *splat.Splats, all []projected, at pixel) {
	nearest := at.nearest[:0]
	x, y := sc.centre(at.row, at.column)
	for i := range all {
		at.exponents[i] = math.Inf(1)
		if q := &all[i]; q.valid {
			if s := q.exponent(x-q.mx, y-q.my); sc.counts(s) {
				at.exponents[i] = s
				nearest = insert(nearest, s, sc.K+1)
			}
		}
	}
	sk, next := math.Inf(1), math.Inf(1)
	if len(nearest) >= sc.K {
		sk = nearest[sc.K-1]
	}
	if len(nearest) > sc.K {
		next = nearest[sc.K]
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
	f.D[here], f.SK[here], f.Next[here] = d, sk, next
}

// insert inserts s into the ascending list of the k smallest values.
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

// finite reports whether v is in the range of float32. It is false for NaN.
func finite(v float64) bool { return math.Abs(v) <= math.MaxFloat32 }
