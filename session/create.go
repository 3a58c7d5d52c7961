package session

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"igs/configs"
	"igs/internal/fault"
	"igs/internal/wholefile"
	"igs/record"
)

// draft is a new session without a folder, with the function that writes its first files.
func (w *Sweep) draft(runs []configs.Run) (s *Session, fill func(dir string) error, err error) {
	here, _ := os.Getwd() // for the reader of session.json only
	s = &Session{Runs: map[string]*record.Run{}, Record: record.Session{
		Status: record.Running, Igs: w.Build, Command: w.Command, Folder: here, Started: time.Now(), Device: deviceOf(w.devices[0].Device),
	}}
	if len(w.devices) > 1 {
		for _, d := range w.devices {
			s.Record.Devices = append(s.Record.Devices, deviceOf(d.Device))
		}
	}
	if w.corpus != nil {
		s.Record.Layout = record.Flat
	}
	for _, run := range runs {
		image, err := filepath.Abs(run.Image)
		if err != nil {
			return nil, nil, err
		}
		s.Record.Runs = append(s.Record.Runs, record.Entry{Name: run.Name, Image: image, Gaussians: run.Gaussians, Goal: goalOf(run), Steps: run.Steps, Status: record.Waiting, Sha256: w.targets.hashes[run.Image]})
	}
	// output.exists is not written, because training the written job again must not replace runs.
	written := w.job.Without("output.exists").TOML()
	return s, func(dir string) error {
		if err := wholefile.WriteBytes(filepath.Join(dir, record.JobFile), written); err != nil {
			return err
		}
		return s.Record.Write(dir)
	}, nil
}

// create makes the folder of the session with its first files. With output.exists skip or overwrite it continues in an
// existing folder.
func (w *Sweep) create(runs []configs.Run) (*Session, error) {
	s, fill, err := w.draft(runs)
	if err != nil {
		return nil, err
	}
	clearDrafts(w.job.Output.Dir, true)
	dir, old, err := sessionFolder(w.job.Output, fill)
	if err != nil {
		return nil, err
	}
	s.Dir = dir
	if s.lock, err = lockSession(dir, false); err != nil {
		return nil, err
	}
	if old {
		if err = s.adopt(w.job.Output.Exists == "skip"); err == nil {
			err = fill(dir)
		}
	}
	return s, err
}

// adopt reads what earlier processes left in the folder. Their runs stay in the list. Of the runs that the job asks for
// again, those keep their status when goOn is set; else all of them wait.
func (s *Session) adopt(goOn bool) error {
	clearDrafts(s.Dir, false)
	before, err := record.ReadSession(s.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // the user made an empty folder
	}
	if err != nil {
		return err
	}
	if before.Joined {
		if err := (&Session{Dir: s.Dir, Record: *before}).unclaimed(); err != nil {
			return err
		}
		before.Refresh(s.Dir)
	}
	if before.Layout != s.Record.Layout {
		return fault.New(fault.OutputExists, "choose another output.session", "%s has another layout (output.layout)", s.Dir)
	}
	var kept []record.Entry
	for _, e := range before.Runs {
		at := slices.IndexFunc(s.Record.Runs, func(own record.Entry) bool { return own.Name == e.Name })
		if at < 0 {
			kept = append(kept, e)
		} else if goOn {
			s.Record.Runs[at].Status = e.Status
		}
	}
	s.Record.Runs = append(kept, s.Record.Runs...)
	s.Record.Started = before.Started
	return s.readRuns()
}
