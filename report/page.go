package report

import (
	"crypto/sha256"
	"embed"
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
	//go:embed script
	scripts embed.FS

	scriptText = joinedScripts()
)

// joinedScripts is the script of the page: the files of the folder script, of which main.js comes last, in one scope.
func joinedScripts() string {
	var text strings.Builder
	text.WriteString("'use strict';\n(() => {\n")
	for _, name := range []string{"page", "table", "pictures", "compare", "axis", "curves", "main"} {
		file, err := scripts.ReadFile("script/" + name + ".js")
		if err != nil {
			panic(err) // it is in the program
		}
		text.Write(file)
	}
	text.WriteString("})();\n")
	return text.String()
}

var layout = template.Must(template.New("page").Funcs(template.FuncMap{
	"short":  func(hash string) string { return hash[:min(12, len(hash))] },
	"choice": func(s *section, value, label string) choice { return choice{s.ID, value, label, value == s.Show} },
	"shape":  func(style int) string { return marks[style] },
}).Parse(pageText))

// The number of ellipses: of all runs of a page together, and the most and the least of one run.
const (
	allEllipses   = 30_000
	mostEllipses  = 2000
	leastEllipses = 300
)

const (
	// mostSections is the number of runs that are shown with pictures and curves. Browsers could not
	// open a page with thousands of them. The table has all runs.
	mostSections = 200

	// Those of larger sessions are in summary.csv.
	mostRows = 5000

	// mostChoices is the number of runs of which any two can be compared, and of models that can be explored. Lists of more
	// would be too long to choose from.
	mostChoices = 2000

	// mostInside is the number of runs whose pictures are inside the page. Those of more are files beside it.
	mostInside = 12
)

// page is the data of the template.
type page struct {
	Name, Status string
	Facts        []fact
	Command      string
	Header       []column
	Rows         []Row
	Cells        [][]cell
	Means        *meansPage
	Codecs       *codecPage // nil without codecs.json
	Targets      []*target
	Sections     []*section
	Settings     *commonSettings
	Figures      []comparedFigure
	Notes        []string
	Marked       bool
	Long         bool // the table has a place of its own to scroll in
	Explored     bool
	Explores     []string // links to the models, by run
	Presence     string   // URL of a picture that is there when the page is beside its files; "" when it needs none
	Legend       string
	Data         scriptData
	Style        template.CSS
	Script       template.JS
	Policy       string

	copier   *copier
	targets  map[string]*target // by picture
	places   map[int]int        // of runs in the page that explores models
	ellipses int                // of one run, at most
	points   int                // of the curves of one run, at most
	linked   bool               // the page is in the folder of the session
	Beside   bool               // and its pictures are files there
	several  bool               // it is about several sessions
}

// column is a head of the table. First is the order after the first click.
type column struct{ Name, First string }

// cell has a text, and a value by which the page sorts; "" is sorted last. The cell with the name of
// a run links to its section. It has the ID of the section when the page has no such section.
type cell struct {
	Text, Value, Href, ID string
	Thumb                 template.URL // a small picture of the run that a browser loads when it is about to be seen
	ThumbOf               string       // or the section that has the picture
}

// newPage is the page of a session. places are the places of its runs in the page that explores models; nil when there
// is none, and the page is not in the folder of the session.
func newPage(dir string, s *record.Session, places map[int]int) *page {
	runs := runsOf(dir, s)
	p := &page{
		Name: filepath.Base(trueName(dir)), Status: s.Status, Facts: headOf(s, runs), Command: strings.Join(s.Command, " "),
		Codecs: codecsOf(dir), places: places, linked: places != nil,
	}
	shown := min(len(runs), mostSections)
	if s.Layout == record.Flat {
		shown = 0 // such a session keeps models alone
	}
	p.fill(runs, shown)
	return p
}

