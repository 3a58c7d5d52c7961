package report

import (
	"math"
	"strconv"

	"igs/event"
	"igs/record"
)

// The number of points: of the curves of all runs of a page together, and the most and the least of one run.
const (
	allPoints   = 12_000
	mostPoints  = 400
	leastPoints = 24
)

// curves are the evaluations of a run as columns, for the script of the page.
type curves struct {
	Step    figures `json:"step"`
	Seconds figures `json:"seconds"`
	Splats  figures `json:"splats"`
	Bytes   figures `json:"bytes,omitempty"` // of so many splats, each with the bytes of a splat in the model file
	PSNR    figures `json:"psnr"`
	SSIM    figures `json:"ssim"`
	Loss    figures `json:"loss"`
}

// figures are numbers for a script: null for NaN, and "∞" for infinity.
type figures []float64

// MarshalJSON writes an array.
func (f figures) MarshalJSON() ([]byte, error) {
	text := []byte{'['}
	for i, x := range f {
		if i > 0 {
			text = append(text, ',')
		}
		switch {
		case math.IsNaN(x) || math.IsInf(x, -1):
			text = append(text, "null"...)
		case math.IsInf(x, 1):
			text = append(text, `"∞"`...)
		default:
			text = strconv.AppendFloat(text, x, 'g', -1, 64)
		}
	}
	return append(text, ']'), nil
}

// curvesOf takes at most so many evaluations, evenly spaced, with the first and the last. It is nil when there are none. r is the
// result of the run if it is done, or nil.
func curvesOf(rows []event.Evaluated, r *record.Result, most int) *curves {
	if len(rows) == 0 {
		return nil
	}
	n := min(len(rows), most)
	c := new(curves)
	for i := range n {
		e := &rows[i*(len(rows)-1)/max(1, n-1)]
		c.Step, c.Seconds, c.Splats = append(c.Step, float64(e.Step)), append(c.Seconds, short(e.TotalTime)), append(c.Splats, float64(e.Splats))
		c.PSNR, c.SSIM, c.Loss = append(c.PSNR, short(e.PSNR)), append(c.SSIM, short(e.SSIM)), append(c.Loss, short(e.TotalLoss))
		if r != nil && r.Bytes > 0 && r.Splats > 0 {
			c.Bytes = append(c.Bytes, math.Round(float64(e.Splats)*float64(r.Bytes)/float64(r.Splats)))
		}
	}
	return c
}

// short has seven digits, which are more than a drawing shows.
func short(x float64) float64 {
	y, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 7, 64), 64)
	if err != nil {
		return x
	}
	return y
}
