package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"igs/convert"
	"igs/internal/fault"
	"igs/internal/oneline"
	"igs/internal/wholefile"
	"igs/record"
	"igs/report"
	"igs/session"
	"igs/splat"
)

// modelFile is the model file that path means: path itself, or the model of the run when path is the folder of a run or
// of a session with one run that has a model.
func modelFile(path string) (string, error) {
	if !wholefile.IsFolder(path) {
		return path, nil
	}
	if model := filepath.Join(path, record.ModelFile); wholefile.Exists(model) {
		return model, nil
	}
	runs, err := report.Load([]string{path})
	if err != nil {
		return "", fault.WithHint(err, "name a model, or the folder of a run or of a session")
	}
	var models []string
	for _, r := range runs {
		if model := filepath.Join(r.Dir, record.ModelFile); wholefile.Exists(model) {
			models = append(models, model)
		}
	}
	switch len(models) {
	case 0:
		return "", fault.New(fault.BadInput, "a run writes its model at its end; finish it with: igs resume "+oneline.Path(path), "%s holds no model", oneline.Text(path))
	case 1:
		return models[0], nil
	}
	return "", fault.New(fault.BadInput, "name one of them: "+oneline.List(models), "%s holds %d models", oneline.Text(path), len(models))
}

// readModel reads the model that path means. Files of other programs need to tell all that a model contains. file is the
// file that was read.
func (p *program) readModel(path string) (m *splat.Model, file string, err error) {
	if file, err = modelFile(path); err != nil {
		return nil, "", err
	}
	if strings.EqualFold(filepath.Ext(file), ".igsm") || !convertible(file) {
		m, err = session.LoadModel(file)
		return m, file, err
	}
	m, notes, err := convert.Read(file, convert.ModelHints{}, session.CheckpointReader(file))
	if err != nil {
		if strings.Contains(fault.Hint(err), "given.") {
			err = fault.WithHint(err, "make a model of it first: igs convert "+oneline.Path(file)+" model.igsm; its flags tell what is missing")
		}
		return nil, "", err
	}
	for _, note := range notes {
		p.console.Note("%s: %s", oneline.Text(file), withoutFlags(note))
	}
	return m, file, nil
}

// withoutFlags is a note of package convert without the flags of igs convert that it names.
func withoutFlags(note string) string {
	before, _, _ := strings.Cut(note, "; given.")
	return before
}

// convertible reports whether a file has an ending of the other files that hold models.
func convertible(path string) bool {
	ending := strings.ToLower(filepath.Ext(path))
	return ending == ".safetensors" || ending == ".pt" || ending == ".ckpt" || ending == ".pth"
}

// sessionOf is the folder that a command about a session or a run means. A folder that holds sessions is an error that
// lists them.
func sessionOf(command, path string) (string, error) {
	if !wholefile.IsFolder(path) || wholefile.Exists(filepath.Join(path, record.SessionFile)) || wholefile.Exists(filepath.Join(path, record.RunFile)) {
		return path, nil
	}
	var found []string
	for _, dir := range report.SessionsIn(path) {
		status := "its " + record.SessionFile + " cannot be read"
		if s, err := record.ReadSession(dir); err == nil {
			status = s.Status
		}
		found = append(found, fmt.Sprintf("%s (%s)", dir, status))
	}
	hint := "name one of them: igs " + command + " DIR; DIR is one of " + oneline.List(found)
	switch len(found) {
	case 0:
		return path, nil
	case 1:
		hint = "name it: igs " + command + " " + oneline.List(found)
	}
	return "", fault.New(fault.BadInput, hint, "%s is no session; it holds %s", oneline.Text(path), counted(len(found), "session"))
}

// aboveRun is the folder of the session when dir is the folder of a run in one.
func aboveRun(dir string) string {
	if above, _, err := session.Find(dir); err == nil {
		return above
	}
	return dir
}

func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
