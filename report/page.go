package report

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"igs/internal/wholefile"
	"igs/record"
	"igs/runlog"
)

//go:embed page.html style.css script.js
var sources embed.FS

var page = template.Must(template.New("page.html").Funcs(template.FuncMap{
	"bytes": runlog.Bytes, "duration": runlog.Duration, "share": func(n int) string { return short(float64(n)) },
	"db":   func(n record.Number) string { return runlog.Decibels(float64(n)) },
	"ssim": func(n record.Number) string { return fmt.Sprintf("%.4f", float64(n)) },
	"when": func(t time.Time) string { return t.Format("2 January 2006, 15:04") },
	"base": func(path string) string { return filepath.Base(path) },
	"join": strings.Join,
}).ParseFS(sources, "page.html"))

// mostDetailed runs of a session are shown with pictures and curves, so that the page stays
// one that a browser opens; the table has all of them.
const mostDetailed = 200

// WriteFile writes report.html into the folder of a session.
func WriteFile(dir string) error {
	return Write(dir, filepath.Join(dir, record.ReportFile))
}

// Write writes the report of the session in dir to a file: HTML that fetches nothing. A
// picture that is missing or unreadable is left out with a word; nothing of what a killed
// run lacks is an error.
func Write(dir, path string) error {
	s, err := LoadSession(dir)
	if err != nil {
		return err
	}
	d, err := newDocument(s)
	if err != nil {
		return err
	}
	err = wholefile.Write(path, func(w io.Writer) error { return page.Execute(w, d) })
	if err != nil {
		return fmt.Errorf("write report %s: %w", path, wholefile.Unnamed(err))
	}
	return nil
}

// document is all that the page shows.
type document struct {
	*Session
	Style     template.CSS
	Script    template.JS
	Generator string
	Seconds   float64 // of all runs
	Waiting   int     // runs that have not begun
	Rows      []*row
	Targets   []target
	Curve     template.HTML // bits per pixel and PSNR of the sweep; empty for less than two runs
	Legend    []legend
	Notes     []string
}

type legend struct{ Class, Name string }

// target is a picture that several runs share: a class whose background it is.
type target struct {
	Class string
	URI   template.URL
}

func newDocument(s *Session) (*document, error) {
	d := &document{Session: s, Generator: s.Igs.Version}
	for name, to := range map[string]func(text string){
		"style.css": func(text string) { d.Style = template.CSS(text) }, "script.js": func(text string) { d.Script = template.JS(text) },
	} {
		text, err := sources.ReadFile(name)
		if err != nil {
			return nil, err
		}
		to(string(text))
	}
	d.Waiting = len(s.Runs) - len(s.Began)
	standings := Compare(s.Began)
	g := gallery{classes: map[string]string{}, pictures: 3 * min(len(s.Began), mostDetailed)}
	for i, r := range s.Began {
		row := newRow(r, standings[r], fmt.Sprintf("run-%d", i+1))
		if row.Detailed = i < mostDetailed; row.Detailed {
			row.curves()
			row.splats(min(mostEllipses, allEllipses/min(len(s.Began), mostDetailed)))
			g.hang(row)
		}
		d.Rows = append(d.Rows, row)
		if r.Result != nil {
			d.Seconds += r.Result.Seconds
		}
	}
	if len(s.Began) > mostDetailed {
		g.note(fmt.Sprintf("Pictures and curves of the first %d runs are shown; those of the others are in their folders.", mostDetailed))
	}
	d.Targets, d.Notes = g.targets, g.notes
	d.plotSweep()
	return d, nil
}

// plotSweep draws what the runs cost and what they are worth, a line for each picture and number of steps.
func (d *document) plotSweep() {
	p := plot{title: "PSNR over bits per pixel", xName: "bits per pixel", yName: "PSNR, dB", w: 720, h: 380}
	var rates []float64
	for i, group := range byPicture(d.Began) {
		for _, steps := range stepsOf(group) {
			l := line{name: fmt.Sprintf("%s, %d steps", filepath.Base(group[0].Image.Path), steps), class: fmt.Sprintf("c%d", i%8)}
			for _, r := range sortedByRate(group, steps) {
				l.x, l.y = append(l.x, r.Result.BitsPerPixel), append(l.y, float64(r.Result.PSNR))
				l.labels, l.links = append(l.labels, short(float64(r.Gaussians))), append(l.links, d.anchor(r))
			}
			rates = append(rates, l.x...)
			p.lines = append(p.lines, l)
		}
		d.Legend = append(d.Legend, legend{fmt.Sprintf("c%d", i%8), filepath.Base(group[0].Image.Path)})
	}
	if len(rates) >= 2 {
		p.logX = slices.Max(rates) > 6*slices.Min(rates)
		d.Curve = p.svg()
	}
}

func (d *document) anchor(r *Run) string {
	for _, row := range d.Rows {
		if row.Run == r {
			return row.ID
		}
	}
	return ""
}
