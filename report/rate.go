package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// marks are the shapes of points: disc, square, triangle, diamond, hexagon, star. Each picture has
// a shape and a colour of its own. The seventh picture has the first shape again.
var marks = []string{
	"M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0z", "M-4 -4h8v8h-8z", "M0 -5.2L5 3.8H-5z", "M0 -5.6L5.6 0L0 5.6L-5.6 0z",
	"M-5 0L-2.5 -4.4H2.5L5 0L2.5 4.4H-2.5z", "M0 -6L1.6 -1.6L6 0L1.6 1.6L0 6L-1.6 1.6L-6 0L-1.6 -1.6z",
}

// rateOf is the rate–distortion plot of a session: PSNR over bits per pixel. Each picture has a line
// along its Pareto front. The plot is nil when it would have fewer than two points.
func rateOf(rows []Row) *chart {
	var pictures []string
	points := map[string][]int{}
	var rates, qualities []float64
	for i := range rows {
		r := &rows[i]
		if !r.complete() || r.BitsPerPixel == nil || math.IsInf(r.PSNR, 0) {
			continue
		}
		if points[r.Picture] == nil {
			pictures = append(pictures, r.Picture)
		}
		points[r.Picture] = append(points[r.Picture], i)
		rates, qualities = append(rates, *r.BitsPerPixel), append(qualities, r.PSNR)
	}
	if len(rates) < 2 {
		return nil
	}
	c := &chart{Title: "Rate and distortion", XLabel: "bits per pixel", YLabel: "PSNR, dB", W: 640, H: 380, L: 60, R: 626, T: 14, B: 332}
	x, y := newAxis(rates, 0.08, slices.Max(rates) > 6*slices.Min(rates)), newAxis(qualities, 0.1, false)
	c.setAxes(&x, &y, 7, 6)
	for k, picture := range pictures {
		c.Lines = append(c.Lines, rateLine(rows, points[picture], k%len(marks), [2]axis{x, y}))
	}
	c.unclutter()
	if x.log {
		c.XLabel += ", logarithmic"
	}
	c.Alt = fmt.Sprintf("PSNR against bits per pixel of %s of %s; the table above has the figures", count(len(rates), "run", "runs"), count(len(pictures), "picture", "pictures"))
	return c
}

// rateLine draws the runs of one picture. A label has the number of splats, and the number of
// steps when the runs differ in it.
func rateLine(rows []Row, runs []int, style int, axes [2]axis) line {
	l := line{Name: rows[runs[0]].Image, Style: style}
	slices.SortStableFunc(runs, func(a, b int) int {
		return cmp.Or(cmp.Compare(*rows[a].BitsPerPixel, *rows[b].BitsPerPixel), cmp.Compare(rows[b].PSNR, rows[a].PSNR))
	})
	sameSteps := !slices.ContainsFunc(runs, func(i int) bool { return rows[i].Steps != rows[runs[0]].Steps })
	var points []string
	for _, i := range runs {
		r := &rows[i]
		m := marker{X: axes[0].at(*r.BitsPerPixel), Y: axes[1].at(r.PSNR), Run: runID(i), Best: r.Front || len(runs) == 1, Label: strconv.Itoa(r.Splats)}
		if !sameSteps {
			m.Label += "·" + strconv.Itoa(r.Steps)
		}
		m.LabelX, m.LabelY = m.X, m.Y-10
		m.Words = fmt.Sprintf("%s: %.4f bits per pixel, %s", r.Run, *r.BitsPerPixel, shownPSNR(r.PSNR))
		if r.Front {
			points = append(points, fmt.Sprintf("%s,%s", m.X, m.Y))
		}
		l.Marks = append(l.Marks, m)
	}
	l.Points = strings.Join(points, " ")
	return l
}

// The size of a label, in px of the drawing.
const (
	labelHeight = 15
	digitWidth  = 9
)

// unclutter removes labels that would overlap. Labels of points on a front have priority. It also
// removes labels of other points where they would hide a mark.
func (c *chart) unclutter() {
	var kept []*marker
	for _, front := range []bool{true, false} {
		for l := range c.Lines {
			for m := range c.Lines[l].Marks {
				p := &c.Lines[l].Marks[m]
				if p.Best != front {
					continue
				}
				if slices.ContainsFunc(kept, p.covers) || !front && c.hides(p) {
					p.Label = ""
				} else {
					kept = append(kept, p)
				}
			}
		}
	}
}

// covers says whether two labels overlap.
func (p *marker) covers(o *marker) bool {
	reach := px(digitWidth*(len(p.Label)+len(o.Label))) / 2
	return max(p.LabelX-o.LabelX, o.LabelX-p.LabelX) < reach && max(p.LabelY-o.LabelY, o.LabelY-p.LabelY) < labelHeight
}

// hides says whether a label lies over a mark.
func (c *chart) hides(p *marker) bool {
	reach, middle := px(digitWidth*len(p.Label))/2+5, p.LabelY-4
	for _, l := range c.Lines {
		if slices.ContainsFunc(l.Marks, func(m marker) bool {
			return max(m.X-p.LabelX, p.LabelX-m.X) < reach && max(m.Y-middle, middle-m.Y) < 11
		}) {
			return true
		}
	}
	return false
}

func runID(i int) string { return "run-" + strconv.Itoa(i+1) }
