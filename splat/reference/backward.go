package reference

import (
	"math"

	"igs/internal/parallel"
	"igs/splat"
)

// Gradients are ∂L/∂parameter, shaped like the tensors of Splats.
type Gradients struct {
	XY, Scale, Rot, Feat []float64
}

// Backward returns the derivative of the loss by every parameter, given f = Forward(sc, p) and gradColor = ∂L/∂C,
// planar. The set of splats that count at a pixel is taken as constant, which is true almost everywhere. For each
// splat, pixels are added in row order, so the result is the same on every run.
func Backward(sc Scene, p *splat.Splats, f *Frame, gradColor []float64) *Gradients {
	g := &Gradients{
		XY:    make([]float64, 2*p.N),
		Scale: make([]float64, 2*p.N),
		Rot:   make([]float64, p.N),
		Feat:  make([]float64, p.N*p.C),
	}
	cv := f.dot(gradColor)
	parallel.Each(p.N, func(_, i int) {
		q := project(sc, p, i)
		if !q.valid {
			return
		}
		u := gather(sc, p, f, source{i, &q, gradColor, cv, g.Feat[i*p.C : (i+1)*p.C]})
		w, h := sc.size()
		g.XY[2*i] = float64(w) * u.mx
		g.XY[2*i+1] = float64(h) * u.my
		g.Scale[2*i], g.Scale[2*i+1], g.Rot[i] = q.chain(u, float64(p.Scale[2*i]), float64(p.Scale[2*i+1]))
	})
	return g
}

// dot returns C·v of every pixel.
func (f *Frame) dot(gradColor []float64) []float64 {
	plane := f.W * f.H
	cv := make([]float64, plane)
	for k, v := range gradColor {
		cv[k%plane] += float64(f.Color[k] * v)
	}
	return cv
}

// source is a splat and the inputs of its gradient.
type source struct {
	index     int
	q         *projected
	gradColor []float64 // v
	cv        []float64 // C·v
	feat      []float64 // ∂L/∂c, the result
}

// conicSums are the derivatives of L by the centre (px) and the conic.
type conicSums struct{ mx, my, a, b, c float64 }

// gather sums the gradient of one splat over all pixels.
func gather(sc Scene, p *splat.Splats, f *Frame, from source) conicSums {
	var u conicSums
	q := from.q
	gatherExponents(sc, p, f, from, func(g, dx, dy float64) {
		u.a += float64(0.5 * g * dx * dx)
		u.b += float64(g * dx * dy)
		u.c += float64(0.5 * g * dy * dy)
		u.mx -= float64(g * (float64(q.a*dx) + float64(q.b*dy)))
		u.my -= float64(g * (float64(q.b*dx) + float64(q.c*dy)))
	})
	return u
}

// gatherExponents visits the pixels where one splat counts. It adds ∂L/∂c to the source, and calls add with g = ∂L/∂s =
// −(α/D) (c·v − C·v) and the offset d of each pixel.
func gatherExponents(sc Scene, p *splat.Splats, f *Frame, from source, add func(g, dx, dy float64)) {
	plane := sc.W * sc.H
	feat := p.Feat[from.index*p.C : (from.index+1)*p.C]
	walk(sc, f, from.q, func(here int, weight, dx, dy float64) {
		own := 0.0 // c·v
		for c, value := range feat {
			v := from.gradColor[c*plane+here]
			from.feat[c] += float64(weight * v)
			own += float64(float64(value) * v)
		}
		add(-weight*(own-from.cv[here]), dx, dy)
	})
}

// walk visits the pixels where one splat counts, in row order. It calls visit with the index of the pixel in a plane,
// the weight α/D and the offset d = pixel − centre.
func walk(sc Scene, f *Frame, q *projected, visit func(here int, weight, dx, dy float64)) {
	for row := range sc.H {
		for column := range sc.W {
			here := row*sc.W + column
			x, y := sc.centre(row, column)
			dx, dy := x-q.mx, y-q.my
			if s := q.exponent(dx, dy); s <= f.SK[here] && sc.counts(s) {
				visit(here, math.Exp(-s)/f.D[here], dx, dy)
			}
		}
	}
}

// chain computes the derivatives by t1, t2 and θ from those by the conic.
func (q *projected) chain(u conicSums, t1, t2 float64) (dt1, dt2, drot float64) {
	cc, cs, ss := q.cos*q.cos, q.cos*q.sin, q.sin*q.sin
	dt1 = 2 * t1 * (float64(u.a*cc) + float64(u.b*cs) + float64(u.c*ss))
	dt2 = 2 * t2 * (float64(u.a*ss) - float64(u.b*cs) + float64(u.c*cc))
	drot = float64(2*q.b*(u.c-u.a)) + float64(u.b*(q.a-q.c))
	return dt1, dt2, drot
}
