package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"igs/event"
	"igs/record"
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

// growthOf draws PSNR over the bytes of the model file while splats were added, each with the bytes of a splat in the final
// file. It is nil for a run whose number of splats did not change, and for one that is not done.
func growthOf(rows []event.Evaluated, r *record.Result) *chart {
	if r == nil || r.Bytes < 1 || r.Splats < 1 {
		return nil
	}
	var xs, ys []float64
	for i := range rows {
		e := &rows[i]
		if y := e.PSNR; e.Splats > 0 && !math.IsNaN(y) && !math.IsInf(y, 0) {
			xs, ys = append(xs, float64(e.Splats)*float64(r.Bytes)/float64(r.Splats)), append(ys, y)
		}
	}
	if len(xs) < 3 || xs[0] >= xs[len(xs)-1] {
		return nil
	}
	xs, ys = thin(xs), thin(ys)
	x, y := newAxis(xs, 0.02, false), newAxis(ys, 0.06, false)
	x.low = 0
	c := &chart{Title: "PSNR over bytes of the growth", XLabel: "bytes, at the precision of the file", Over: "bytes", Unit: "dB", W: 420, H: 138, L: 44, R: 410, T: 8, B: 116}
	c.setAxes(&x, &y, 5, 5)
	c.Lines = []line{{Name: c.Title, Points: joined(xs, ys, x, y)}}
	c.First, c.Last = fmt.Sprintf("%.2f dB", ys[0]), fmt.Sprintf("%.2f dB", ys[len(ys)-1])
	c.Alt = fmt.Sprintf("PSNR over the bytes of the model while splats were added: %s with %.0f bytes, %s with %.0f bytes", c.First, xs[0], c.Last, xs[len(xs)-1])
	var data []string
	for i := range xs {
		data = append(data, fmt.Sprintf("%.0f:%.2f", xs[i], ys[i]))
	}
	c.Data = strings.Join(data, " ")
	return c
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
	c := &chart{Title: k.title, Over: "step", Unit: k.unit, XLabel: "step", W: 420, H: 138, L: 44, R: 410, T: 8, B: 116}
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
