package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"igs/event"
)

// mostPoints is the most points of a curve: a chart is not wider in pixels.
const mostPoints = 400

// curve is one figure of metrics.csv, drawn over steps.
type curve struct {
	title, unit string
	of          func(*event.Evaluated) float64
	format      func(float64) string
	log         bool // may be drawn on a logarithmic axis
}

var curveKinds = []curve{
	{"Loss", "", func(e *event.Evaluated) float64 { return e.TotalLoss }, decimalsOf(4), true},
	{"PSNR", "dB", func(e *event.Evaluated) float64 { return e.PSNR }, decimalsOf(2), false},
	{"SSIM", "", func(e *event.Evaluated) float64 { return e.SSIM }, decimalsOf(4), false},
	{"Splats", "", func(e *event.Evaluated) float64 { return float64(e.Splats) }, decimalsOf(0), false},
}

func decimalsOf(n int) func(float64) string {
	return func(x float64) string { return strconv.FormatFloat(x, 'f', n, 64) }
}

// curvesOf draws the figures of metrics.csv. Values that are NaN or infinite are left out, and so are
// curves of fewer than two points.
func curvesOf(rows []event.Evaluated) []*chart {
	var charts []*chart
	for _, kind := range curveKinds {
		var xs, ys []float64
		for i := range rows {
			if y := kind.of(&rows[i]); !math.IsNaN(y) && !math.IsInf(y, 0) {
				xs, ys = append(xs, float64(rows[i].Step)), append(ys, y)
			}
		}
		if len(xs) >= 2 && xs[0] < xs[len(xs)-1] {
			charts = append(charts, kind.draw(thin(xs), thin(ys)))
		}
	}
	return charts
}

// thin keeps at most mostPoints values, evenly spaced, with the first and the last.
func thin(v []float64) []float64 {
	if len(v) <= mostPoints {
		return v
	}
	out := make([]float64, mostPoints)
	for i := range out {
		out[i] = v[i*(len(v)-1)/(mostPoints-1)]
	}
	return out
}

func (k curve) draw(xs, ys []float64) *chart {
	c := &chart{Title: k.title, Unit: k.unit, XLabel: "step", W: 420, H: 138, L: 44, R: 410, T: 8, B: 116}
	low, high := math.Inf(1), math.Inf(-1)
	for _, y := range ys {
		low, high = min(low, y), max(high, y)
	}
	x, y := newAxis(xs, 0, false), newAxis(ys, 0.06, k.log && low > 0 && high > 8*low)
	x.low = min(x.low, 0)
	c.setAxes(&x, &y, 5, 5)
	c.Lines = []line{{Name: k.title, Points: joined(xs, ys, x, y)}}
	c.First, c.Last = k.format(ys[0]), k.format(ys[len(ys)-1])
	if k.unit != "" {
		c.First, c.Last = c.First+" "+k.unit, c.Last+" "+k.unit
	}
	c.Alt = fmt.Sprintf("%s over steps: %s at step %g, %s at step %g", k.title, c.First, xs[0], c.Last, xs[len(xs)-1])
	var data strings.Builder
	for i := range xs {
		fmt.Fprintf(&data, "%g:%s ", xs[i], k.format(ys[i]))
	}
	c.Data = strings.TrimSuffix(data.String(), " ")
	return c
}
