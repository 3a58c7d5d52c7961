package live

import "math"

// mostPoints is the most points of a curve: a chart is not wider in pixels.
const mostPoints = 1000

// point is a point of the curves of a run.
type point struct {
	Step   int      `json:"step"`
	Loss   *float64 `json:"loss,omitempty"`
	PSNR   *float64 `json:"psnr,omitempty"`
	Splats int      `json:"splats"`
}

// curve has the points of a run. When there are too many, every second one goes.
type curve struct {
	points []point
	thin   int // how often points went
}

func (c *curve) add(p point) {
	if len(c.points) >= mostPoints {
		var kept []point
		for i, old := range c.points {
			if i%2 == 0 {
				kept = append(kept, old)
			}
		}
		c.points = kept
		c.thin++
	}
	c.points = append(c.points, p)
}

// finite is a number for JSON, which has no NaN.
func finite(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}
