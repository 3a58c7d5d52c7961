package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"igs/metric"
	"igs/record"
)

// codecPage is the section of the page about codecs.
type codecPage struct {
	Pictures []codecPlot
	Tables   []codecTable
	Codecs   []record.CodecName
	Missing  string
}

// codecPlot is the curves of a picture, in RGB and in luma.
type codecPlot struct {
	Name   string
	Charts []*chart
}

type codecTable struct {
	Title string
	Head  []string
	Rows  [][]string
}

// codecsOf is the section about the codecs of a session; nil when igs compare --codecs was not called, or when its file is
// damaged.
func codecsOf(dir string) *codecPage {
	c, err := record.ReadCodecs(dir)
	if err != nil || len(c.Codecs) == 0 {
		return nil
	}
	page := &codecPage{Codecs: c.Codecs, Missing: strings.Join(c.Missing, ", ")}
	for _, m := range measures {
		equal, rates := equalBytes(c, m), bdRates(c, m)
		page.Tables = append(page.Tables, codecTable{"PSNR of " + m.name + ", dB, at the bytes of each model", equal[0], equal[1:]})
		page.Tables = append(page.Tables, codecTable{"BD-rate, " + m.name + ": bytes of the column against those of the row at equal PSNR, mean over the pictures", rates[0], rates[1:]})
	}
	for i := range c.Pictures {
		plot := codecPlot{Name: c.Pictures[i].Image}
		for _, m := range measures {
			if drawn := codecChart(c, &c.Pictures[i], m); drawn != nil {
				plot.Charts = append(plot.Charts, drawn)
			}
		}
		page.Pictures = append(page.Pictures, plot)
	}
	return page
}

// codecChart draws the curves of a picture: PSNR over bits per pixel, over the range of the models.
func codecChart(c *record.Codecs, p *record.CodecPicture, m measure) *chart {
	names := []string{record.Models}
	for _, codec := range c.Codecs {
		names = append(names, codec.Name)
	}
	models := m.curve(p, record.Models)
	if len(models) == 0 {
		return nil
	}
	least, most := math.Inf(1), 0.
	for _, point := range models {
		least, most = min(least, point.Rate/2), max(most, point.Rate*2)
	}
	pixels := float64(p.W) * float64(p.H)
	curves := map[string][2][]float64{}
	var xs, ys []float64
	for _, name := range names {
		points := m.curve(p, name)
		slices.SortFunc(points, func(a, b metric.RatePoint) int { return cmp.Compare(a.Rate, b.Rate) })
		var x, y []float64
		for _, point := range points {
			if point.Rate >= least && point.Rate <= most {
				x, y = append(x, 8*point.Rate/pixels), append(y, point.Quality)
			}
		}
		curves[name] = [2][]float64{x, y}
		xs, ys = append(xs, x...), append(ys, y...)
	}
	drawn := &chart{Title: "PSNR of " + m.name, XLabel: "bits per pixel, logarithmic", YLabel: "PSNR, dB", W: 460, H: 300, L: 52, R: 450, T: 12, B: 258}
	x, y := newAxis(xs, 0.05, true), newAxis(ys, 0.05, false)
	drawn.setAxes(&x, &y, 5, 6)
	for k, name := range names {
		at := curves[name]
		l := line{Name: name, Style: k % len(marks), Points: joined(at[0], at[1], x, y)}
		for i := range at[0] {
			l.Marks = append(l.Marks, marker{X: x.at(at[0][i]), Y: y.at(at[1][i]), Words: fmt.Sprintf("%s: %.3f bits per pixel, %.2f dB", name, at[0][i], at[1][i])})
		}
		drawn.Lines = append(drawn.Lines, l)
	}
	drawn.Alt = fmt.Sprintf("PSNR of %s against bits per pixel of %s, for models and %s; the tables have the figures", m.name, p.Image, count(len(c.Codecs), "codec", "codecs"))
	return drawn
}
