package main

import (
	"path/filepath"
	"strings"

	"igs/convert"
	"igs/internal/fault"
	"igs/internal/oneline"
	"igs/session"
	"igs/splat"
)

// readModel reads the model that path means. Files of other programs need to tell all that a model contains. file is the
// file that was read.
func (p *program) readModel(path string) (m *splat.Model, file string, err error) {
	if file, err = session.FindModel(path); err != nil {
		return nil, "", err
	}
	if strings.EqualFold(filepath.Ext(file), ".igsm") || !convert.Reads(file) {
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

// aboveRun is the folder of the session when dir is the folder of a run in one.
func aboveRun(dir string) string {
	if above, _, err := session.Find(dir); err == nil {
		return above
	}
	return dir
}
