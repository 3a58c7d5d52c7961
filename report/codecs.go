package report

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"igs/codecs"
	"igs/internal/fault"
	"igs/internal/oneline"
	"igs/internal/wholefile"
	"igs/metric"
	"igs/record"
	"igs/runlog"
)

// measure is a way to compare two pictures.
type measure struct {
	name string
	of   func(record.CodecPoint) float64
}

var measures = []measure{
	{"RGB", func(p record.CodecPoint) float64 { return float64(p.PSNR) }},
	{"luma", func(p record.CodecPoint) float64 { return float64(p.Luma) }},
}

// curve is the rate–distortion curve of a codec for a picture.
func (m measure) curve(p *record.CodecPicture, codec string) (points []metric.RatePoint) {
	for _, point := range p.Points {
		if point.Codec == codec && !math.IsInf(m.of(point), 0) {
			points = append(points, metric.RatePoint{Rate: float64(point.Bytes), Quality: m.of(point)})
		}
	}
	return points
}

// WriteCodecs writes tables of a comparison with codecs: PSNR at the bytes of each model, in RGB and in luma, and the
// BD-rate between any two.
func WriteCodecs(to io.Writer, c *record.Codecs, markdown bool) error {
	var out bytes.Buffer
	for i, m := range measures {
		if i > 0 {
			fmt.Fprintln(&out)
		}
		fmt.Fprintf(&out, "PSNR in dB of %s at the bytes of each model\n\n", m.name)
		writeTable(&out, equalBytes(c, m), 2, markdown)
		fmt.Fprintf(&out, "\nBD-rate, %s: bytes of the column against those of the row at equal PSNR, mean over the pictures\n\n", m.name)
		writeTable(&out, bdRates(c, m), 1, markdown)
	}
	fmt.Fprintln(&out)
	for _, name := range c.Codecs {
		fmt.Fprintf(&out, "%s: %s\n", name.Name, name.Note)
	}
	_, err := to.Write(out.Bytes())
	return err
}

// equalBytes is a table with a row for each model, and rows of means over the pictures.
func equalBytes(c *record.Codecs, m measure) [][]string {
	header := []string{"model", "picture", "bytes", "bits/px", record.Models}
	for _, codec := range c.Codecs {
		header = append(header, codec.Name)
	}
	rows := [][]string{header}
	groups, order := map[string][][]float64{}, []string{}
	for i := range c.Pictures {
		p := &c.Pictures[i]
		for _, model := range p.Points {
			if model.Codec != record.Models {
				continue
			}
			figures := []float64{float64(model.Bytes), 8 * float64(model.Bytes) / (float64(p.W) * float64(p.H)), m.of(model)}
			for _, codec := range c.Codecs {
				figures = append(figures, metric.QualityAt(m.curve(p, codec.Name), float64(model.Bytes)))
			}
			rows = append(rows, append([]string{model.Label, p.Image}, figureCells(figures)...))
			kind := strings.TrimPrefix(model.Label, strings.TrimSuffix(p.Image, filepath.Ext(p.Image))+"-")
			if groups[kind] == nil {
				order = append(order, kind)
			}
			groups[kind] = append(groups[kind], figures)
		}
	}
	for _, kind := range order {
		if same := groups[kind]; len(same) > 1 && len(same) == len(c.Pictures) {
			rows = append(rows, append([]string{kind, fmt.Sprintf("mean of %d", len(same))}, figureCells(means(same))...))
		}
	}
	return rows
}

// means are the means of columns. A mean is NaN if one of its figures is.
func means(rows [][]float64) []float64 {
	sums := make([]float64, len(rows[0]))
	for _, row := range rows {
		for i, x := range row {
			sums[i] += x / float64(len(rows))
		}
	}
	return sums
}

// figureCells writes bytes, bits per pixel and qualities.
func figureCells(figures []float64) []string {
	cells := []string{fmt.Sprintf("%.0f", figures[0]), fmt.Sprintf("%.3f", figures[1])}
	for _, x := range figures[2:] {
		cells = append(cells, shown(taken(x), func(x float64) string { return strings.TrimSuffix(runlog.Decibels(x), " dB") }))
	}
	return cells
}

