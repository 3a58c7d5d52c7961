package report

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"igs/configs"
)

// asked is what a run was asked for. Runs of different pictures that were asked for the same are compared by their means.
type asked struct {
	rate   string // what sets the size of the model: 600 splats, 50KiB, 35 dB
	fixed  string // the number of splats beside a goal; "" = none, or it is the rate
	recipe string
	steps  int
}

func askedOf(run *Run) asked {
	e := &run.Entry
	a := asked{rate: fmt.Sprintf("%d splats", e.Gaussians), steps: e.Steps}
	if g := e.Goal; g != nil {
		goal := configs.Goal{PSNR: g.PSNR, SSIM: g.SSIM, BitsPerPixel: g.BitsPerPixel, Bytes: g.Bytes}
		if !g.Free {
			a.fixed = a.rate
		}
		a.rate = goal.String()
	}
	if run.Record != nil {
		if recipe, known := run.Record.Settings["recipe"]; known {
			a.recipe = valueText(recipe.Value)
		}
	}
	return a
}

// settingLine is the runs of one setting: they differ in the picture, and in what sets the size of the model.
type settingLine struct {
	name   string // in what it differs from the other lines; "" when there is one
	points []*settingPoint
	of     map[string][]*Row // by picture, from the smallest model to the largest
}

// settingPoint is the runs of one setting and one rate, one for each picture.
type settingPoint struct {
	rate string
	rows []*Row
	lack bool // of pictures that other points have, so that its means cannot be compared with theirs
}

// settings are the lines of a table, and the pictures of their runs.
type settings struct {
	lines    []*settingLine
	pictures []string // all, in the order of the table
	common   int      // pictures of the means, which most of the points have
}

// compareMeans leaves only such pictures in the points as all of them have. A point with less than half of the pictures does not
// count: it lacks pictures.
func (s *settings) compareMeans() {
	have, points := map[string]int{}, 0
	for _, l := range s.lines {
		for _, p := range l.points {
			if p.lack = 2*p.pictures() < len(s.pictures); p.lack {
				continue
			}
			points++
			for _, picture := range p.seen() {
				have[picture]++
			}
		}
	}
	for _, n := range have {
		if n == points {
			s.common++
		}
	}
	for _, l := range s.lines {
		for _, p := range l.points {
			if !p.lack && s.common > 0 {
				p.rows = slices.DeleteFunc(p.rows, func(r *Row) bool { return have[r.Picture] < points })
			}
			p.lack = p.lack || s.common == 0
		}
		slices.SortStableFunc(l.points, func(a, b *settingPoint) int { return cmp.Compare(a.mean(bitsPerPixel), b.mean(bitsPerPixel)) })
	}
}

// settingsIn groups the finished runs of a table. Lines and pictures have the order in which they come in the table; the points of
// a line are sorted by their mean bits per pixel.
func settingsIn(rows []Row) (all settings) {
	type key struct {
		session string
		asked
	}
	var keys []key
	lines, seen := map[key]*settingLine{}, map[string]bool{}
	for i := range rows {
		r := &rows[i]
		if !r.complete() || r.BitsPerPixel == nil {
			continue
		}
		k := key{r.above, r.asked}
		k.rate = ""
		l := lines[k]
		if l == nil {
			keys, l = append(keys, k), &settingLine{of: map[string][]*Row{}}
			lines[k] = l
		}
		at := slices.IndexFunc(l.points, func(p *settingPoint) bool { return p.rate == r.asked.rate })
		if at < 0 {
			l.points, at = append(l.points, &settingPoint{rate: r.asked.rate}), len(l.points)
		}
		l.points[at].rows = append(l.points[at].rows, r)
		r.line = slices.Index(keys, k)
		l.of[r.Picture] = append(l.of[r.Picture], r)
		if !seen[r.Picture] {
			seen[r.Picture], all.pictures = true, append(all.pictures, r.Picture)
		}
	}
	varies := func(part func(key) string) bool {
		return slices.ContainsFunc(keys, func(k key) bool { return part(k) != part(keys[0]) })
	}
	parts := []func(key) string{
		func(k key) string { return k.session }, func(k key) string { return k.recipe }, func(k key) string { return k.fixed },
		func(k key) string { return count(k.steps, "step", "steps") },
	}
	for _, k := range keys {
		var words []string
		for _, part := range parts {
			if word := part(k); word != "" && varies(part) {
				words = append(words, word)
			}
		}
		l := lines[k]
		l.name = strings.Join(words, ", ")
		for _, rows := range l.of {
			slices.SortStableFunc(rows, func(a, b *Row) int { return cmp.Compare(*a.BitsPerPixel, *b.BitsPerPixel) })
		}
		all.lines = append(all.lines, l)
	}
	all.compareMeans()
	return all
}

// single is the line with a point for each run of a picture.
func (l *settingLine) single(picture string) *settingLine {
	one := &settingLine{name: l.name}
	for _, r := range l.of[picture] {
		one.points = append(one.points, &settingPoint{rate: r.asked.rate, rows: []*Row{r}})
	}
	return one
}

// nameSessions gives each row the shortest name of its session that tells it from the others.
func nameSessions(rows []Row) {
	folders := map[string]map[string]bool{}
	for i := range rows {
		r := &rows[i]
		if folders[r.Session] == nil {
			folders[r.Session] = map[string]bool{}
		}
		folders[r.Session][r.home] = true
	}
	for i := range rows {
		r := &rows[i]
		if r.above = r.Session; len(folders[r.Session]) > 1 {
			r.above = filepath.ToSlash(r.home)
		}
	}
}

// A figure of a row; NaN when the row does not have it.
type rowFigure func(*Row) float64

func orNaN[T int64 | float64](x *T) float64 {
	if x == nil {
		return math.NaN()
	}
	return float64(*x)
}

func psnrOf(r *Row) float64       { return r.PSNR }
func ssimOf(r *Row) float64       { return r.SSIM }
func bitsPerPixel(r *Row) float64 { return orNaN(r.BitsPerPixel) }

// mean is the mean of a figure over the pictures. It is NaN when one does not have it.
func (p *settingPoint) mean(of rowFigure) float64 {
	sum := 0.
	for _, r := range p.rows {
		sum += of(r) / float64(len(p.rows))
	}
	return sum
}

// seen lists the pictures of a point.
func (p *settingPoint) seen() []string {
	known := map[string]bool{}
	for _, r := range p.rows {
		known[r.Picture] = true
	}
	return slices.Collect(maps.Keys(known))
}

// pictures is the number of pictures of a point.
func (p *settingPoint) pictures() int { return len(p.seen()) }
