package engine

import (
	"math"

	"igs/internal/fault"
	"igs/memory"
	"igs/splat"
)

// TilesReached is the number of tiles that an ellipse of the given standard deviations, in px, meets on average: its area, its box's
// sides and one, in tiles (the mean number of cells of a square grid that a convex figure meets).
func TilesReached(sigma1, sigma2 float64) float64 {
	const reach = 6.0 / memory.TileSize // sqrt(2 cut) standard deviations
	a, b := reach*sigma1, reach*sigma2
	return math.Pi*a*b + 2*(a+b) + 1
}

// PairsOf estimates the pairs of splats as they stand, drawn zoom times as large.
func PairsOf(shape memory.Shape, p *splat.Splats, zoom float64) int {
	tiles := float64(shape.TilesX() * shape.TilesY())
	sigma := func(t float32) float64 { return zoom / max(math.Abs(float64(t)), 1e-6) }
	var pairs float64
	for i := range p.N {
		pairs += min(TilesReached(sigma(p.Scale[2*i]), sigma(p.Scale[2*i+1])), tiles)
	}
	return int(pairs)
}

// OutOfMemory says whether an error is that of a device that refuses memory.
func OutOfMemory(err error) bool { return err != nil && fault.Code(err) == fault.OutOfMemory }
