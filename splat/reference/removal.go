package reference

import (
	"igs/imageio"
	"igs/internal/parallel"
	"igs/splat"
)

// leastRest is the smallest share of a pixel that the other splats are taken to have: the
// denominator of what is left must not vanish where a splat stands alone.
const leastRest = 0.02

// RemovalCost is by how much the sum of squared errors grows when a splat is removed
// (docs/recipe.md, "Relocation"); f is Forward(sc, p). Over the pixels where splat k counts:
//
//	R_k = Σ (2 r·dC + |dC|²)      dC = w/(1−w) (C − c_k)      w = α_k/D      r = C − T
//
// with 1−w at least 0.02 and C not clamped. dC is exact where 1−w is not below that and
// no other splat takes the place among the K nearest.
func RemovalCost(sc Scene, p *splat.Splats, f *Frame, target *imageio.Image) []float64 {
	cost := make([]float64, p.N)
	plane := sc.W * sc.H
	parallel.Each(p.N, func(_, i int) {
		q := project(sc, p, i)
		if !q.valid {
			return
		}
		feat := p.Feat[i*p.C : (i+1)*p.C]
		walk(sc, f, &q, func(here int, weight, _, _ float64) {
			share := weight / max(1-weight, leastRest)
			for c, value := range feat {
				color := f.Color[c*plane+here]
				r := color - float64(target.Pix[c*plane+here])
				change := share * (color - float64(value))
				cost[i] += float64(2*r*change) + float64(change*change)
			}
		})
	})
	return cost
}
