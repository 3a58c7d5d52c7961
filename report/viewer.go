package report

import (
	"fmt"
	"html/template"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"igs/imageio"
	"igs/internal/wholefile"
	"igs/record"
	"igs/splat"
)

// choice is a button that selects what the viewer shows.
type choice struct {
	ID, Value, Label string
	Chosen           bool
}

// target is the target of one or more runs. The page embeds it once.
type target struct {
	ID   string
	Name string
	*picture
}

// viewer sets the pictures of a run that the viewer can show.
func (p *page) viewer(s *section, run *Run) {
	p.pictures(s, run)
	p.splats(s, run)
	switch {
	case s.Render != nil:
		s.Show = "render"
	case s.Err != nil:
		s.Show = "error"
	case s.Splats != nil:
		s.Show = "splats"
	}
}

// pictures embeds the target, the render and the error of a run.
func (p *page) pictures(s *section, run *Run) {
	s.W, s.H = run.Record.Image.W, run.Record.Image.H
	s.Target = p.targetOf(run)
	s.Render = p.picture(s, run, fileOf(run, record.RenderFile))
	s.Err = p.picture(s, run, fileOf(run, record.ErrorFile))
	for _, f := range []struct{ name, file string }{{"render", record.RenderFile}, {"target", record.TargetFile}, {"error", record.ErrorFile}} {
		if href := p.link(run, fileOf(run, f.file)); href != "" {
			s.Links = append(s.Links, link{f.name, href})
		}
	}
	for _, shown := range []*picture{s.Render, s.Err} {
		if shown != nil && s.W == 0 {
			s.W, s.H = shown.W, shown.H
		}
	}
}

// fileOf is the name of a picture file of a run. A stack has one file for each of its pictures: fileOf gives the first.
func fileOf(run *Run, name string) string {
	if _, there := run.Record.Files[name]; there {
		return name
	}
	ending := path.Ext(name)
	for _, file := range slices.Sorted(maps.Keys(run.Record.Files)) {
		if strings.HasPrefix(file, strings.TrimSuffix(name, ending)+"-") && path.Ext(file) == ending {
			return file
		}
	}
	return name
}

// picture is a picture of a run; nil when it is missing, or when the page has no room for it.
func (p *page) picture(s *section, run *Run, name string) *picture {
	shown, err := p.shown(run, name)
	if err != nil && !missing(err) {
		s.Problems = append(s.Problems, "not shown: "+err.Error())
	}
	return shown
}

// shown is a file beside the page, or a copy inside it.
func (p *page) shown(run *Run, name string) (*picture, error) {
	if !p.Beside {
		return p.copier.copyOf(run.Dir, name, run.Record.Files[name])
	}
	size, err := imageio.ReadSize(filepath.Join(run.Dir, filepath.FromSlash(name)))
	if err != nil {
		return nil, err
	}
	if thumbnailOf(run.Dir, name, size.C) != "" {
		name = record.ThumbnailOf(name, size.C)
	}
	return &picture{W: size.W, H: size.H, Shown: size.W, URL: template.URL(p.link(run, name)), Beside: true}, nil
}

// targetOf is the target of a run, or nil. Runs of the same picture share it.
func (p *page) targetOf(run *Run) *target {
	key := run.Record.Image.Sha256 + "\x00" + run.Record.Image.Path
	if run.Record.Image.Sha256 != "" {
		key = run.Record.Image.Sha256
	}
	if t := p.targets[key]; t != nil {
		return t
	}
	shown, err := p.shown(run, fileOf(run, record.TargetFile))
	if err != nil || shown == nil {
		return nil
	}
	t := &target{ID: fmt.Sprintf("target-%d", len(p.Targets)+1), Name: filepath.Base(run.Entry.Image), picture: shown}
	p.targets[key] = t
	p.Targets = append(p.Targets, t)
	return t
}

// splats draws the splats of a run as ellipses. A page with files beside it leaves that to the page that explores models.
func (p *page) splats(s *section, run *Run) {
	if p.Beside {
		return
	}
	model, err := splat.Load(filepath.Join(run.Dir, record.ModelFile))
	switch {
	case err == nil:
		s.Splats = ellipsesOf(model, p.ellipses)
		if s.W == 0 {
			s.W, s.H = model.W, model.H
		}
	case wholefile.Exists(filepath.Join(run.Dir, record.ModelFile)):
		s.Problems = append(s.Problems, "not shown: "+err.Error())
	}
}
