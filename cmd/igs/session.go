package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/gofrs/flock"

	"igs/configs"
	"igs/internal/fault"
	"igs/internal/wholefile"
	"igs/record"
	"igs/vk"
)

// session is the folder of one invocation, or of several that continue it, and what its
// files say.
type session struct {
	dir    string
	record record.Session
	runs   map[string]*record.Run // by name: the run.json of those that have begun
	lock   *flock.Flock           // nil where the file system has none
}

func deviceOf(dev *vk.Device) record.Device {
	i := dev.Info()
	return record.Device{Index: i.Index, Name: i.Name, Type: i.Kind.String(), Driver: i.Driver, API: i.API, Reason: dev.Reason()}
}

// newSession makes the folder and its first files, or goes into one that is there when the
// job says so.
func newSession(job *configs.Job, runs []configs.Run, dev *vk.Device) (*session, error) {
	here, _ := os.Getwd() // only told to the reader
	s := &session{runs: map[string]*record.Run{}, record: record.Session{
		Status: record.Running, Igs: record.Build(thisBuild()), Command: os.Args, Folder: here, Started: time.Now(), Device: deviceOf(dev),
	}}
	for _, run := range runs {
		image, err := filepath.Abs(run.Image)
		if err != nil {
			return nil, err
		}
		s.record.Runs = append(s.record.Runs, record.Entry{Name: run.Name, Image: image, Gaussians: run.Gaussians, Steps: run.Steps, Status: record.Waiting})
	}
	// --force was meant for this once: training the written job again must not replace runs.
	written := job.Without("output.exists").TOML()
	fill := func(dir string) error {
		if err := wholefile.WriteBytes(filepath.Join(dir, record.JobFile), written); err != nil {
			return err
		}
		return s.record.Write(dir)
	}
	clearDrafts(job.Output.Dir, true)
	dir, old, err := sessionFolder(job.Output, fill)
	if err != nil {
		return nil, err
	}
	s.dir = dir
	if s.lock, err = claim(dir); err != nil {
		return nil, err
	}
	if old {
		if err = s.adopt(job.Output.Exists == "skip"); err == nil {
			err = fill(dir)
		}
	}
	return s, err
}

// adopt takes over what earlier invocations left in the folder. Their runs stay in the list;
// with goOn those that are asked for again stand where they stood, else they wait.
func (s *session) adopt(goOn bool) error {
	clearDrafts(s.dir, false)
	before, err := record.ReadSession(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // an empty folder of the user's
	}
	if err != nil {
		return err
	}
	var kept []record.Entry
	for _, e := range before.Runs {
		at := slices.IndexFunc(s.record.Runs, func(own record.Entry) bool { return own.Name == e.Name })
		if at < 0 {
			kept = append(kept, e)
		} else if goOn {
			s.record.Runs[at].Status = e.Status
		}
	}
	s.record.Runs = append(kept, s.record.Runs...)
	s.record.Started = before.Started
	return s.readRuns()
}

// readRuns reads the run.json of every run that has begun. A run that is done there is done,
// whatever session.json says: it is written first. A folder of a run that has not begun is
// left from one that is to be replaced.
func (s *session) readRuns() error {
	for i := range s.record.Runs {
		e := &s.record.Runs[i]
		if e.Status == record.Waiting {
			continue
		}
		r, err := record.ReadRun(filepath.Join(s.dir, e.Name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fault.WithCode(err, fault.BadInput)
		}
		s.runs[e.Name] = r
		if r.Status == record.Done {
			e.Status = record.Done
		}
	}
	return nil
}

// openSession goes into the folder of an earlier invocation to continue it.
func openSession(dir string) (*session, error) {
	found, err := record.ReadSession(dir)
	if err != nil {
		return nil, fault.WithCode(err, fault.BadInput)
	}
	s := &session{dir: dir, record: *found, runs: map[string]*record.Run{}}
	if s.lock, err = claim(dir); err != nil {
		return nil, err
	}
	clearDrafts(dir, false)
	return s, s.readRuns()
}

// mark notes how a run stands, in session.json.
func (s *session) mark(name, status string) error {
	for i := range s.record.Runs {
		if s.record.Runs[i].Name == name {
			s.record.Runs[i].Status = status
		}
	}
	return s.record.Write(s.dir)
}

func (s *session) end(status string) error {
	s.settle(status)
	return s.record.Write(s.dir)
}

// settle is end without the writing.
func (s *session) settle(status string) {
	now := time.Now()
	s.record.Status, s.record.Ended = status, &now
}

// left counts the runs that are not done.
func (s *session) left() int {
	n := 0
	for _, e := range s.record.Runs {
		if e.Status != record.Done {
			n++
		}
	}
	return n
}

// close lets others into the session.
func (s *session) close() {
	if s.lock != nil {
		s.lock.Close()
	}
}
