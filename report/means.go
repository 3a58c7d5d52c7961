package report

import (
	"fmt"
	"math"

	"igs/runlog"
)

// meansPage is the section of the page about settings: their means over the pictures, and their BD-rates.
type meansPage struct {
	Head   []column
	Rows   [][]cell
	Notes  []string
	Charts []*chart
	Tables []bdPage
	Words  string // why there are no BD-rates at all; "" when there are

	Several string // how many pictures the means are over; "" when there is one picture
}

// bdPage is the table of the BD-rates of a score, with the reasons why some are missing.
type bdPage struct {
	Score   string
	Head    []string
	Rows    [][]string
	Reasons []string
}

// figureColumn is a column of means.
type figureColumn struct {
	name   string
	of     rowFigure
	format func(float64) string
	digits int
}

var meanColumns = []figureColumn{
	{"PSNR", psnrOf, runlog.Decibels, 6},
	{"SSIM", ssimOf, digits(4), 6},
	{"MS-SSIM", func(r *Row) float64 { return orNaN(r.MSSSIM) }, digits(4), 6},
	{"FLIP", func(r *Row) float64 { return orNaN(r.FLIP) }, digits(4), 6},
	{"splats", func(r *Row) float64 { return float64(r.Splats) }, digits(0), 3},
	{"size", func(r *Row) float64 { return orNaN(r.Bytes) }, func(x float64) string { return runlog.Bytes(int64(math.Round(x))) }, 3},
	{"bits/px", bitsPerPixel, digits(3), 6},
	{"time", func(r *Row) float64 { return orNaN(r.Seconds) }, runlog.Duration, 3},
}

func digits(n int) func(float64) string {
	return func(x float64) string { return fmt.Sprintf("%.*f", n, x) }
}

// meansOf is the section about settings; nil when fewer than two runs are done.
func meansOf(of settings) *meansPage {
	done := 0
	for _, l := range of.lines {
		for _, rows := range l.of {
			done += len(rows)
		}
	}
	if done < 2 {
		return nil
	}
	m := &meansPage{Charts: rateCharts(of)}
	if len(of.pictures) > 1 {
		m.Several = count(max(of.common, 1), "picture", "pictures")
	}
	m.table(of)
	if len(of.lines) > mostCompared {
		m.Notes = append(m.Notes, fmt.Sprintf("BD-rates are of the first %d of %d settings", mostCompared, len(of.lines)))
	}
	rates := bdRatesOf(of)
	if rates == nil {
		m.Words = "n/a: the runs differ in nothing but the picture and the size of the model. Two numbers of steps, or igs compare of two sessions, give two curves"
	}
	for _, s := range qualities {
		if rates != nil {
			table, reasons := bdTable(rates, s)
			m.Tables = append(m.Tables, bdPage{s.name, table[0], table[1:], reasons})
		}
	}
	return m
}

// table fills the table of means. A setting that lacks some of the pictures is marked.
func (m *meansPage) table(of settings) {
	named := len(of.lines) > 1
	if named {
		m.Head = append(m.Head, column{"setting", "ascending"})
	}
	m.Head = append(m.Head, column{"asked for", "ascending"}, column{"pictures", "descending"})
	for _, c := range meanColumns {
		m.Head = append(m.Head, column{c.name, firstOrder(c.name)})
	}
	partial := false
	for _, l := range of.lines {
		for _, p := range l.points {
			var cells []cell
			if named {
				cells = append(cells, cell{Text: l.name, Value: l.name})
			}
			n := p.pictures()
			text := fmt.Sprint(n)
			if p.lack {
				text, partial = fmt.Sprintf("%d of %d", n, len(of.pictures)), true
			}
			cells = append(cells, cell{Text: p.rate, Value: p.rate}, cell{Text: text, Value: fmt.Sprint(n)})
			for _, c := range meanColumns {
				x := taken(p.mean(c.of))
				cells = append(cells, cell{Text: shown(x, c.format), Value: decimals(x, c.digits)})
			}
			m.Rows = append(m.Rows, cells)
		}
	}
	if of.common > 0 && of.common < len(of.pictures) {
		m.Notes = append(m.Notes, fmt.Sprintf("The means are over the %d of %d pictures that all settings have", of.common, len(of.pictures)))
	}
	if partial {
		m.Notes = append(m.Notes, "Settings that lack pictures cannot be compared with the others, and have no mean in the plot")
	}
}
