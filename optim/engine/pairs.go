package engine

import (
	"math"

	"igs/internal/fault"
	"igs/memory"
	"igs/splat"
)

// TilesReached returns the mean number of tiles that the ellipse of a splat meets: its area, plus the sides of its box,
// plus one, in units of tiles. This is the mean number of cells of a square grid that a convex figure meets. The
// standard deviations are in px.
func TilesReached(sigma1, sigma2 float64) float64 {
	const reach = 6.0 / memory.TileSize // sqrt(2 cut) standard deviations
	a, b := reach*sigma1, reach*sigma2
	return math.Pi*a*b + 2*(a+b) + 1
}

// PairsOf estimates the number of pairs of the present splats, rendered zoom times as large.
func PairsOf(shape memory.Shape, p *splat.Splats, zoom float64) int {
	tiles := float64(shape.TilesX() * shape.TilesY())
	sigma := func(t float32) float64 { return zoom / max(math.Abs(float64(t)), 1e-6) }
	var pairs float64
	for i := range p.N {
		pairs += min(TilesReached(sigma(p.Scale[2*i]), sigma(p.Scale[2*i+1])), tiles)
	}
	return int(pairs)
}

// OutOfMemory reports whether an error means that the device refused memory.
func OutOfMemory(err error) bool { return err != nil && fault.Code(err) == fault.OutOfMemory }
