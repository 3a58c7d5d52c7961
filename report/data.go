package report

import (
	"html/template"

	"igs/record"
)

// scriptData is what the script of the page knows.
type scriptData struct {
	Runs  []runData `json:"runs"`
	Lines []string  `json:"lines"` // names of the settings
}

// runData is a run. A figure that the run does not have is null. Pictures are URLs; they are "" when the page itself holds the picture,
// in the section of the run.
type runData struct {
	ID      string       `json:"id"`
	Name    string       `json:"name"`
	Picture string       `json:"picture"` // name of the file
	Group   int          `json:"group"`   // runs of one picture have the same
	Line    int          `json:"line"`    // its setting
	W       int          `json:"w"`
	H       int          `json:"h"`
	Figures figures      `json:"figures"` // in the order of compared
	Render  template.URL `json:"render,omitempty"`
	Error   template.URL `json:"error,omitempty"`
	Explore *int         `json:"explore,omitempty"` // place in the page that explores models
	Curves  *curves      `json:"curves,omitempty"`
}

// comparedFigure is a figure of two runs that the page compares.
type comparedFigure struct {
	Name   string
	Digits int
	Better int  // 1: more is better; -1: less is better; 0: neither
	Share  bool // the difference is also written in percent of A
	of     rowFigure
}

var comparedFigures = []comparedFigure{
	{"PSNR, dB", 2, 1, false, psnrOf},
	{"SSIM", 4, 1, false, ssimOf},
	{"MS-SSIM", 4, 1, false, func(r *Row) float64 { return orNaN(r.MSSSIM) }},
	{"FLIP", 4, -1, false, func(r *Row) float64 { return orNaN(r.FLIP) }},
	{"bits per pixel", 4, -1, true, bitsPerPixel},
	{"bytes", 0, -1, true, func(r *Row) float64 { return orNaN(r.Bytes) }},
	{"splats", 0, 0, true, func(r *Row) float64 { return float64(r.Splats) }},
	{"steps", 0, 0, true, func(r *Row) float64 { return float64(r.Steps) }},
	{"seconds", 1, -1, true, func(r *Row) float64 { return orNaN(r.Seconds) }},
}

// runs lists the runs for the script.
func (p *page) runs(of []Run) (all []runData) {
	groups := map[string]int{}
	for i := range p.Rows[:min(len(p.Rows), mostChoices)] {
		r := &p.Rows[i]
		if _, known := groups[r.Picture]; !known {
			groups[r.Picture] = len(groups)
		}
		run := runData{ID: r.id, Name: p.nameOf(r), Picture: r.Image, Group: groups[r.Picture], Line: r.line, W: r.W, H: r.H}
		for _, f := range comparedFigures {
			run.Figures = append(run.Figures, f.of(r))
		}
		if place, there := p.places[i]; there {
			run.Explore = &place
		}
		if i < len(p.Sections) {
			run.Curves = p.Sections[i].Curves
		}
		run.Render, run.Error = p.besides(&of[i], record.RenderFile), p.besides(&of[i], record.ErrorFile)
		all = append(all, run)
	}
	return all
}

// besides is the URL of a picture of a run that lies beside the page, or "".
func (p *page) besides(run *Run, name string) template.URL {
	if !p.Beside || run.Record == nil {
		return ""
	}
	shown, err := p.shown(run, fileOf(run, name))
	if err != nil {
		return "" // the section says why
	}
	return shown.URL
}

// nameOf is the name of a run on the page: with its session when the page has several.
func (p *page) nameOf(r *Row) string {
	if p.several && r.above != "" {
		return r.above + "/" + r.Run
	}
	return r.Run
}
