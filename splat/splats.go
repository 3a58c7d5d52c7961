// Package splat owns the model: the splats themselves and the model file. Package
// splat/reference holds the method in float64, which every kernel is tested against.
//
// A splat is one anisotropic 2D Gaussian with a feature (a colour, for RGB) and neither
// opacity nor depth, so the order of splats means nothing.
//
// Units and coordinates. Centres are normalised to [0,1] of width and height, x to the
// right and y down; the centre of pixel (row i, column j) lies at (j+0.5, i+0.5) px.
// Scales are inverse standard deviations in 1/px of the training size, angles are
// radians. A centre may lie outside the picture. All parameters are float32: that is
// what a device trains and what a file holds; the reference computes in float64 from
// them.
package splat

import (
	"fmt"
	"math"
)

// Splats are the parameters of N splats, splat after splat in each tensor.
type Splats struct {
	N, C  int       // splats, channels of the feature
	XY    []float32 // 2N: x, y, normalised
	Scale []float32 // 2N: t1, t2 = 1/σ, 1/px
	Rot   []float32 // N: θ, radians
	Feat  []float32 // N·C
}

// New returns n splats of c channels with every parameter zero.
func New(n, c int) *Splats {
	return &Splats{
		N: n, C: c,
		XY:    make([]float32, 2*n),
		Scale: make([]float32, 2*n),
		Rot:   make([]float32, n),
		Feat:  make([]float32, n*c),
	}
}

// Clone returns a copy that shares nothing.
func (p *Splats) Clone() *Splats {
	q := New(p.N, p.C)
	copy(q.XY, p.XY)
	copy(q.Scale, p.Scale)
	copy(q.Rot, p.Rot)
	copy(q.Feat, p.Feat)
	return q
}

// Append adds the splats of o behind those of p. Both must have the same channels;
// anything else is a mistake of the caller and panics.
func (p *Splats) Append(o *Splats) {
	if p.C != o.C {
		panic(fmt.Sprintf("splat: appending splats of %d channels to splats of %d", o.C, p.C))
	}
	p.XY = append(p.XY, o.XY...)
	p.Scale = append(p.Scale, o.Scale...)
	p.Rot = append(p.Rot, o.Rot...)
	p.Feat = append(p.Feat, o.Feat...)
	p.N += o.N
}

// Validate reports the first thing that keeps p from being a usable set of splats: a
// tensor of the wrong length or a parameter that is not a finite number. No splats at
// all is fine; at least one channel there must be.
func (p *Splats) Validate() error {
	if p.N < 0 || p.C < 1 {
		return fmt.Errorf("%d splats of %d channels", p.N, p.C)
	}
	for _, t := range p.tensors() {
		if len(t.values) != p.N*t.each {
			return fmt.Errorf("%s holds %d numbers, %d splats need %d", t.name, len(t.values), p.N, p.N*t.each)
		}
		for i, v := range t.values {
			if !finite(float64(v)) {
				return fmt.Errorf("%s of splat %d is %v", t.name, i/t.each, v)
			}
		}
	}
	return nil
}

// tensor is one of the four parameter arrays, each values a splat.
type tensor struct {
	name   string
	values []float32
	each   int
}

// tensors lists the arrays in the order in which files hold them.
func (p *Splats) tensors() [4]tensor {
	return [4]tensor{
		{"xy", p.XY, 2},
		{"scale", p.Scale, 2},
		{"rot", p.Rot, 1},
		{"feat", p.Feat, p.C},
	}
}

// finite holds for every number that float32 can represent, and for no NaN.
func finite(v float64) bool { return math.Abs(v) <= math.MaxFloat32 }
