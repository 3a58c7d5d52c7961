// Package session trains the runs of a job one after the other and writes their files: sessions and the folders of
// their runs, locks, resuming, checkpoints, logs, pictures, scores, training videos. It also plans what a job needs.
//
// A session is a folder with the runs of one job. The package prints nothing and never ends the process. It sends
// events to a sink. An error may carry a hint and an exit code (internal/fault). Hints name settings by their keys in a
// job file.
//
//	sweep, err := session.New(job, session.Options{Sink: sink})
//	...
//	result, err := sweep.Train(ctx)
//
// Sizes are bytes, times seconds, qualities dB (PSNR) or plain numbers (SSIM).
package session

import (
	"cmp"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"github.com/gofrs/flock"

	"igs/internal/fault"
	"igs/internal/wholefile"
	"igs/record"
	"igs/vk"
)

// Session is the folder of a session with the contents of its files.
type Session struct {
	Dir    string
	Record record.Session
	Runs   map[string]*record.Run // run.json of the runs that have begun, by name
	Only   string                 // the run whose folder Open got; "" = the whole session

	lock *flock.Flock // nil when the file system has no locks
}

func deviceOf(dev *vk.Device) record.Device {
	i := dev.Info()
	return record.Device{Index: i.Index, Name: i.Name, Type: i.Kind.String(), Driver: i.Driver, API: i.API, Reason: dev.Reason()}
}

// readRun reads the record of a run. It is nil if the run has not begun.
func (s *Session) readRun(name string) (*record.Run, error) {
	r, err := record.ReadRun(filepath.Join(s.Dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fault.WithCode(err, fault.BadInput)
	}
	return r, nil
}

// readRuns reads the run.json of every run that has begun. A run whose run.json says done is done even if session.json
// differs, because run.json is written first. The folder of a waiting run belongs to an earlier run, which will be
// replaced.
func (s *Session) readRuns() error {
	if s.Record.Layout == record.Flat {
		return s.keepModels()
	}
	for i := range s.Record.Runs {
		e := &s.Record.Runs[i]
		if e.Status == record.Waiting && !s.joined() {
			continue
		}
		r, err := s.readRun(e.Name)
		if err != nil {
			return err
		}
		if r == nil {
			continue
		}
		s.Runs[e.Name] = r
		if s.joined() {
			e.Status = r.Status
		}
		switch {
		case r.Status == record.Done:
			e.Status = record.Done
		case e.Status == record.Running, e.Status == record.Done:
			// This process has the lock, so the other one was killed: while it trained the run, or when it had begun to
			// take a finished run further.
			e.Status = record.Interrupted
		}
		e.Steps = cmp.Or(r.Steps, e.Steps)
	}
	return nil
}

// Open locks an existing session. dir is its folder, or the folder of a run in it. The caller closes it.
func Open(dir string) (*Session, error) {
	dir, only, err := Find(dir)
	if err != nil {
		return nil, err
	}
	found, err := record.ReadSession(dir)
	if err != nil {
		return nil, fault.WithCode(err, fault.BadInput)
	}
	s := &Session{Dir: dir, Record: *found, Runs: map[string]*record.Run{}, Only: only}
	if s.lock, err = lockSession(dir, s.joined()); err != nil {
		return nil, err
	}
	clearDrafts(dir, s.joined())
	if err := s.readRuns(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Find gives the folder of the session, and the name of the run when dir is the folder of a run in one.
func Find(dir string) (session, only string, err error) {
	const hint = "name the folder of a session, such as output/session_1, or of a run in it"
	if wholefile.Exists(filepath.Join(dir, record.SessionFile)) {
		if _, err := record.ReadSession(dir); err != nil {
			return "", "", fault.New(fault.BadInput, hint, "%w", err)
		}
		return dir, "", nil
	}
	abs, err := filepath.Abs(dir)
	if above := filepath.Dir(abs); err == nil && wholefile.Exists(filepath.Join(abs, record.RunFile)) && wholefile.Exists(filepath.Join(above, record.SessionFile)) {
		return filepath.Join(dir, ".."), filepath.Base(abs), nil
	}
	return "", "", fault.New(fault.BadInput, hint, "%s is not the folder of a session or of a run in one", dir)
}

// entry is the entry of a run in session.json, nil when there is none.
func (s *Session) entry(run string) *record.Entry {
	at := slices.IndexFunc(s.Record.Runs, func(e record.Entry) bool { return e.Name == run })
	if at < 0 {
		return nil
	}
	return &s.Record.Runs[at]
}

// mark writes the status of a run into session.json.
func (s *Session) mark(name, status string) error {
	if e := s.entry(name); e != nil {
		e.Status = status
	}
	return s.Record.Write(s.Dir)
}

// end writes the status of the session.
func (s *Session) end(status string) error {
	s.setEnded(status)
	return s.Record.Write(s.Dir)
}

func (s *Session) setEnded(status string) {
	now := time.Now()
	s.Record.Status, s.Record.Ended = status, &now
}

// Left counts the runs that are not done.
func (s *Session) Left() int {
	n := 0
	for _, e := range s.Record.Runs {
		if e.Status != record.Done {
			n++
		}
	}
	return n
}

// Close unlocks the session.
func (s *Session) Close() {
	if s.lock != nil {
		s.lock.Close()
	}
}
