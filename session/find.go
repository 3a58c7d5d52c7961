package session

import (
	"fmt"
	"path/filepath"

	"igs/internal/fault"
	"igs/internal/oneline"
	"igs/internal/wholefile"
	"igs/record"
	"igs/report"
)

// FindModel is the model file that path means: path itself, or the model of the run when path is the folder of a run or
// of a session with one run that has a model.
func FindModel(path string) (string, error) {
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
		if wholefile.Exists(r.Model) {
			models = append(models, r.Model)
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

// FindSession is the folder that a command about a session or a run means. A folder that holds sessions is an error that
// lists them.
func FindSession(command, path string) (string, error) {
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

func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
