// Package splat owns the model: the splats and the model file. Package splat/reference implements the method in float64
// as a reference for the kernels.
//
// A splat is one anisotropic 2D Gaussian with a feature (for RGB, a colour). It has no opacity and no depth, so the
// order of splats has no meaning.
//
// Centres are normalised to [0,1] of width and height, with x to the right and y down. A centre may lie outside the
// picture. The centre of pixel (row i, column j) is at (j+0.5, i+0.5) px. Scales are inverse standard deviations, in
// 1/px at the size of the training. Angles are in radians. All parameters are float32, on the device and in a file. The
// reference computes with them in float64.
package splat

import (
	"fmt"
	"math"
)

// Splats are the parameters of N splats. Each tensor holds the values of the first splat, then those of the second, and
// so on.
type Splats struct {
	N, C  int       // number of splats and of channels of a feature
	XY    []float32 // 2N: x and y, normalised
	Scale []float32 // 2N: t1 and t2 = 1/σ, 1/px
	Rot   []float32 // N: θ, radians
	Feat  []float32 // N·C: features
}

// New returns n splats of c channels with all parameters zero.
func New(n, c int) *Splats {
	return &Splats{
		N: n, C: c,
		XY:    make([]float32, 2*n),
		Scale: make([]float32, 2*n),
		Rot:   make([]float32, n),
		Feat:  make([]float32, n*c),
	}
}

// Clone returns a copy that shares no memory.
func (p *Splats) Clone() *Splats {
	q := New(p.N, p.C)
	copy(q.XY, p.XY)
	copy(q.Scale, p.Scale)
	copy(q.Rot, p.Rot)
	copy(q.Feat, p.Feat)
	return q
}

// Append appends the splats of o to p. It panics if the two do not have the same number of channels.
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

// Validate returns an error for a tensor of the wrong length, a parameter that is not finite, or fewer than one
// channel. A set of no splats is valid.
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

// tensor is one of the four arrays of parameters.
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

// finite reports whether v is in the range of float32. It is false for NaN.
func finite(v float64) bool { return math.Abs(v) <= math.MaxFloat32 }
