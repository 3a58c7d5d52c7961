package reference

import (
	"igs/imageio"
	"igs/internal/parallel"
	"igs/splat"
)

// leastRest is the minimum share 1−w of the other splats at a pixel. Where a splat is alone the share is 0, and
// RemovalCost would divide by it.
const leastRest = 0.02

// RemovalCost returns the increase of the sum of squared errors when a splat is removed (docs/recipe.md, "Relocation").
// f is Forward(sc, p). The sum is over the pixels where splat k counts:
//
//	R_k = Σ (2 r·dC + |dC|²)      dC = w/(1−w) (C − c_k)      w = α_k/D      r = C − T
//
// 1−w is at least 0.02, and C is not clamped. dC is exact if 1−w is not below this minimum and no other splat replaces
// the removed one among the K nearest.
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
