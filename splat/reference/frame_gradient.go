package reference

import (
	"igs/internal/parallel"
	"igs/splat"
)

// FrameGradients are the derivatives of L by the coordinates in the frame of each splat. The coordinates are a
// displacement of the centre along the axes of the splat in units of its σ, the logarithms of the scales, the angle and
// the colour:
//
//	μ += (cos θ, sin θ) e1/t1 + (−sin θ, cos θ) e2/t2      t_k ·= exp τ_k      θ += δθ      c += δc
type FrameGradients struct {
	E     []float64 // 2N: e1, e2, σ
	Tau   []float64 // 2N: τ1, τ2
	Theta []float64 // N, radians
	Feat  []float64 // N·C
}

func newFrameGradients(n, c int) *FrameGradients {
	return &FrameGradients{
		E:     make([]float64, 2*n),
		Tau:   make([]float64, 2*n),
		Theta: make([]float64, n),
		Feat:  make([]float64, n*c),
	}
}

// FrameBackward is Backward in the coordinates of FrameGradients (docs/recipe.md, "Gradient in the frame"). The set of
// splats that count at a pixel is taken as constant, as in Backward.
func FrameBackward(sc Scene, p *splat.Splats, f *Frame, gradColor []float64) *FrameGradients {
	g := newFrameGradients(p.N, p.C)
	cv := f.dot(gradColor)
	parallel.Each(p.N, func(_, i int) {
		q := project(sc, p, i)
		if !q.valid {
			return
		}
		u := gatherFrame(sc, p, f, source{i, &q, gradColor, cv, g.Feat[i*p.C : (i+1)*p.C]})
		t1, t2 := float64(p.Scale[2*i]), float64(p.Scale[2*i+1])
		g.E[2*i], g.E[2*i+1] = q.alongAxes(u, t1, t2)
		g.Tau[2*i], g.Tau[2*i+1] = q.byLogScales(u, t1, t2)
		g.Theta[i] = q.byAngle(u, t1, t2)
	})
	return g
}

// frameSums are the sums over pixels that rasterize_grad computes, with d = p − μ and g = ∂L/∂s.
type frameSums struct {
	x, y       float64 // Sx = Σ g dx, Sy = Σ g dy
	xx, xy, yy float64 // Sxx = Σ g dx², Sxy = Σ g dx dy, Syy = Σ g dy²
}

func gatherFrame(sc Scene, p *splat.Splats, f *Frame, from source) frameSums {
	var u frameSums
	gatherExponents(sc, p, f, from, func(g, dx, dy float64) {
		u.x += float64(g * dx)
		u.y += float64(g * dy)
		u.xx += float64(g * dx * dx)
		u.xy += float64(g * dx * dy)
		u.yy += float64(g * dy * dy)
	})
	return u
}

// alongAxes computes
//
//	G_e1 = −t1 (cs Sx + sn Sy)
//	G_e2 = −t2 (−sn Sx + cs Sy)
func (q *projected) alongAxes(u frameSums, t1, t2 float64) (e1, e2 float64) {
	e1 = -t1 * (float64(q.cos*u.x) + float64(q.sin*u.y))
	e2 = -t2 * (float64(-q.sin*u.x) + float64(q.cos*u.y))
	return e1, e2
}

// byLogScales computes
//
//	G_τ1 = t1² (cs² Sxx + 2 cs sn Sxy + sn² Syy)
//	G_τ2 = t2² (sn² Sxx − 2 cs sn Sxy + cs² Syy)
func (q *projected) byLogScales(u frameSums, t1, t2 float64) (tau1, tau2 float64) {
	cc, cs, ss := q.cos*q.cos, q.cos*q.sin, q.sin*q.sin
	tau1 = t1 * t1 * (float64(cc*u.xx) + float64(2*cs*u.xy) + float64(ss*u.yy))
	tau2 = t2 * t2 * (float64(ss*u.xx) - float64(2*cs*u.xy) + float64(cc*u.yy))
	return tau1, tau2
}

// byAngle computes
//
//	G_θ = (t1/t2 − t2/t1) t1 t2 (cs sn (Syy − Sxx) + (cs² − sn²) Sxy)
//
// The code writes the first two factors as t1² − t2², which is equal and needs no division.
func (q *projected) byAngle(u frameSums, t1, t2 float64) float64 {
	cc, cs, ss := q.cos*q.cos, q.cos*q.sin, q.sin*q.sin
	turn := float64(cs*(u.yy-u.xx)) + float64((cc-ss)*u.xy)
	return (float64(t1*t1) - float64(t2*t2)) * turn
}
