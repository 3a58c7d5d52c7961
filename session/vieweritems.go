package session

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"igs/imageio"
	"igs/internal/fault"
	"igs/internal/oneline"
	"igs/internal/wholefile"
	"igs/record"
	"igs/render"
	"igs/report"
	"igs/viewer"
)

// ViewerItems lists the models of a path, with the files of their targets.
func ViewerItems(path string) ([]viewer.Item, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fault.New(fault.BadInput, "check the path", "%s: %w", oneline.Path(path), errors.Unwrap(err))
	}
	if !info.IsDir() {
		name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
		item, err := itemOf(name, path)
		return []viewer.Item{item}, err
	}
	runs, err := report.Load([]string{path})
	if err != nil {
		return nil, err
	}
	var items []viewer.Item
	several := slices.ContainsFunc(runs, func(r report.Run) bool { return r.Session != runs[0].Session })
	for _, run := range runs {
		if !wholefile.Exists(run.Model) {
			continue // it has not come so far
		}
		name := run.Entry.Name
		if several {
			name = run.Session + "/" + name
		}
		item, err := itemOf(name, run.Model)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	if len(items) == 0 {
		return nil, fault.New(fault.BadInput, "a run has a model when it has ended", "%s: no run has a model", oneline.Path(path))
	}
	return items, nil
}

// itemOf is a model with the pictures that it was trained on, when they are in the folder of its run.
func itemOf(name, path string) (viewer.Item, error) {
	m, err := LoadModel(path)
	if err != nil {
		return viewer.Item{}, err
	}
	target := filepath.Join(filepath.Dir(path), filepath.FromSlash(record.TargetFile))
	targets := []string{target}
	if render.Stacked(m.Layers) {
		targets = nil
		for _, f := range render.LayerFiles(m.Layers, target) {
			targets = append(targets, f.Path)
		}
	}
	for _, t := range targets {
		if size, err := imageio.TargetSize(t, imageio.Options{Alpha: imageio.Alpha{Drop: true}}); err != nil || size.W != m.W || size.H != m.H { // that of a huge picture is smaller
			return viewer.Item{Name: name, Model: path}, nil
		}
	}
	return viewer.Item{Name: name, Model: path, Targets: targets}, nil
}
