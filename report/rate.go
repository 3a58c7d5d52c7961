package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// marks are the shapes of points: disc, square, triangle, diamond, hexagon, star. Each setting has
// a shape and a colour of its own. The seventh setting has the first shape again.
var marks = []string{
	"M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0z", "M-4 -4h8v8h-8z", "M0 -5.2L5 3.8H-5z", "M0 -5.6L5.6 0L0 5.6L-5.6 0z",
	"M-5 0L-2.5 -4.4H2.5L5 0L2.5 4.4H-2.5z", "M0 -6L1.6 -1.6L6 0L1.6 1.6L0 6L-1.6 1.6L-6 0L-1.6 -1.6z",
}

// longestEnd is the longest name of a line that has room at its end. Longer ones are in the key alone.
const longestEnd = 14

// mostFaint is the most pictures whose lines are drawn. Those of more are an even sample.
const mostFaint = 300

// rateCharts are the rate–distortion plots of a session, one for each score that has two points or more.
func rateCharts(of settings) (charts []*chart) {
	for _, s := range qualities {
		if c := rateChart(s, of); c != nil {
			charts = append(charts, c)
		}
	}
	return charts
}

// rateChart draws a score over bits per pixel: for each setting a line through its means over the pictures, and faint lines
// of the single pictures.
func rateChart(s score, of settings) *chart {
	lines, pictures := of.lines, of.pictures
	var rates, values []float64
	for _, l := range lines {
		for _, rows := range l.of {
			for _, p := range s.points(rows) {
				rates, values = append(rates, p.Rate), append(values, p.Quality)
			}
		}
	}
	if len(rates) < 2 {
		return nil
	}
	c := &chart{Title: s.name, XLabel: "bits per pixel", YLabel: strings.TrimSuffix(s.name+", "+s.unit, ", "), W: 640, H: 400, L: 62, R: 626, T: 16, B: 352}
	named := len(lines) > 1 && !slices.ContainsFunc(lines, func(l *settingLine) bool { return utf8.RuneCountInString(l.name) > longestEnd })
	if named {
		c.R = 520 // names of lines are at their ends
	}
	x, y := newAxis(rates, 0.06, slices.Max(rates) > 6*slices.Min(rates)), newAxis(values, 0.08, false)
	c.setAxes(&x, &y, 6, 6)
	several := len(pictures) > 1
	for k, l := range lines {
		if several {
			for i := range min(len(pictures), mostFaint) {
				picture := pictures[i*len(pictures)/min(len(pictures), mostFaint)]
				c.Lines = append(c.Lines, pictureLine(s, l.of[picture], k%len(marks), [2]axis{x, y}))
			}
		}
	}
	for k, l := range lines {
		if !several {
			l = l.single(pictures[0])
		}
		c.Lines = append(c.Lines, meanLine(s, l, k%len(marks), several, [2]axis{x, y}))
	}
	c.unclutter()
	if named {
		c.nameLines()
	}
	if x.log {
		c.XLabel += ", logarithmic"
	}
	c.Alt = fmt.Sprintf("%s against bits per pixel of %s of %s; the tables have the figures", s.name, count(len(rates), "run", "runs"), count(len(pictures), "picture", "pictures"))
	return c
}

// pictureLine is the faint line of one picture. Its marks link to the runs.
func pictureLine(s score, rows []*Row, style int, axes [2]axis) line {
	l := line{Style: style, Faint: true}
	var points []string
	for _, r := range rows {
		m := marker{Run: r.id, Words: fmt.Sprintf("%s: %.4f bits per pixel, %s", r.Run, *r.BitsPerPixel, s.format(s.of(r)))}
		if at := s.points([]*Row{r}); len(at) > 0 {
			m.X, m.Y = axes[0].at(at[0].Rate), axes[1].at(at[0].Quality)
			l.Marks, points = append(l.Marks, m), append(points, fmt.Sprintf("%s,%s", m.X, m.Y))
		}
	}
	l.Points = strings.Join(points, " ")
	return l
}

