package sampling

import (
	"math"
	"math/rand/v2"

	"igs/configs"
	"igs/imageio"
	"igs/internal/parallel"
	"igs/splat"
)

// Births makes splats that fit the target from the start: long along edges, small where
// there is much to show. A mean over the target is kept between calls, so that one Births
// serves a whole run; it is not for several goroutines.
type Births struct {
	target *imageio.Samples
	rule   BirthRule
	h      int     // spacing of the tensors that mean is over, px; 0: none yet
	mean   float64 // trace
}

// BirthRule is what all births of a run share.
type BirthRule struct {
	Size     float64 // σ of a splat in mean surroundings, in units of √(pixels per splat)
	ScaleMin float64 // least 1/σ, 1/px; 0: no bound
	ScaleMax float64 // greatest; 0: no bound
}

// NewBirths keeps the target, which must stay as it is, and reads it when splats are made.
func NewBirths(target *imageio.Samples, rule BirthRule) *Births {
	return &Births{target: target, rule: rule}
}

const (
	tensorFloor = 2e-3 // added to both eigenvalues, so that noise of 3 channels makes no long splats
	leastEnergy = 0.3  // (σ0/σ)² where the target is flat; σ0 is that of mean surroundings
	mostEnergy  = 8    // the greatest (σ0/σ)²
	mostAspect  = 9    // the greatest σ2/σ1
	leastSigma  = 0.15 // px; what is narrower falls between the centres of pixels
)

// Seed makes the first n splats of a run, in the order of a space-filling curve. A share
// of in.RandomRatio is spread evenly and the rest in proportion to the squared gradient,
// or in mode "saliency" to the given map, with nil to the built-in one; in mode "random"
// all are spread evenly. Each stands somewhere in its pixel and has the colour of it.
func (b *Births) Seed(n int, in configs.Init, given *imageio.Samples, rng *rand.Rand) *splat.Splats {
	m := b.target
	w := Weights(newBlocks(m.H, 1, m.W, func(int, int, [][]float32) {}).weights)
	switch in.Mode {
	case configs.InitGradient:
		w = squaredGradient(m).weights
	case configs.InitSaliency:
		w = newSaliency(m, given).weights
	}
	picks := sweep(rng, w, proportional(w, n, in.RandomRatio, m.Pixels()), n, [2]int{m.W, m.H})
	offsets := make([]float64, 2*len(picks))
	for i := range offsets {
		offsets[i] = rng.Float64()
	}
	p := splat.New(len(picks), m.C)
	b.each(picks, n, func(_, i int, s shape) {
		pixel := picks[i]
		b.put(p, i, s, float64(pixel%m.W)+offsets[2*i], float64(pixel/m.W)+offsets[2*i+1])
		for c := range m.C {
			p.Feat[i*m.C+c] = m.At(c, pixel/m.W, pixel%m.W)
		}
	})
	return p
}

// Add makes a splat on the centre of each of the pixels, for a picture of n splats in all.
// Its σ is shrink times what the rule says. Its colour is the mean of the target under it.
func (b *Births) Add(pixels []int, n int, shrink float64) *splat.Splats {
	m := b.target
	p := splat.New(len(pixels), m.C)
	sums := make([][]float64, parallel.Workers)
	for i := range sums {
		sums[i] = make([]float64, m.C)
	}
	b.each(pixels, n, func(worker, i int, s shape) {
		s.t1, s.t2 = s.t1/shrink, s.t2/shrink
		x, y := float64(pixels[i]%m.W)+0.5, float64(pixels[i]/m.W)+0.5
		s = b.put(p, i, s, x, y)
		s.meanColour(m, x, y, sums[worker], p.Feat[i*m.C:(i+1)*m.C])
	})
	return p
}

// each shapes the splats at the pixels, on all cores.
func (b *Births) each(pixels []int, n int, do func(worker, i int, s shape)) {
	if len(pixels) == 0 {
		return
	}
	m := b.target
	sigma := b.rule.Size * math.Sqrt(float64(m.Pixels())/float64(n))
	h := max(1, int(math.Round(sigma/3)))
	if b.h != h {
		b.h, b.mean = h, meanTrace(m, h)
	}
	parallel.Each(len(pixels), func(worker, i int) {
		t := structureAt(m, pixels[i]%m.W, pixels[i]/m.W, h)
		do(worker, i, t.shape(sigma, b.mean))
	})
}

// put keeps a shape within the bounds and makes it splat i, at x, y px.
func (b *Births) put(p *splat.Splats, i int, s shape, x, y float64) shape {
	s.t1, s.t2 = b.rule.bounded(s.t1), b.rule.bounded(s.t2)
	p.XY[2*i], p.XY[2*i+1] = float32(x/float64(b.target.W)), float32(y/float64(b.target.H))
	p.Scale[2*i], p.Scale[2*i+1], p.Rot[i] = float32(s.t1), float32(s.t2), float32(s.angle)
	return s
}

func (r BirthRule) bounded(t float64) float64 {
	t = max(min(t, 1/leastSigma), r.ScaleMin)
	if r.ScaleMax > 0 {
		t = min(t, r.ScaleMax)
	}
	return t
}
