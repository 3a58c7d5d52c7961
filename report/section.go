package report

import (
	"fmt"
	"maps"
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"igs/configs"
	"igs/internal/wholefile"
	"igs/metric"
	"igs/record"
	"igs/runlog"
)

// section is the part of the page about one run.
type section struct {
	ID, Name    string
	Row         *Row
	Marks       []string
	Status      string
	Problems    []string // errors of the run, and files that could not be read
	Facts       []fact
	Layers      []layer // of a stack
	Target      *target // shared with other runs of the picture; nil = missing
	W, H        int     // px, of the viewer
	Show        string  // what the viewer shows at first beside the target: render, error or splats; "" when there is none
	Render, Err *picture
	Splats      *ellipses
	Curves      *curves
	Curved      bool      // its curves have two points or more
	Explore     string    // URL; "" = the model is not there
	Set         []setting // in which the run differs from others of the page
	Parts       []group   // of the model file, when it is rounded
	Rounding    string    // what that costs
	Memory      []fact
	Groups      []group
	Files       []file
	Links       []link
}

// layer is the scores of one picture of a stack, or the scores at full size of a run on a smaller picture.
type layer struct{ Name, PSNR, SSIM, MSSSIM, FLIP string }

// fact is a name with a text.
type fact struct{ Name, Text string }

// group is the device memory of one group of buffers, or a part of the model file.
type group struct {
	Name, Text string
	Percent    int // of the largest group
}

type file struct{ Name, Size, Hash, Link string }

type link struct{ Name, Href string }

// sectionOf reads the files of a run. A missing file is not shown, and a file that cannot be read is
// a problem on the page. Neither is an error.
func (p *page) sectionOf(i int, run *Run) *section {
	row := &p.Rows[i]
	s := &section{ID: runID(i), Name: p.nameOf(row), Row: row, Marks: row.marks(), Status: row.Status, Explore: p.exploreLink(i)}
	if run.Problem != "" {
		s.Problems = append(s.Problems, run.Problem)
		return s
	}
	if run.Record == nil {
		return s
	}
	if run.Record.Error != "" {
		s.Problems = append(s.Problems, run.Record.Error)
	}
	s.Facts = append(factsOf(row), goalFacts(run.Record)...)
	s.Layers = layersOf(run.Record.Result)
	s.Set = p.Settings.other(run.Record.Settings)
	s.Parts, s.Rounding = partsOf(run.Record.Result)
	s.Memory, s.Groups = memoryOf(run.Record)
	s.Files = p.filesOf(run)
	p.viewer(s, run)
	p.curves(s, run)
	return s
}

// thumb sets the small picture of a cell: the render, or the target of a run that has none.
func (s *section) thumb(c *cell) {
	shown := s.Render
	if shown == nil && s.Target != nil {
		shown = s.Target.picture
	}
	switch {
	case shown == nil:
	case shown.Beside:
		c.Thumb = shown.URL
	default:
		c.ThumbOf = s.ID
	}
}

func factsOf(r *Row) []fact {
	var facts []fact
	add := func(name, text string) {
		if text != absent {
			facts = append(facts, fact{name, text})
		}
	}
	cells := r.cells(false)
	add("PSNR", cells[2])
	add("SSIM", cells[3])
	add("MS-SSIM", fourDigits(r.MSSSIM))
	add("FLIP", fourDigits(r.FLIP))
	add("bits per pixel", cells[7])
	add("model", cells[6])
	add("splats", cells[4])
	add("steps", cells[5])
	add("time", cells[8])
	add("device memory", cells[9])
	return facts
}

// goalFacts says what a run should reach and what it took.
func goalFacts(r *record.Run) []fact {
	g := r.Goal
	if g == nil {
		return nil
	}
	goal := configs.Goal{PSNR: g.PSNR, SSIM: g.SSIM, Bytes: g.Bytes, BitsPerPixel: g.BitsPerPixel}
	facts := []fact{{"target", goal.String()}}
	v := r.Result
	if v == nil || r.Status != record.Done {
		return facts
	}
	took := fmt.Sprintf("%d splats, %s", v.Splats, runlog.Bytes(v.Bytes))
	if v.Rounding != nil {
		took += fmt.Sprintf(", %.2f dB of rounding", v.Rounding.Loss)
	}
	if goal.Missed(v.PSNR, v.SSIM, v.Bytes) {
		return append(facts, fact{"target not reached", took})
	}
	return append(facts, fact{"reached with", took})
}