// meanLine is the line of a setting through its means over several pictures. A point that lacks pictures would lead the line astray,
// so it is left out. The marks of a single picture link to the runs.
func meanLine(s score, of *settingLine, style int, several bool, axes [2]axis) line {
	l := line{Name: of.name, Style: style}
	var points []string
	for _, p := range of.points {
		quality, rate := p.mean(s.of), p.mean(bitsPerPixel)
		if p.lack || math.IsNaN(quality) || math.IsInf(quality, 0) {
			continue
		}
		label, _, _ := strings.Cut(p.rate, " splats")
		m := marker{X: axes[0].at(rate), Y: axes[1].at(quality), Label: label}
		m.LabelX, m.LabelY = m.X, m.Y-10
		m.Words = fmt.Sprintf("%s: %.4f bits per pixel, %s", strings.TrimPrefix(of.name+", "+p.rate, ", "), rate, s.format(quality))
		if several {
			m.Words += ", mean of " + count(p.pictures(), "picture", "pictures")
		} else {
			m.Run = p.rows[0].id
		}
		l.Marks, points = append(l.Marks, m), append(points, fmt.Sprintf("%s,%s", m.X, m.Y))
	}
	l.Points = strings.Join(points, " ")
	return l
}

// Key is the names of the lines, when there are several.
func (c *chart) Key() (named []line) {
	for _, l := range c.Lines {
		if l.Name != "" {
			named = append(named, l)
		}
	}
	return named
}

// The size of a label, in px of the drawing.
const (
	labelHeight = 15
	digitWidth  = 9
)

// unclutter removes labels that would overlap with others or lie on a mark of another line.
func (c *chart) unclutter() {
	var kept []*marker
	for l := range c.Lines {
		for m := range c.Lines[l].Marks {
			p := &c.Lines[l].Marks[m]
			if p.Label == "" {
				continue
			}
			if slices.ContainsFunc(kept, p.covers) || c.marked(p, l) {
				p.Label = ""
			} else {
				kept = append(kept, p)
			}
		}
	}
}

// marked says whether the label of a mark lies on a mark of another line than the given one.
func (c *chart) marked(p *marker, line int) bool {
	for i, l := range c.Lines {
		if i == line || l.Faint {
			continue
		}
		for _, o := range l.Marks {
			if max(p.LabelX-o.X, o.X-p.LabelX) < px(digitWidth*len(p.Label))/2 && max(p.LabelY-labelHeight/3-o.Y, o.Y-p.LabelY+labelHeight/3) < labelHeight*2/3 {
				return true
			}
		}
	}
	return false
}

// covers says whether two labels overlap.
func (p *marker) covers(o *marker) bool {
	reach := px(digitWidth*(len(p.Label)+len(o.Label))) / 2
	return max(p.LabelX-o.LabelX, o.LabelX-p.LabelX) < reach && max(p.LabelY-o.LabelY, o.LabelY-p.LabelY) < labelHeight
}

// nameLines puts the name of each line to the right of its last point, without overlap.
func (c *chart) nameLines() {
	var named []*line
	for i := range c.Lines {
		if l := &c.Lines[i]; l.Name != "" && len(l.Marks) > 0 {
			last := l.Marks[len(l.Marks)-1]
			l.LabelX, l.LabelY = last.X+10, last.Y+4
			named = append(named, l)
		}
	}
	slices.SortStableFunc(named, func(a, b *line) int { return cmp.Compare(a.LabelY, b.LabelY) })
	for i := 1; i < len(named); i++ {
		named[i].LabelY = max(named[i].LabelY, named[i-1].LabelY+labelHeight)
	}
	if n := len(named); n > 0 {
		for i, most := n-1, c.B; i >= 0 && named[i].LabelY > most; i, most = i-1, most-labelHeight {
			named[i].LabelY = most
		}
	}
}

func runID(i int) string { return fmt.Sprintf("run-%d", i+1) }
