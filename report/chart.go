package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// chart is a drawing with two axes. Its unit is that of its view box, and y points down.
type chart struct {
	Title, Alt       string
	XLabel, YLabel   string
	W, H             px
	L, T, R, B       px // edges of the area between the axes
	XTicks, YTicks   []tick
	Lines            []line
	CentreX, CentreY px
}

type tick struct {
	At    px
	Label string
}

type line struct {
	Name           string
	Style          int  // index of its colour and of its shape
	Faint          bool // of a single picture
	Points         string
	Marks          []marker
	LabelX, LabelY px
}

// marker is a point with a mark that links to its run.
type marker struct {
	X, Y           px
	Label, Words   string
	Run            string // id of its section; "" = no link
	LabelX, LabelY px
}

// px is a coordinate in a drawing. It is written with one decimal.
type px float64

func (p px) String() string { return strconv.FormatFloat(math.Round(float64(p)*10)/10, 'f', -1, 64) }

// axis maps values to coordinates.
type axis struct {
	low, high float64
	from, to  float64
	log       bool
}

func (a axis) at(v float64) px {
	low, high := a.low, a.high
	if a.log {
		low, high, v = math.Log(low), math.Log(high), math.Log(v)
	}
	return px(a.from + (v-low)/(high-low)*(a.to-a.from))
}

// newAxis is an axis for values. The margin on either side is a share of their range, or a small
// space when all values are equal.
func newAxis(values []float64, margin float64, log bool) axis {
	a := axis{low: math.Inf(1), high: math.Inf(-1), log: log}
	for _, v := range values {
		a.low, a.high = min(a.low, v), max(a.high, v)
	}
	if log {
		spread := math.Pow(a.high/a.low, margin)
		if spread < 1.0001 {
			spread = 1.5
		}
		a.low, a.high = a.low/spread, a.high*spread
		return a
	}
	spread := (a.high - a.low) * margin
	if a.high-a.low <= 1e-9*max(math.Abs(a.high), math.Abs(a.low)) {
		spread = max(math.Abs(a.high)*0.05, 1e-6)
	}
	a.low, a.high = a.low-spread, a.high+spread
	return a
}

// ticks are about n round values on the axis, with labels.
func (a axis) ticks(n int) []tick {
	if a.log {
		if t := a.logTicks(n); len(t) >= 2 {
			return t
		}
	}
	step := roundStep((a.high - a.low) / float64(n))
	digits := max(0, int(math.Ceil(-math.Log10(step)-1e-9)))
	var ticks []tick
	for k := math.Ceil(a.low/step - 1e-9); k*step <= a.high+1e-9*step; k++ {
		ticks = append(ticks, tick{a.at(k * step), label(k*step, digits)})
	}
	return ticks
}

// logTicks are 1, 2 and 5 times powers of ten, or only powers of ten when those would be too many.
func (a axis) logTicks(n int) []tick {
	factors := []float64{1, 2, 5}
	if math.Log10(a.high/a.low)*3 > float64(2*n) {
		factors = factors[:1]
	}
	var ticks []tick
	for e := math.Floor(math.Log10(a.low)); e <= math.Log10(a.high); e++ {
		for _, f := range factors {
			if v := f * math.Pow(10, e); v >= a.low && v <= a.high {
				ticks = append(ticks, tick{a.at(v), label(v, max(0, int(-e)))})
			}
		}
	}
	return ticks
}

// roundStep is the smallest 1, 2 or 5 times a power of ten that is not below least.
func roundStep(least float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(least)))
	for _, f := range []float64{1, 2, 5} {
		if f*power >= least*(1-1e-9) {
			return f * power
		}
	}
	return 10 * power
}

func label(v float64, digits int) string {
	if v == 0 {
		return "0"
	}
	if math.Abs(v) >= 10_000 && math.Mod(v, 100) == 0 {
		return strconv.FormatFloat(v/1000, 'f', -1, 64) + "k"
	}
	return strconv.FormatFloat(v, 'f', digits, 64)
}

// setAxes sets the coordinates of the axes and their ticks.
func (c *chart) setAxes(x, y *axis, nx, ny int) {
	x.from, x.to = float64(c.L), float64(c.R)
	y.from, y.to = float64(c.B), float64(c.T)
	c.XTicks, c.YTicks = x.ticks(nx), y.ticks(ny)
	c.CentreX, c.CentreY = (c.L+c.R)/2, (c.T+c.B)/2
}

// joined is the attribute points of a polyline.
func joined(xs, ys []float64, x, y axis) string {
	var out strings.Builder
	for i := range xs {
		if i > 0 {
			out.WriteByte(' ')
		}
		fmt.Fprintf(&out, "%s,%s", x.at(xs[i]), y.at(ys[i]))
	}
	return out.String()
}
