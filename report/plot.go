package report

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strconv"
	"strings"
)

// plot is a chart drawn as SVG. Its colours are classes of the style sheet, so that it
// follows light and dark.
type plot struct {
	title        string // what a screen reader says of it
	xName, yName string
	w, h         float64
	logX, logY   bool
	lines        []line
}

// line is a series of points. Points that are no numbers are left out.
type line struct {
	name   string
	class  string // c0 … c7
	x, y   []float64
	labels []string // one a point, with markers; nil draws the line only
	links  []string
}

const left, right, top, bottom = 46.0, 12.0, 24.0, 34.0 // px around the plot

// axis maps values to px.
type axis struct {
	low, high float64 // of the values, or of their logarithms
	from, to  float64
	log       bool
	marks     []float64
}

func newAxis(values []float64, from, to float64, log bool) axis {
	a := axis{low: math.Inf(1), high: math.Inf(-1), from: from, to: to, log: log}
	for _, v := range values {
		if v = a.scale(v); !math.IsNaN(v) && !math.IsInf(v, 0) {
			a.low, a.high = min(a.low, v), max(a.high, v)
		}
	}
	if a.low > a.high {
		a.low, a.high = 0, 1
	}
	if pad := 0.04 * (a.high - a.low); pad > 0 {
		a.low, a.high = a.low-pad, a.high+pad
	} else {
		a.low, a.high = a.low-0.5, a.high+0.5
	}
	a.marks = ticks(a.low, a.high, log)
	return a
}

func (a axis) scale(v float64) float64 {
	if a.log {
		return math.Log10(v)
	}
	return v
}

func (a axis) at(v float64) float64 {
	return a.from + (a.scale(v)-a.low)/(a.high-a.low)*(a.to-a.from)
}

// ticks are round values between low and high: steps of 1, 2 or 5 times a power of ten, or
// such values themselves on a logarithmic axis that spans enough.
func ticks(low, high float64, log bool) []float64 {
	var marks []float64
	if log {
		for e := math.Floor(low); e <= high; e++ {
			for _, m := range []float64{1, 2, 5} {
				if v := m * math.Pow(10, e); math.Log10(v) >= low && math.Log10(v) <= high {
					marks = append(marks, v)
				}
			}
		}
		if len(marks) >= 2 {
			return marks
		}
		for _, v := range ticks(math.Pow(10, low), math.Pow(10, high), false) {
			marks = append(marks, v)
		}
		return marks[max(0, len(marks)-6):]
	}
	step := math.Pow(10, math.Floor(math.Log10((high-low)/4)))
	for _, m := range []float64{1, 2, 5, 10} {
		if (high-low)/(m*step) <= 6 {
			step *= m
			break
		}
	}
	for i := math.Ceil(low / step); i*step <= high; i++ {
		marks = append(marks, i*step)
	}
	return marks
}

func (p plot) svg() template.HTML {
	var xs, ys []float64
	for _, l := range p.lines {
		xs, ys = append(xs, l.x...), append(ys, l.y...)
	}
	x := newAxis(xs, left, p.w-right, p.logX)
	y := newAxis(ys, p.h-bottom, top, p.logY)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="plot" viewBox="0 0 %g %g" role="img" aria-label="%s">`, p.w, p.h, html.EscapeString(p.title))
	for _, v := range y.marks {
		fmt.Fprintf(&b, `<path class="grid" d="M%.1f %.1fH%.1f"/><text class="tick" x="%.1f" y="%.1f" text-anchor="end">%s</text>`, left, y.at(v), p.w-right, left-6, y.at(v)+3.5, short(v))
	}
	for _, v := range x.marks {
		fmt.Fprintf(&b, `<path class="grid" d="M%.1f %.1fV%.1f"/><text class="tick" x="%.1f" y="%.1f" text-anchor="middle">%s</text>`, x.at(v), top, p.h-bottom, x.at(v), p.h-bottom+14, short(v))
	}
	fmt.Fprintf(&b, `<text class="name" x="%.1f" y="%.1f" text-anchor="end">%s</text>`, p.w-right, p.h-4, html.EscapeString(p.xName))
	fmt.Fprintf(&b, `<text class="name" x="%.1f" y="%.1f">%s</text>`, 6.0, 13.0, html.EscapeString(p.yName))
	for _, l := range p.lines {
		l.draw(&b, x, y)
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String())
}

func (l line) draw(b *strings.Builder, x, y axis) {
	var path strings.Builder
	move := "M"
	for i := range l.x {
		px, py := x.at(l.x[i]), y.at(l.y[i])
		if math.IsNaN(px+py) || math.IsInf(px+py, 0) {
			move = "M"
			continue
		}
		fmt.Fprintf(&path, "%s%.1f %.1f", move, px, py)
		move = "L"
	}
	fmt.Fprintf(b, `<path class="line %s" d="%s"/>`, l.class, path.String())
	if l.labels == nil {
		return
	}
	for i := range l.x {
		px, py := x.at(l.x[i]), y.at(l.y[i])
		if math.IsNaN(px+py) || math.IsInf(px+py, 0) {
			continue
		}
		text := html.EscapeString(l.labels[i])
		fmt.Fprintf(b, `<a href="#%s"><circle class="point %s" cx="%.1f" cy="%.1f" r="4.5"><title>%s: %s</title></circle>`, html.EscapeString(l.links[i]), l.class, px, py, html.EscapeString(l.name), text)
		fmt.Fprintf(b, `<text class="label" x="%.1f" y="%.1f" text-anchor="end">%s</text></a>`, px-7, py-6, text)
	}
}

// short writes a number for a tick: 20k, 0.95, 3.5.
func short(v float64) string {
	switch {
	case math.Abs(v) >= 1e6:
		return strconv.FormatFloat(v/1e6, 'g', 4, 64) + "M"
	case math.Abs(v) >= 1e4:
		return strconv.FormatFloat(v/1e3, 'g', 4, 64) + "k"
	}
	return strconv.FormatFloat(math.Round(v*1e9)/1e9, 'g', 5, 64)
}
