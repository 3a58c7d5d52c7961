package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"path/filepath"
	"strings"
	"time"

	"igs/record"
	"igs/runlog"
)

var (
	//go:embed page.html
	pageText string
	//go:embed style.css
	styleText string
	//go:embed script.js
	scriptText string
)

var layout = template.Must(template.New("page").Funcs(template.FuncMap{
	"short":  func(hash string) string { return hash[:min(12, len(hash))] },
	"choice": func(s *section, value, label string) choice { return choice{s.ID, value, label, value == s.Show} },
	"shape":  func(style int) string { return marks[style] },
}).Parse(pageText))

// All runs of a page have this many ellipses together; one has at most and at least these.
const (
	allEllipses   = 60_000
	mostEllipses  = 3000
	leastEllipses = 300
)

// mostSections runs are shown with pictures and curves, so that the page of a sweep of
// thousands stays one that a browser opens. The table has all of them.
const mostSections = 200

// page is what the template shows.
type page struct {
	Name, Status string
	Facts        []fact
	Command      string
	Header       []column
	Rows         []Row
	Cells        [][]cell
	Rate         *chart
	Targets      []*target
	Sections     []*section
	Notes        []string
	Marked       bool
	Legend       string
	Style        template.CSS
	Script       template.JS
	Policy       string

	album    *album
	targets  map[string]*target // by picture
	ellipses int                // of one run, at most
	linked   bool               // the page lies in the session's folder
}

// column is a head of the table. First is the order of the first click.
type column struct{ Name, First string }

// cell has a text and, for sorting, a value: "" goes last. The cell of a run's name leads to
// its section, or stands for it where there is none.
type cell struct{ Text, Value, Href, ID string }

func newPage(dir string, s *record.Session, linked bool) *page {
	runs := runsOf(dir, s)
	shown := min(len(runs), mostSections)
	p := &page{
		Name: filepath.Base(trueName(dir)), Status: s.Status, Facts: headOf(s, runs), Command: strings.Join(s.Command, " "),
		Rows: Tabulate(runs), Legend: legend, Style: template.CSS(styleText), Script: template.JS(scriptText), Policy: policy(),
		album: newAlbum(3 * shown), targets: map[string]*target{}, linked: linked,
		ellipses: min(mostEllipses, max(leastEllipses, allEllipses/max(1, shown))),
	}
	p.Rate = rateOf(p.Rows)
	p.table()
	for i := range shown {
		p.Sections = append(p.Sections, p.sectionOf(i, &runs[i]))
	}
	p.Notes = p.album.words()
	if shown < len(runs) {
		p.Notes = append(p.Notes, fmt.Sprintf("Pictures and curves of the first %d runs are here, those of the others in their folders", shown))
	}
	return p
}

func (p *page) write(to io.Writer) error { return layout.Execute(to, p) }

// policy lets the page fetch nothing at all and run this one script: what a name in the
// page might bring along stays text twice over.
func policy() string {
	sum := sha256.Sum256([]byte(scriptText))
	return "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-" +
		base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
}

// headOf is what there is to know of the session as a whole.
func headOf(s *record.Session, runs []Run) []fact {
	done := 0
	for i := range runs {
		if runs[i].Status() == record.Done {
			done++
		}
	}
	facts := []fact{{"date", moment(s.Started)}}
	if s.Ended != nil && s.Ended.After(s.Started) {
		facts = append(facts, fact{"total time", runlog.Duration(s.Ended.Sub(s.Started).Seconds())})
	}
	number := count(len(runs), "run", "runs")
	if done < len(runs) {
		number += fmt.Sprintf(", %d done", done)
	}
	version := s.Igs.Version
	if s.Igs.Commit != "" {
		version += " (" + s.Igs.Commit[:min(10, len(s.Igs.Commit))]
		if s.Igs.Modified {
			version += ", modified"
		}
		version += ")"
	}
	return append(facts, fact{"runs", number}, fact{"igs", version}, fact{"device", deviceText(s.Device)}, fact{"driver", s.Device.Driver})
}

func deviceText(d record.Device) string {
	if d.Type == "" {
		return d.Name
	}
	return d.Name + ", " + d.Type
}

// moment shows a time with the offset that it was written with.
func moment(t time.Time) string {
	if _, offset := t.Zone(); offset == 0 {
		return t.Format("2 January 2006, 15:04") + " UTC"
	}
	return t.Format("2 January 2006, 15:04") + " UTC" + t.Format("-07:00")
}

// table fills the cells: what is shown, and what is sorted by.
func (p *page) table() {
	for _, name := range header {
		first := "ascending"
		if name == "PSNR" || name == "SSIM" {
			first = "descending"
		}
		p.Header = append(p.Header, column{name, first})
	}
	for i := range p.Rows {
		r := &p.Rows[i]
		values := []string{
			r.Run, r.Image, decimals(taken(r.PSNR), 6), decimals(taken(r.SSIM), 6), fmt.Sprint(r.Splats), fmt.Sprint(r.Steps), whole(r.Bytes),
			decimals(r.BitsPerPixel, 6), decimals(r.Seconds, 3), whole(r.Peak), r.Status,
		}
		cells := make([]cell, len(values))
		for c, text := range r.cells(false) {
			cells[c] = cell{Text: text, Value: values[c]}
		}
		if i < mostSections {
			cells[0].Href = "#" + runID(i)
		} else {
			cells[0].ID = runID(i)
		}
		p.Cells = append(p.Cells, cells)
		p.Marked = p.Marked || len(r.marks()) > 0
	}
}