// bdRates is a table of the BD-rates between any two codecs, models among them. A mean is over the pictures for which the
// two curves have qualities in common.
func bdRates(c *record.Codecs, m measure) [][]string {
	names := []string{record.Models}
	for _, codec := range c.Codecs {
		names = append(names, codec.Name)
	}
	rows := [][]string{append([]string{""}, names...)}
	for _, a := range names {
		row := []string{a}
		for _, b := range names {
			sum, n := 0.0, 0
			for i := range c.Pictures {
				if percent, err := metric.BDRate(m.curve(&c.Pictures[i], a), m.curve(&c.Pictures[i], b)); err == nil {
					sum, n = sum+percent, n+1
				}
			}
			switch {
			case a == b || n == 0:
				row = append(row, absent)
			default:
				row = append(row, fmt.Sprintf("%+.1f %%", sum/float64(n)))
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// writeTable writes a table whose first columns are texts. The first row is its head.
func writeTable(out *bytes.Buffer, rows [][]string, texts int, markdown bool) {
	if markdown {
		for i, row := range rows {
			fmt.Fprintf(out, "| %s |\n", strings.ReplaceAll(strings.Join(row, " | "), "_", `\_`))
			if i == 0 {
				fmt.Fprintln(out, strings.Repeat("|---", texts)+strings.Repeat("|--:", len(row)-texts)+"|")
			}
		}
		return
	}
	wide := make([]int, texts)
	for _, row := range rows {
		for c := range wide {
			wide[c] = max(wide[c], len([]rune(oneline.Text(row[c]))))
		}
	}
	t := tabwriter.NewWriter(out, 0, 8, 2, ' ', tabwriter.AlignRight)
	for _, row := range rows {
		for c, width := range wide {
			fmt.Fprintf(t, "%-*s", width+2, oneline.Text(row[c]))
		}
		fmt.Fprint(t, "\t", strings.Join(row[texts:], "\t"), "\t\n")
	}
	t.Flush()
}

// CodecPictures lists the pictures of finished runs with their models, to be compared with codecs. left names the runs that
// cannot be compared, with the reason.
func CodecPictures(runs []Run) (pictures []codecs.Picture, left []string) {
	for i := range runs {
		run := &runs[i]
		row := rowOf(run)
		render, target := filepath.Join(run.Dir, record.RenderFile), filepath.Join(run.Dir, filepath.FromSlash(record.TargetFile))
		switch {
		case !row.complete():
			left = append(left, row.Run+" is not done")
			continue
		case !wholefile.Exists(render) || !wholefile.Exists(target):
			left = append(left, row.Run+" has no "+record.RenderFile+" (output.render)")
			continue
		case run.Record.Image.C != 3 || run.Record.Image.Depth != 8:
			left = append(left, row.Run+" is no model of 8-bit RGB")
			continue
		}
		model := codecs.Model{Label: row.Run, Bytes: *row.Bytes, Render: render}
		hash := run.Record.Files[record.TargetFile].Sha256
		at := slices.IndexFunc(pictures, func(p codecs.Picture) bool { return p.Sha256 == hash })
		if at < 0 {
			pictures, at = append(pictures, codecs.Picture{Image: row.Image, Sha256: hash, Target: target}), len(pictures)
		}
		pictures[at].Models = append(pictures[at].Models, model)
	}
	return pictures, left
}

// OneSession is the folder of the session of all runs, which were read from args.
func OneSession(args []string, runs []Run) (string, error) {
	dir := ""
	for i := range runs {
		above := filepath.Dir(runs[i].Dir)
		if dir != "" && above != dir || runs[i].Session == "" {
			return "", fault.New(fault.BadInput, "give the folder of one session", "%s is not one session, and --codecs is about the runs of one", strings.Join(args, " "))
		}
		dir = above
	}
	if dir == "" {
		return "", fault.New(fault.BadInput, "train a picture first", "%s has no runs", strings.Join(args, " "))
	}
	return dir, nil
}
