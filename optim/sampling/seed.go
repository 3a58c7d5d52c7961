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

// Seed makes the first n splats of a run: round and of in.Scale px, on pixel
// centres, in the colour of the target there. In modes "gradient" and "saliency" a share of
// in.RandomRatio is drawn uniformly and the rest in proportion to the gradient, or to the
// given map or with nil the built-in one; in mode "random" all are drawn uniformly. No two
// share a pixel while there are pixels left.
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
	p := plant(m, picks, n, in.Scale, rng)
	p.paint(m.At)
	return p.splats
}

// plants are new splats and the pixel that each stands on.
type plants struct {
	splats *splat.Splats
	pixels []int // row·width + column
	width  int
}

// plant puts round splats of sigma px on the centres of the picked pixels, ordered by tile:
// neighbours in memory are then neighbours in the picture, and the kernels that go through
// all splats for each band skip most of them in whole subgroups. Where there are fewer picks
// than splats (more splats than pixels) the others go anywhere: two splats that start equal
// would stay equal for ever.
func plant(m *imageio.Samples, picks []int, n int, sigma float64, rng *rand.Rand) plants {
	p := plants{splat.New(n, m.C), make([]int, n), m.W}
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

// tileOf orders pixels by tile row, column of tiles, and place in the tile.
func tileOf(pixel, w int) int {
	const tile = memory.TileSize
	x, y := pixel%w, pixel/w
	return ((y/tile*((w+tile-1)/tile)+x/tile)*tile+y%tile)*tile + x%tile
}

// paint gives each splat the features of its pixel.
func (p plants) paint(feature func(c, y, x int) float32) {
	for i, pixel := range p.pixels {
		for c := range p.splats.C {
			p.splats.Feat[i*p.splats.C+c] = feature(c, pixel/p.width, pixel%p.width)
		}
	}
}
