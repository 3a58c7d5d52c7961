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

// The number of ellipses: of all runs of a page together, and the most and the least of one run.
const (
	allEllipses   = 60_000
	mostEllipses  = 3000
	leastEllipses = 300
)

// mostSections is the number of runs that are shown with pictures and curves. Browsers could not
// open a page with thousands of them. The table has all runs.
const mostSections = 200

// page is the data of the template.
type page struct {
	Name, Status string
	Facts        []fact
	Command      string
	Header       []column
	Rows         []Row
	Cells        [][]cell
	Rate         *chart
	Codecs       *codecPage // nil without codecs.json
	Targets      []*target
	Sections     []*section
	Notes        []string
	Marked       bool
	Legend       string
	Style        template.CSS
	Script       template.JS
	Policy       string

	copier   *copier
	targets  map[string]*target // by picture
	ellipses int                // of one run, at most
	linked   bool               // the page is in the folder of the session and links to files there
}

// column is a head of the table. First is the order after the first click.
type column struct{ Name, First string }

// cell has a text, and a value by which the page sorts; "" is sorted last. The cell with the name of
// a run links to its section. It has the ID of the section when the page has no such section.
type cell struct{ Text, Value, Href, ID string }

func newPage(dir string, s *record.Session, linked bool) *page {
	runs := runsOf(dir, s)
	shown := min(len(runs), mostSections)
	p := &page{
		Name: filepath.Base(trueName(dir)), Status: s.Status, Facts: headOf(s, runs), Command: strings.Join(s.Command, " "),
		Rows: Tabulate(runs), Legend: legend, Style: template.CSS(styleText), Script: template.JS(scriptText), Policy: policy(),
		copier: newCopier(3 * shown), targets: map[string]*target{}, linked: linked,
		ellipses: min(mostEllipses, max(leastEllipses, allEllipses/max(1, shown))),
	}
	p.Rate = rateOf(p.Rows)
	p.Codecs = codecsOf(dir)
	p.table()
	for i := range shown {
		p.Sections = append(p.Sections, p.sectionOf(i, &runs[i]))
	}
	p.Notes = p.copier.words()
	if shown < len(runs) {
		p.Notes = append(p.Notes, fmt.Sprintf("This page has pictures and curves of the first %d runs; those of the other runs are in their folders", shown))
	}
	return p
}

func (p *page) write(to io.Writer) error { return layout.Execute(to, p) }

// policy is the Content-Security-Policy: the page fetches nothing and runs only this script. The
// template escapes all names already; the policy is a second protection.
func policy() string {
	sum := sha256.Sum256([]byte(scriptText))
	return "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-" +
		base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
}

// headOf lists the facts about the session as a whole.
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

// moment writes a time in its own time zone.
func moment(t time.Time) string {
	if _, offset := t.Zone(); offset == 0 {
		return t.Format("2 January 2006, 15:04") + " UTC"
	}
	return t.Format("2 January 2006, 15:04") + " UTC" + t.Format("-07:00")
}

// table fills the cells with their texts and with the values to sort by.
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
