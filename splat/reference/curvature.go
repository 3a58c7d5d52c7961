package reference

import (
	"igs/internal/parallel"
	"igs/splat"
)

// Curvature returns the curvature of each splat (splat.Curvature). f is Forward(sc, p). The set of splats that count at a
// pixel is taken as constant.
func Curvature(sc Scene, p *splat.Splats, f *Frame) []splat.Curvature {
	all := make([]splat.Curvature, p.N)
	plane := sc.W * sc.H
	parallel.Each(p.N, func(_, i int) {
		q := project(sc, p, i)
		if !q.valid {
			return
		}
		t1, t2, feat := float64(p.Scale[2*i]), float64(p.Scale[2*i+1]), p.Feat[i*p.C:(i+1)*p.C]
		walk(sc, f, &q, func(here int, weight, dx, dy float64) {
			contrast := 0.
			for c, value := range feat {
				d := float64(value) - f.Color[c*plane+here]
				contrast += float64(d * d)
			}
			square := weight * weight
			u, v := t1*(float64(q.cos*dx)+float64(q.sin*dy)), t2*(float64(q.cos*dy)-float64(q.sin*dx))
			uu, vv, share := u*u, v*v, square*contrast
			h := &all[i]
			h.Weight += square
			h.UU += float64(share * uu)
			h.VV += float64(share * vv)
			h.UUUU += float64(share * uu * uu)
			h.VVVV += float64(share * vv * vv)
			h.UUVV += float64(share * uu * vv)
		})
	})
	return all
}
