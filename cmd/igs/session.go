package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"igs/configs"
	"igs/internal/fault"
	"igs/internal/wholefile"
	"igs/record"
	"igs/runlog"
	"igs/vk"
)

// session is the folder of one invocation and what its files say.
type session struct {
	dir     string
	record  record.Session
	outcome []outcome // of the runs so far
}

func deviceOf(dev *vk.Device) record.Device {
	i := dev.Info()
	return record.Device{Index: i.Index, Name: i.Name, Type: i.Kind.String(), Driver: i.Driver, API: i.API, Reason: dev.Reason()}
}

// checkPlace finds out what is wrong with the output folder without making anything that
// stays: a session that exists, a path through a file, a folder that cannot be written to.
func checkPlace(o configs.Output) error {
	if o.Session != "" {
		dir := filepath.Join(o.Dir, o.Session)
		info, err := os.Stat(dir)
		switch {
		case err == nil && !info.IsDir():
			return fault.New(fault.OutputExists, "choose another --name", "%s exists and is not a folder", dir)
		case err == nil && o.Exists == "error":
			return fault.New(fault.OutputExists, "choose another --name, or --force to train its runs again", "%s exists", dir)
		}
	}
	for at := filepath.Clean(o.Dir); ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if errors.Is(err, fs.ErrNotExist) && at != filepath.Dir(at) {
			continue // it will be made; whether that works its parent knows
		}
		if err == nil && !info.IsDir() {
			err = errors.New(at + " is a file")
		}
		if err == nil {
			err = tryWriting(at)
		}
		return unwritable(o.Dir, err)
	}
}

func tryWriting(dir string) error {
	f, err := os.CreateTemp(dir, ".igs-*.tmp")
	if err != nil {
		return err
	}
	f.Close()
	return os.Remove(f.Name())
}

func unwritable(dir string, err error) error {
	if err == nil {
		return nil
	}
	return fault.New(fault.BadInput, "choose another output folder with --out", "cannot write to the output folder %s: %w", dir, wholefile.Unnamed(err))
}

// newSession makes the folder and its first files.
func newSession(job *configs.Job, runs []configs.Run, dev *vk.Device) (*session, error) {
	dir, err := sessionFolder(job.Output)
	if err != nil {
		return nil, err
	}
	here, _ := os.Getwd() // only told to the reader
	s := &session{dir: dir, record: record.Session{
		Status: record.Running, Igs: record.Build(thisBuild()), Command: os.Args, Folder: here, Started: time.Now(), Device: deviceOf(dev),
	}}
	for _, run := range runs {
		s.record.Runs = append(s.record.Runs, record.Entry{Name: run.Name, Image: run.Image, Gaussians: run.Gaussians, Steps: run.Steps, Status: record.Waiting})
	}
	// --force was meant for this once: training the written job again must not replace runs.
	if err := runlog.WriteFile(filepath.Join(dir, record.JobFile), job.Without("output.exists").TOML()); err != nil {
		return nil, err
	}
	return s, s.write()
}

// sessionFolder makes the folder. mkdir is what makes it ours alone: two igs that start at
// once get two numbers.
func sessionFolder(o configs.Output) (string, error) {
	if err := os.MkdirAll(o.Dir, 0o777); err != nil {
		return "", unwritable(o.Dir, err)
	}
	if o.Session != "" {
		dir := filepath.Join(o.Dir, o.Session)
		err := os.Mkdir(dir, 0o777)
		if errors.Is(err, fs.ErrExist) && o.Exists == "overwrite" {
			return dir, nil
		}
		if errors.Is(err, fs.ErrExist) {
			return "", fault.New(fault.OutputExists, "choose another --name", "%s exists", dir)
		}
		return dir, unwritable(dir, err)
	}
	for n := lastSession(o.Dir) + 1; ; n++ {
		dir := filepath.Join(o.Dir, "session_"+strconv.Itoa(n))
		err := os.Mkdir(dir, 0o777)
		if !errors.Is(err, fs.ErrExist) {
			return dir, unwritable(dir, err)
		}
	}
}

// lastSession is the highest number in use.
func lastSession(dir string) int {
	last := 0
	entries, _ := os.ReadDir(dir) // an unreadable folder shows at mkdir
	for _, e := range entries {
		if number, ok := strings.CutPrefix(e.Name(), "session_"); ok {
			if n, err := strconv.Atoi(number); err == nil {
				last = max(last, n)
			}
		}
	}
	return last
}

// mark notes how a run stands, in session.json.
func (s *session) mark(name, status string) error {
	for i := range s.record.Runs {
		if s.record.Runs[i].Name == name {
			s.record.Runs[i].Status = status
		}
	}
	return s.write()
}

func (s *session) end(status string) error {
	now := time.Now()
	s.record.Status, s.record.Ended = status, &now
	return s.write()
}

func (s *session) write() error { return s.record.Write(s.dir) }