func layersOf(r *record.Result) (layers []layer) {
	if r == nil {
		return nil
	}
	add := func(name string, s metric.Scores) {
		layers = append(layers, layer{name, shownPSNR(s.PSNR), fourDigits(&s.SSIM), fourDigits(s.MSSSIM), fourDigits(s.FLIP)})
	}
	for _, l := range r.Layers {
		add(l.Name, l.Scores)
	}
	if r.Full != nil {
		add(fmt.Sprintf("at %d × %d px", r.Full.W, r.Full.H), r.Full.Scores)
	}
	return layers
}

// memoryOf lists facts about picture, device, memory and history of a run, and its groups of buffers.
func memoryOf(r *record.Run) (facts []fact, groups []group) {
	add := func(name, format string, args ...any) {
		facts = append(facts, fact{name, fmt.Sprintf(format, args...)})
	}
	add("picture", "%s, %d × %d px, %s, %d bits, %s", r.Image.Path, r.Image.W, r.Image.H, channels(r.Image.C), r.Image.Depth, runlog.Bytes(r.Image.Bytes))
	for _, note := range r.Image.Notes {
		add("note", "%s", note)
	}
	if r.Result != nil {
		for _, note := range r.Result.Notes {
			add("note", "%s", note)
		}
	}
	add("device", "%s", deviceText(r.Device))
	add("driver", "%s, Vulkan %s", r.Device.Driver, r.Device.API)
	add("chosen because", "%s", r.Device.Reason)
	add("started", "%s", moment(r.Started))
	for _, again := range r.Resumed {
		add("resumed", "%s, from step %d", moment(again.Time), again.Step)
	}
	if r.Ended != nil {
		add("ended", "%s", moment(*r.Ended))
	}
	if v := r.Result; v != nil {
		if v.StoppedEarly {
			add("stopped early", "at step %d of %d", v.Steps, r.Steps)
		}
		if v.StepsPerSec > 0 {
			add("speed", "%.3g steps/s", float64(v.StepsPerSec))
		}
	}
	m := r.Memory
	if m == nil {
		return facts, nil
	}
	add("way of training", "%s", m.Layout)
	add("device memory", "%s at the peak, %s planned", runlog.Bytes(m.Peak), runlog.Bytes(m.Planned))
	if m.Host > 0 {
		add("host memory", "%s at the peak of the process", runlog.Bytes(m.Host))
	}
	names := slices.Sorted(maps.Keys(m.Groups))
	slices.SortStableFunc(names, func(a, b string) int { return int(min(1, max(-1, m.Groups[b]-m.Groups[a]))) })
	for _, name := range names {
		groups = append(groups, group{name, runlog.Bytes(m.Groups[name]), int(100 * m.Groups[name] / max(1, m.Groups[names[0]]))})
	}
	return facts, groups
}

func channels(n int) string {
	switch n {
	case 1:
		return "grey"
	case 3:
		return "RGB"
	}
	return fmt.Sprintf("%d channels", n)
}

func (p *page) filesOf(run *Run) []file {
	var files []file
	for _, name := range slices.Sorted(maps.Keys(run.Record.Files)) {
		f := run.Record.Files[name]
		files = append(files, file{name, runlog.Bytes(f.Bytes), f.Sha256, p.link(run, name)})
	}
	return files
}

// link is the relative URL of a file of a run. It is "" when the page is not in the folder of the
// session, or when the file is missing.
func (p *page) link(run *Run, name string) string {
	if !p.linked || !filepath.IsLocal(filepath.FromSlash(name)) || !wholefile.Exists(filepath.Join(run.Dir, filepath.FromSlash(name))) {
		return ""
	}
	parts := strings.Split(path.Join(filepath.ToSlash(run.Entry.Name), name), "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return "./" + strings.Join(parts, "/")
}

func (p *page) curves(s *section, run *Run) {
	rows, err := runlog.ReadMetrics(filepath.Join(run.Dir, record.MetricsFile))
	if err != nil && !missing(err) {
		s.Problems = append(s.Problems, "not shown: "+err.Error())
	}
	result := run.Record.Result
	if run.Status() != record.Done {
		result = nil
	}
	s.Curves, s.Curved = curvesOf(rows, result, p.points), len(rows) > 1
}
