package sampling

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"igs/configs"
	"igs/imageio"
	"igs/memory"
	"igs/splat"
)

// Seed makes the first n splats of a run. They are round with a σ of in.Scale px, lie at pixel centres, and have the
// colour of the target there.
//
// In the modes "gradient" and "saliency" the share in.RandomRatio of the splats is drawn uniformly. The others are
// drawn in proportion to the weights of mode "gradient", or to the given saliency map; nil means the built-in map. In
// mode "random" all are drawn uniformly. Two splats share a pixel only if there are more splats than pixels.
func Seed(m *imageio.Samples, n int, in configs.Init, given *imageio.Samples, rng *rand.Rand) *splat.Splats {
	uniform := n
	if in.Mode != configs.InitRandom {
		uniform = int(math.RoundToEven(in.RandomRatio * float64(n)))
	}
	picks := drawUniform(rng, m.Pixels(), uniform)
	if guided := n - len(picks); guided > 0 && len(picks) < m.Pixels() {
		w := newGradient(m).weights
		if in.Mode == configs.InitSaliency {
			w = newSaliency(m, given).weights
		}
		picks = append(picks, drawWeighted(rng, Weights(w).without(picks), guided)...)
	}
	p := placeSeeds(m, picks, n, in.Scale, rng)
	p.paint(m.At)
	return p.splats
}

// seeds are new splats and the pixel of each.
type seeds struct {
	splats *splat.Splats
	pixels []int // row·width + column
	width  int
}

// placeSeeds puts round splats of sigma px at the centres of the drawn pixels, ordered by tile. Neighbours in memory
// are then neighbours in the picture, and the kernels that visit all splats for each band skip most of them in whole
// subgroups. If there are fewer pixels than splats, the other splats get random positions: two splats that start equal
// would stay equal.
func placeSeeds(m *imageio.Samples, picks []int, n int, sigma float64, rng *rand.Rand) seeds {
	p := seeds{splat.New(n, m.C), make([]int, n), m.W}
	w, h := float64(m.W), float64(m.H)
	slices.SortFunc(picks, func(a, b int) int { return cmp.Compare(tileOf(a, m.W), tileOf(b, m.W)) })
	for i := range n {
		var x, y float64
		if i < len(picks) {
			x, y = float64(picks[i]%m.W)+0.5, float64(picks[i]/m.W)+0.5
		} else {
			x, y = w*rng.Float64(), h*rng.Float64()
		}
		p.pixels[i] = min(int(y), m.H-1)*m.W + min(int(x), m.W-1)
		p.splats.XY[2*i], p.splats.XY[2*i+1] = float32(x/w), float32(y/h)
		p.splats.Scale[2*i], p.splats.Scale[2*i+1] = float32(1/sigma), float32(1/sigma)
	}
	return p
}

// tileOf returns a number that orders pixels by tile row, tile column and position in the tile.
func tileOf(pixel, w int) int {
	const tile = memory.TileSize
	x, y := pixel%w, pixel/w
	return ((y/tile*((w+tile-1)/tile)+x/tile)*tile+y%tile)*tile + x%tile
}

// paint sets the features of each splat to those of its pixel.
func (p seeds) paint(feature func(c, y, x int) float32) {
	for i, pixel := range p.pixels {
		for c := range p.splats.C {
			p.splats.Feat[i*p.splats.C+c] = feature(c, pixel/p.width, pixel%p.width)
		}
	}
}
