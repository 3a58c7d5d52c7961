package session

import (
	"fmt"
	"path/filepath"
	"slices"

	"igs/configs"
	"igs/internal/fault"
	"igs/internal/wholefile"
	"igs/record"
)

// Job reads the job of the session.
func (s *Session) Job() (*configs.Job, error) {
	job, err := configs.Load(filepath.Join(s.Dir, record.JobFile))
	if err != nil {
		return nil, err
	}
	job.Output.Exists = "overwrite" // the folder of a run that has not begun belongs to an earlier session of the same name
	if job.Origin("recipe") == "default" {
		// A file without a recipe is from an earlier igs, which trained as recipe paper does now.
		err = configs.Gather(job.Set("recipe", "paper", "an earlier igs"), job.FillRecipe())
	}
	return job, err
}

// Resume prepares the training of the runs that are not done, and of finished runs that the changes take further. They
// continue from their last checkpoints. Without changes the result has the same bits as without the interruption. The
// job is that of s.Job; only settings that change no result may differ: device, memory budget, gates. The session must
// stay open until the sweep has ended.
func (s *Session) Resume(job *configs.Job, c Changes, o Options) (*Sweep, error) {
	w := newSweep(job, o)
	w.session = s
	var err error
	if s.joined() && (c.Steps > 0 || len(c.Set) > 0) {
		if err := s.alone(); err != nil {
			return nil, err
		}
	}
	if w.changed, err = c.set(job); err != nil {
		return nil, err
	}
	w.host = hostMemoryOf(job)
	if s.Record.Layout == record.Flat {
		return s.resumeCorpus(w, c)
	}
	w.runs = s.unfinished(job)
	if c.Steps > 0 {
		if w.runs, err = s.extended(job, c.Steps); err != nil {
			return nil, err
		}
	}
	if len(w.runs) == 0 {
		return w, c.nothingToChange(s.Dir)
	}
	if err := s.locate(job, c.Images, w.runs); err != nil {
		return nil, err
	}
	for i, run := range w.runs {
		if r := s.Runs[run.Name]; r != nil {
			w.runs[i] = asBegun(run, r)
		}
	}
	if w.targets, err = w.readTargets(w.runs); err != nil {
		if slices.ContainsFunc(w.runs, func(run configs.Run) bool { return !wholefile.Exists(run.Image) }) {
			err = fault.WithHint(err, "if the picture was moved, name its new place with given.image, or in job.toml")
		}
		return nil, err
	}
	if err := w.unchanged(s); err != nil {
		return nil, err
	}
	if w.from, err = readSource(job.Init.From); err != nil && s.needSource(w.runs) {
		return nil, err
	}
	w.begin = func() (*Session, error) {
		w.warnOfOtherBuild()
		if s.joined() {
			w.move()
			return s, nil // each run says how far it is
		}
		return s, w.goOn(c)
	}
	return w, nil
}

// needSource reports whether a run has no checkpoint, so that it starts from the source.
func (s *Session) needSource(runs []configs.Run) bool {
	return slices.ContainsFunc(runs, func(run configs.Run) bool {
		return !wholefile.Exists(s.folderOf(run.Name).path(record.LatestCheckpoint))
	})
}

// goOn writes that the session works again, with the changes.
func (w *Sweep) goOn(c Changes) error {
	s := w.session
	w.move()
	if c.Steps > 0 {
		for _, run := range w.runs {
			if err := s.extend(run); err != nil {
				return err
			}
		}
	}
	if len(w.changed) > 0 {
		if err := wholefile.WriteBytes(filepath.Join(s.Dir, record.JobFile), w.job.Without("output.exists").TOML()); err != nil {
			return err
		}
	}
	s.Record.Status, s.Record.Ended, s.Record.Joined = record.Running, nil, false
	return s.Record.Write(s.Dir)
}

// nothingLeft completes the files of a session whose runs are all done, in case the process was killed after the last
// run.
func (w *Sweep) nothingLeft() error {
	s := w.session
	if s.Left() > 0 {
		w.note(fmt.Sprintf("this run is done; other runs of %s are not", s.Dir))
		return nil
	}
	w.note(fmt.Sprintf("all runs of %s are done", s.Dir))
	if s.Record.Status != record.Done && w.corpus != nil {
		if err := first(s.summarise(), s.end(record.Done)); err != nil {
			return err
		}
	} else if s.Record.Status != record.Done {
		if err := first(s.summarise(), w.conclude(record.Done)); err != nil {
			return err
		}
	}
	return s.gate(w.job.Gate)
}

// unfinished lists the runs that are not done, from session.json. The job is not used, because its patterns may match
// other pictures now.
func (s *Session) unfinished(job *configs.Job) []configs.Run {
	var runs []configs.Run
	for _, e := range s.Record.Runs {
		if e.Status != record.Done && (s.Only == "" || e.Name == s.Only) {
			runs = append(runs, runOf(e, job))
		}
	}
	return runs
}

// missing lists the runs that the session has not done. The finished runs must have the settings and pictures of the
// job.
func (w *Sweep) missing(s *Session, runs []configs.Run) ([]configs.Run, error) {
	if w.job.Output.Exists != "skip" {
		return runs, nil
	}
	w.runs = slices.DeleteFunc(slices.Clone(runs), func(run configs.Run) bool { return s.Runs[run.Name] == nil })
	if err := w.unchanged(s); err != nil {
		return nil, err
	}
	left := slices.DeleteFunc(slices.Clone(runs), func(run configs.Run) bool {
		r := s.Runs[run.Name]
		return r != nil && r.Status == record.Done
	})
	for i := range left {
		if r := s.Runs[left[i].Name]; r != nil && len(r.Extended) > 0 {
			left[i].Steps = r.Steps
		}
	}
	if done := len(runs) - len(left); done > 0 {
		w.note(fmt.Sprintf("%d of %d runs are done already", done, len(runs)))
	}
	return left, nil
}

// warnOfOtherBuild warns when the result may differ from that of an uninterrupted run.
func (w *Sweep) warnOfOtherBuild() {
	if before, now := w.session.Record.Igs, w.Build; before.Version != now.Version || before.Commit != now.Commit {
		w.warn(fmt.Sprintf("begun with %s, continued with %s: the result may differ", before, now))
	}
}

// otherDevice is the warning of a run that goes on on another device; "" when it is the same.
func otherDevice(was, is record.Device) string {
	if was.Name == is.Name && was.Driver == is.Driver {
		return ""
	}
	return fmt.Sprintf("begun on %s (%s), continued on %s (%s): the result may differ in its last bits", was.Name, was.Driver, is.Name, is.Driver)
}