// fill sets all that follows from the runs. The first ones, as many as shown says, have sections.
func (p *page) fill(runs []Run, shown int) {
	p.Rows, p.Figures, p.Legend = Tabulate(runs), comparedFigures, legend
	p.Style, p.Script, p.Policy = template.CSS(styleText), template.JS(scriptText), policy()
	p.several = manySessions(p.Rows)
	p.Beside = p.linked && shown > mostInside
	p.copier, p.targets = newCopier(3*shown), map[string]*target{}
	p.ellipses = min(mostEllipses, max(leastEllipses, allEllipses/max(1, shown)))
	p.points = min(mostPoints, max(leastPoints, allPoints/max(1, shown)))
	for i := mostRows; i < len(runs); i++ {
		p.Rows[i].id = "" // nothing to lead to
	}
	p.Long = len(runs) > mostInside+mostInside
	compared := settingsIn(p.Rows)
	p.Means = meansOf(compared)
	for _, l := range compared.lines {
		p.Data.Lines = append(p.Data.Lines, l.name)
	}
	p.Settings = commonOf(runs)
	for i := range shown {
		p.Sections = append(p.Sections, p.sectionOf(i, &runs[i]))
	}
	p.table(runs)
	p.Data.Runs = p.runs(runs)
	if p.Explored = len(p.places) > 0; p.Explored {
		p.Presence = "./" + presenceFile
	}
	p.Notes = append(p.Notes, p.copier.words()...)
	if len(runs) > mostRows {
		p.Notes = append(p.Notes, fmt.Sprintf("The table has the first %d of %d runs; summary.csv has all", mostRows, len(runs)))
	}
	if shown > 0 && shown < len(runs) {
		p.Notes = append(p.Notes, fmt.Sprintf("This page has pictures and curves of the first %d runs; those of the other runs are in their folders", shown))
	}
	if len(runs) > mostChoices {
		p.Notes = append(p.Notes, fmt.Sprintf("The first %d runs can be compared and explored here; igs view shows any", mostChoices))
	}
}

func (p *page) write(to io.Writer) error { return layout.Execute(to, p) }

// policy is the Content-Security-Policy: the page runs only this script, and fetches nothing but pictures that lie beside it. 'self'
// is for a page from a server, file: for one from a disk. The template escapes all names already; the policy is a second protection.
func policy() string {
	sum := sha256.Sum256([]byte(scriptText))
	return "default-src 'none'; img-src data: 'self' file:; style-src 'unsafe-inline'; script-src 'sha256-" +
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

// firstOrder is the order of a column after the first click: the best row first.
func firstOrder(name string) string {
	switch name {
	case "PSNR", "SSIM", "MS-SSIM":
		return "descending"
	}
	return "ascending"
}

// table fills the cells with their texts and with the values to sort by.
func (p *page) table(runs []Run) {
	for _, name := range header {
		p.Header = append(p.Header, column{name, firstOrder(name)})
	}
	for i := range p.Rows[:min(len(p.Rows), mostRows)] {
		r := &p.Rows[i]
		values := []string{
			r.Run, r.Image, decimals(taken(r.PSNR), 6), decimals(taken(r.SSIM), 6), fmt.Sprint(r.Splats), fmt.Sprint(r.Steps), whole(r.Bytes),
			decimals(r.BitsPerPixel, 6), decimals(r.Seconds, 3), whole(r.Peak), r.Status,
		}
		cells := make([]cell, len(values))
		for c, text := range r.cells(false) {
			cells[c] = cell{Text: text, Value: values[c]}
		}
		cells[0].Text = p.nameOf(r)
		if i < len(p.Sections) {
			cells[0].Href = "#" + r.id
			p.Sections[i].thumb(&cells[0])
		} else {
			cells[0].Thumb = p.besides(&runs[i], record.RenderFile)
			cells[0].ID = r.id
		}
		p.Cells, p.Explores = append(p.Cells, cells), append(p.Explores, p.exploreLink(i))
		p.Marked = p.Marked || len(r.marks()) > 0
	}
}
