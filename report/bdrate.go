package report

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"igs/internal/oneline"
	"igs/metric"
)

// mostCompared is the most settings that are compared with each other. The table of more would be hard to read.
const mostCompared = 12

// score is a figure of a run that grows with the quality.
type score struct {
	name, unit string
	of         rowFigure
	format     func(float64) string
}

var qualities = []score{
	{"PSNR", "dB", psnrOf, func(x float64) string { return fmt.Sprintf("%.2f dB", x) }},
	{"SSIM", "", ssimOf, func(x float64) string { return fmt.Sprintf("%.4f", x) }},
}

// BDRate compares the sizes of two settings of a sweep at equal quality.
type BDRate struct {
	Score    string // PSNR or SSIM
	A, B     string
	Percent  float64 // how much more bytes B needs than A, mean over the pictures; NaN when they cannot be compared
	Pictures int     // of the mean
	Reason   string  // why they cannot be compared; "" when they can
}

// Text is the figure for a table.
func (b *BDRate) Text() string {
	if b.Reason != "" {
		return "n/a"
	}
	return strings.Replace(fmt.Sprintf("%+.1f %%", b.Percent), "-", "−", 1)
}

// BDRates compares any two settings of a table by each score: all pairs of PSNR, then those of SSIM. It returns nil when the
// table has fewer than two settings.
func BDRates(rows []Row) (all []BDRate) {
	return bdRatesOf(settingsIn(rows))
}

func bdRatesOf(of settings) (all []BDRate) {
	lines := of.lines[:min(len(of.lines), mostCompared)]
	for _, s := range qualities {
		for _, a := range lines {
			for _, b := range lines {
				if a != b {
					all = append(all, bdRateOf(s, a, b, of.pictures))
				}
			}
		}
	}
	return all
}

func bdRateOf(s score, a, b *settingLine, pictures []string) BDRate {
	found := BDRate{Score: s.name, A: a.name, B: b.name}
	sum, pairs, short := 0., 0, 0
	for _, picture := range pictures {
		first, second := s.points(a.of[picture]), s.points(b.of[picture])
		if len(first) == 0 || len(second) == 0 {
			continue
		}
		pairs++
		if percent, err := metric.BDRate(first, second); err == nil {
			sum, found.Pictures = sum+percent, found.Pictures+1
		} else if min(distinct(first), distinct(second)) < 2 {
			short++
		}
	}
	found.Percent = sum / float64(found.Pictures)
	switch {
	case found.Pictures > 0:
	case pairs == 0:
		found.Reason = "the settings have no picture in common"
	case short == pairs:
		found.Reason = "each setting needs two sizes or more of a picture"
	default:
		found.Reason = fmt.Sprintf("the settings have no range of %s in common", s.name)
	}
	return found
}

// points is the rate–distortion curve of runs of one picture.
func (s score) points(rows []*Row) (points []metric.RatePoint) {
	for _, r := range rows {
		if q := s.of(r); !math.IsNaN(q) && !math.IsInf(q, 0) {
			points = append(points, metric.RatePoint{Rate: *r.BitsPerPixel, Quality: q})
		}
	}
	return points
}

// distinct is the number of different qualities.
func distinct(points []metric.RatePoint) int {
	seen := map[float64]bool{}
	for _, p := range points {
		seen[p.Quality] = true
	}
	return len(seen)
}

// bdTable is the BD-rates of one score as a table: the setting of the column against that of the row. reasons say why figures are
// missing.
func bdTable(rates []BDRate, s score) (table [][]string, reasons []string) {
	var names []string
	at := map[[2]string]*BDRate{}
	for i := range rates {
		r := &rates[i]
		if r.Score != s.name {
			continue
		}
		at[[2]string{r.A, r.B}] = r
		names = addNew(names, r.A)
		if r.Reason != "" {
			reasons = addNew(reasons, "n/a: "+r.Reason)
		}
	}
	table = [][]string{append([]string{""}, names...)}
	for _, a := range names {
		row := []string{a}
		for _, b := range names {
			text := absent
			if r := at[[2]string{a, b}]; r != nil {
				text = r.Text()
			}
			row = append(row, text)
		}
		table = append(table, row)
	}
	return table, reasons
}

// widestHead is the most characters in the head of a table for a terminal. The columns of a wider one have numbers.
const widestHead = 50

// WriteBDRates writes tables of BD-rates; nothing when there are none.
func WriteBDRates(to *bytes.Buffer, rates []BDRate, markdown bool) {
	if len(rates) == 0 {
		return
	}
	for _, s := range qualities {
		fmt.Fprintf(to, "\nBD-rate at equal %s: bytes of the column against those of the row, mean over the pictures\n\n", s.name)
		table, reasons := bdTable(rates, s)
		if n := utf8.RuneCountInString(strings.Join(table[0], "  ")); n > widestHead && !markdown {
			for i := range table[1:] {
				number := fmt.Sprintf("(%d)", i+1)
				table[0][i+1], table[i+1][0] = number, number+" "+table[i+1][0]
			}
		}
		for _, row := range table { // names of folders are in it
			for i, cell := range row {
				if row[i] = oneline.Text(cell); markdown {
					row[i] = strings.ReplaceAll(row[i], "|", `\|`)
				}
			}
		}
		writeTable(to, table, 1, markdown)
		for _, reason := range reasons {
			fmt.Fprintf(to, "\n%s\n", reason)
		}
	}
}

func addNew(list []string, text string) []string {
	for _, known := range list {
		if known == text {
			return list
		}
	}
	return append(list, text)
}
