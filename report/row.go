package report

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"igs/record"
	"igs/runlog"
	"igs/splat"
)

// row is a run as the page shows it.
type row struct {
	*Run
	Standing
	ID       string
	Target   string       // class of its target; "" when there is none to show
	Render   template.URL // and the other pictures; "" likewise
	Error    template.URL
	Splats   template.HTML // ellipses
	Drawn    int           // of them, and
	Count    int           // how many there are
	Detailed bool          // shown with all that follows
	Zoom     int           // by which small pictures are shown larger
	Curves   []template.HTML
	Settings []setting // those that were set first
	Missing  []string  // what could not be shown, and why
}

type setting struct {
	Key, Value, Origin string
	Default            bool
}

func newRow(r *Run, s Standing, id string) *row {
	out := &row{Run: r, Standing: s, ID: id, Zoom: 1}
	for key, v := range r.Settings {
		text, err := json.Marshal(v.Value)
		if err != nil {
			continue
		}
		out.Settings = append(out.Settings, setting{key, string(text), v.Origin, v.Origin == "default"})
	}
	slices.SortFunc(out.Settings, func(a, b setting) int {
		if a.Default != b.Default {
			return map[bool]int{false: -1, true: 1}[a.Default]
		}
		return cmp.Compare(a.Key, b.Key)
	})
	return out
}

// curves draws what metrics.csv has.
func (r *row) curves() {
	rows, err := runlog.ReadMetrics(r.path(record.MetricsFile))
	if r.lacks("the curves", err) || len(rows) == 0 {
		return
	}
	n := len(rows)
	steps, loss, psnr, ssim, splats := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	for i, e := range rows {
		steps[i], loss[i], psnr[i], ssim[i], splats[i] = float64(e.Step), e.TotalLoss, e.PSNR, e.SSIM, float64(e.Splats)
	}
	for _, c := range []struct {
		name string
		y    []float64
		log  bool
	}{{"PSNR, dB", psnr, false}, {"SSIM", ssim, false}, {"loss", loss, true}, {"splats", splats, false}} {
		p := plot{title: c.name + " over steps of " + r.Name, xName: "steps", yName: c.name, w: 280, h: 190, logY: c.log}
		p.lines = []line{{class: "c0", x: thinned(steps), y: thinned(c.y)}}
		r.Curves = append(r.Curves, p.svg())
	}
}

// thinned keeps so many points of a curve as can be seen.
func thinned(v []float64) []float64 {
	const most = 720
	k := (len(v) + most - 1) / most
	var out []float64
	for i := 0; i < len(v); i += max(k, 1) {
		out = append(out, v[i])
	}
	if k > 1 {
		out = append(out, v[len(v)-1])
	}
	return out
}

func (r *row) splats(most int) {
	m, err := splat.Load(r.path(record.ModelFile))
	if !r.lacks("the splats", err) {
		r.Splats, r.Drawn = ellipses(m, most)
		r.Count = m.Splats.N
	}
}

func (r *row) path(name string) string { return filepath.Join(r.Dir, filepath.FromSlash(name)) }

// lacks notes why something is not shown. What does not exist needs no words where the run
// did not end well.
func (r *row) lacks(what string, err error) bool {
	if err == nil {
		return false
	}
	if !missing(err) || r.Status == record.Done {
		r.Missing = append(r.Missing, fmt.Sprintf("%s cannot be shown: %s", what, strings.TrimPrefix(err.Error(), "open ")))
	}
	return true
}

func missing(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// gallery hangs the pictures, each target once.
type gallery struct {
	pictures int
	classes  map[string]string // by picture
	targets  []target
	notes    []string
}

func (g *gallery) hang(r *row) {
	if r.Image.W == 0 {
		return
	}
	k := shrink(r.Image.W, r.Image.H, g.pictures)
	if k == 0 {
		g.note("There are too many runs to show their pictures here: they are in the folders of the runs.")
		return
	}
	if k > 1 {
		g.note(fmt.Sprintf("Pictures of %d × %d px are shown %d times smaller; those in the folders of the runs are whole.", r.Image.W, r.Image.H, k))
	}
	r.Zoom = max(1, min(4, 640/r.Image.W))
	class, known := g.classes[r.picture()]
	if !known {
		uri, err := inline(r.path(record.TargetFile), k)
		if !r.lacks("the target", err) {
			class = fmt.Sprintf("target-%d", len(g.targets)+1)
			g.targets = append(g.targets, target{class, uri})
			g.classes[r.picture()] = class
		}
	}
	r.Target = class
	for _, p := range []struct {
		name string
		to   *template.URL
	}{{record.RenderFile, &r.Render}, {record.ErrorFile, &r.Error}} {
		uri, err := inline(r.path(p.name), k)
		if !r.lacks(p.name, err) {
			*p.to = uri
		}
	}
}

func (g *gallery) note(text string) {
	if !slices.Contains(g.notes, text) {
		g.notes = append(g.notes, text)
	}
}

// sortedByRate are the runs of so many steps that are done, the smallest first.
func sortedByRate(runs []*Run, steps int) []*Run {
	var done []*Run
	for _, r := range runs {
		if r.Done() && r.Steps == steps {
			done = append(done, r)
		}
	}
	slices.SortStableFunc(done, func(a, b *Run) int { return cmp.Compare(a.Result.BitsPerPixel, b.Result.BitsPerPixel) })
	return done
}

// stepsOf are the numbers of steps that runs were asked for.
func stepsOf(runs []*Run) []int {
	var steps []int
	for _, r := range runs {
		if !slices.Contains(steps, r.Steps) {
			steps = append(steps, r.Steps)
		}
	}
	return steps
}
