package session

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"igs/configs"
	"igs/internal/fault"
	"igs/internal/oneline"
	"igs/record"
)

// joinable reports a job whose session several processes cannot work at.
func joinable(job *configs.Job) error {
	switch o := job.Output; {
	case job.Flat():
		return fault.New(fault.BadInput, "leave out output.layout=flat, and name the pictures by a pattern", "processes cannot join a session in flat layout, whose runs have no folders")
	case o.Session == "":
		return fault.New(fault.BadInput, "give all processes the same output.session", "to join a session, name it")
	case o.Exists != "error":
		return fault.New(fault.BadInput, "leave out output.exists: joining trains the runs that are not done", "output.exists=%s does not go with joining a session", o.Exists)
	}
	return nil
}

// join creates the session, or opens the one that another process created for the same job.
func (w *Sweep) join(runs []configs.Run) (*Session, error) {
	s, fill, err := w.draft(runs)
	if err != nil {
		return nil, err
	}
	s.Record.Joined = true
	o := w.job.Output
	o.Exists = "skip"
	clearDrafts(o.Dir, true)
	dir, old, err := sessionFolder(o, fill)
	if err != nil {
		return nil, err
	}
	s.Dir = dir
	if s.lock, err = lockSession(dir, true); err != nil {
		return nil, err
	}
	if err := w.enter(s, runs, old); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// enter reads how far a session is that this process has locked. old says that another process created it.
func (w *Sweep) enter(s *Session, runs []configs.Run, old bool) error {
	w.session = s
	if old {
		if err := w.meet(s, runs); err != nil {
			return err
		}
		w.warnOfOtherBuild()
	}
	if err := s.readRuns(); err != nil {
		return err
	}
	w.runs = slices.DeleteFunc(slices.Clone(runs), func(run configs.Run) bool {
		return s.Runs[run.Name] != nil && s.Runs[run.Name].Status == record.Done
	})
	return w.unchanged(s)
}

// meet reads the record of an existing session. The session must be a joined one, of the same job.
func (w *Sweep) meet(s *Session, runs []configs.Run) error {
	found, err := record.ReadSession(s.Dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fault.New(fault.OutputExists, "choose another output.session", "%s exists and is no session", s.Dir)
	case err != nil:
		return fault.WithCode(err, fault.BadInput)
	case !found.Joined:
		return fault.New(fault.OutputExists, "choose another output.session, or go on with one process: "+Command("resume", s.Dir), "%s was not begun by joining", s.Dir)
	}
	s.Record = *found
	theirs, err := s.Job()
	if err != nil {
		return err
	}
	mistakes := append(otherSettings(theirs, w.job), w.otherRuns(s, runs)...)
	if len(mistakes) == 0 {
		return nil
	}
	mistakes[0].Hint = "join with " + filepath.Join(s.Dir, record.JobFile) + " and its flags, or choose another output.session"
	return mistakes
}

// own are the settings that each process of a joined session has for itself, and those that other settings or the list
// of runs stand for.
var own = []string{
	"device.", "memory.budget", "memory.host_budget", "memory.use_gradient_checkpointing", "output.dir", "output.session", "output.exists", "input.images", "sweep.", "preset", "effort",
}

// otherSettings lists the settings in which a job differs from that of the session.
func otherSettings(theirs, ours *configs.Job) (found configs.Mistakes) {
	values := map[string]any{}
	for _, v := range theirs.Values() {
		values[v.Key] = v.Value
	}
	for _, v := range ours.Values() {
		was, is := literalOf(values[v.Key]), literalOf(v.Value)
		if !bytes.Equal(was, is) && !slices.ContainsFunc(own, func(prefix string) bool { return strings.HasPrefix(v.Key, prefix) }) {
			found = append(found, configs.Mistake{Where: v.Origin, Text: fmt.Sprintf("%s is %s, and in the session it is %s", v.Key, is, was)})
		}
	}
	return found
}

// otherRuns lists the runs in which a job differs from the session. A picture may have another path on each host.
func (w *Sweep) otherRuns(s *Session, runs []configs.Run) (found configs.Mistakes) {
	for _, run := range runs {
		switch e := s.entry(run.Name); {
		case e == nil:
			found = append(found, configs.Mistake{Text: fmt.Sprintf("the session has no run %s", oneline.Text(run.Name))})
		case e.Sha256 != w.targets.hashes[run.Image]:
			found = append(found, configs.Mistake{Where: run.Name, Text: fmt.Sprintf("%s is another picture than that of the session", oneline.Text(run.Image))})
		}
	}
	for _, e := range s.Record.Runs {
		if !slices.ContainsFunc(runs, func(run configs.Run) bool { return run.Name == e.Name }) {
			found = append(found, configs.Mistake{Text: fmt.Sprintf("the session has the run %s, which the job does not have", oneline.Text(e.Name))})
		}
	}
	return found
}

// joined reports whether other processes may work at the session.
func (s *Session) joined() bool { return s.Record.Joined && s.Record.Status != record.Done }

// alone makes a joined session one of this process, which is needed to change what all runs have in common.
func (s *Session) alone() error {
	s.Close()
	var err error
	if s.lock, err = lockSession(s.Dir, false); err != nil {
		return err
	}
	if err := s.unclaimed(); err != nil {
		return err
	}
	if err := s.readRuns(); err != nil {
		return err
	}
	s.Record.Joined = false
	return nil
}

// unclaimed reports a run that another process may be at work on.
func (s *Session) unclaimed() error {
	c := newClaims(s.Dir, "", nil)
	for _, e := range s.Record.Runs {
		path, n := c.last(e.Name)
		if n == 0 {
			continue
		}
		if h, _, err := readHolder(path); err == nil && !h.Released && !h.ended(c.self.Boot, path) {
			return fault.New(fault.OutputExists, "wait until it ends; if it was killed, end the session first: "+Command("resume", s.Dir), "%s of %s is claimed by %v", e.Name, s.Dir, h)
		}
	}
	return os.RemoveAll(filepath.Join(s.Dir, claimsFolder))
}
