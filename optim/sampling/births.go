package sampling

import (
	"math"
	"math/rand/v2"

	"igs/configs"
	"igs/imageio"
	"igs/internal/parallel"
	"igs/splat"
)

// Births makes new splats whose shapes fit the target: long along edges, small where the target has much detail. It
// caches a mean over the target, so a run should use one Births. It is not safe for concurrent use.
type Births struct {
	target *imageio.Samples // in memory: the reduced copy of a picture on the disk
	w, h   int              // of the whole picture, px
	ratio  float64          // px of the whole picture in a px of target
	rule   BirthRule
	reach  int     // spacing h of the structure tensors of mean, px of target; 0 means that mean is not computed yet
	mean   float64 // mean trace of the structure tensors
}

// BirthRule holds the settings of all new splats of a run.
type BirthRule struct {
	Size     float64 // σ of a splat where the target has the mean gradient energy, in units of √(pixels per splat)
	ScaleMin float64 // minimum of 1/σ, 1/px; 0 means no bound
	ScaleMax float64 // maximum of 1/σ, 1/px; 0 means no bound
}

// NewBirths returns a Births for a target. The target must not change. Shapes and colours for a target on the disk come
// from its reduced copy.
func NewBirths(target *imageio.Samples, rule BirthRule) *Births {
	b := &Births{target: target.Reduced(), w: target.W, h: target.H, rule: rule}
	b.ratio = math.Sqrt(float64(target.Pixels()) / float64(b.target.Pixels()))
	return b
}

const (
	tensorFloor = 2e-3 // added to both eigenvalues, so that noise does not give long splats
	leastEnergy = 0.3  // (σ0/σ)² where the target is flat; σ0 is the σ at the mean gradient energy
	mostEnergy  = 8    // maximum of (σ0/σ)²
	mostAspect  = 9    // maximum of σ2/σ1
	leastSigma  = 0.15 // px; a narrower splat can lie between the centres of pixels
)

// Seed makes the first n splats of a run, in the order of a space-filling curve. The share in.RandomRatio of them is
// spread evenly. The others are spread in proportion to the squared gradient or, in mode "saliency", to the given map;
// nil means the built-in map. In mode "random" all splats are spread evenly. Each splat has a random position within
// its pixel and the colour of the pixel.
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

// Add makes a splat at the centre of each given pixel of the whole picture, for a picture with n splats in all. Its σ is
// that of the rule times shrink. Its colour is the mean of the target under it.
func (b *Births) Add(pixels []int, n int, shrink float64) *splat.Splats {
	m := b.target
	p := splat.New(len(pixels), m.C)
	centres, pixels := b.reduced(pixels)
	sums := make([][]float64, parallel.Workers)
	for i := range sums {
		sums[i] = make([]float64, m.C)
	}
	b.each(pixels, n, func(worker, i int, s shape) {
		s.t1, s.t2 = s.t1/shrink, s.t2/shrink
		x, y := centres[2*i], centres[2*i+1]
		s = b.put(p, i, s, x, y)
		s.meanColour(m, x, y, sums[worker], p.Feat[i*m.C:(i+1)*m.C])
	})
	return p
}

// reduced returns the centres of pixels of the whole picture, in px of the target, and the pixels of the target there.
func (b *Births) reduced(pixels []int) (centres []float64, at []int) {
	acrossX, acrossY := float64(b.target.W)/float64(b.w), float64(b.target.H)/float64(b.h)
	for _, p := range pixels {
		x, y := (float64(p%b.w)+0.5)*acrossX, (float64(p/b.w)+0.5)*acrossY
		centres = append(centres, x, y)
		at = append(at, min(int(y), b.target.H-1)*b.target.W+min(int(x), b.target.W-1))
	}
	return centres, at
}

// each calls do with the shape of the splat at each pixel, on all cores.
func (b *Births) each(pixels []int, n int, do func(worker, i int, s shape)) {
	if len(pixels) == 0 {
		return
	}
	m := b.target
	sigma := b.rule.Size * math.Sqrt(float64(m.Pixels())/float64(n))
	h := max(1, int(math.Round(sigma/3)))
	if b.reach != h {
		b.reach, b.mean = h, meanTrace(m, h)
	}
	parallel.Each(len(pixels), func(worker, i int) {
		t := structureAt(m, pixels[i]%m.W, pixels[i]/m.W, h)
		do(worker, i, t.shape(sigma, b.mean))
	})
}

// put applies the bounds to a shape and stores it as splat i at (x, y), px of the target. It returns the bounded shape.
func (b *Births) put(p *splat.Splats, i int, s shape, x, y float64) shape {
	s.t1, s.t2 = b.rule.bounded(s.t1/b.ratio), b.rule.bounded(s.t2/b.ratio)
	p.XY[2*i], p.XY[2*i+1] = float32(x/float64(b.target.W)), float32(y/float64(b.target.H))
	p.Scale[2*i], p.Scale[2*i+1], p.Rot[i] = float32(s.t1), float32(s.t2), float32(s.angle)
	s.t1, s.t2 = s.t1*b.ratio, s.t2*b.ratio
	return s
}

func (r BirthRule) bounded(t float64) float64 {
	t = max(min(t, 1/leastSigma), r.ScaleMin)
	if r.ScaleMax > 0 {
		t = min(t, r.ScaleMax)
	}
	return t
}
