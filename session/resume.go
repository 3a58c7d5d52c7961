package session

import (
	"fmt"
	"path/filepath"
	"slices"

	"igs/configs"
	"igs/record"
)

// Job is the job that the session was begun with.
func (s *Session) Job() (*configs.Job, error) {
	job, err := configs.Load(filepath.Join(s.Dir, record.JobFile))
	if err != nil {
		return nil, err
	}
	job.Output.Exists = "overwrite" // the session replaced what was in the way of its runs when it began
	if job.Origin("recipe") == "default" {
		// The file is from before there were recipes, when training was what recipe paper is now.
		err = configs.Gather(job.Set("recipe", "paper", "an earlier igs"), job.FillRecipe())
	}
	return job, err
}

// Resume prepares the training of the runs that are not done. They go on from their last checkpoints to the bits of a run without
// interruption. The job is that of s.Job, with changes only in what changes no result: device, memory budget, gates. The session must
// stay open until the sweep has ended.
func (s *Session) Resume(job *configs.Job, o Options) (*Sweep, error) {
	w := &Sweep{Options: o, job: job, session: s, runs: s.unfinished(job)}
	if len(w.runs) == 0 {
		return w, nil
	}
	var err error
	if w.targets, err = w.readTargets(w.runs); err != nil {
		return nil, err
	}
	if err := w.unchanged(s); err != nil {
		return nil, err
	}
	if w.from, err = readSource(job.Init.From); err != nil {
		return nil, err
	}
	w.begin = func() (*Session, error) {
		w.warnOfOtherMachine()
		s.Record.Status, s.Record.Ended = record.Running, nil
		return s, nil
	}
	return w, nil
}

// nothingLeft completes what a kill may have left undone behind the last run.
func (w *Sweep) nothingLeft() error {
	s := w.session
	if s.Left() > 0 {
		w.note(fmt.Sprintf("this run is done; others of %s are not", s.Dir))
		return nil
	}
	w.note(fmt.Sprintf("all runs of %s are done", s.Dir))
	if s.Record.Status != record.Done {
		if err := first(s.summarise(), w.conclude(record.Done)); err != nil {
			return err
		}
	}
	return s.gate(w.job.Gate)
}

// unfinished are the runs that are not done, as session.json lists them: patterns in the job may match other pictures today.
func (s *Session) unfinished(job *configs.Job) []configs.Run {
	var runs []configs.Run
	for _, e := range s.Record.Runs {
		if e.Status != record.Done && (s.Only == "" || e.Name == s.Only) {
			runs = append(runs, configs.Run{Name: e.Name, Image: e.Image, Gaussians: e.Gaussians, Steps: e.Steps, Settings: job.Settings})
		}
	}
	return runs
}

// missing are the runs that the session has not done yet. Those that it has done must be what is asked for.
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
	if done := len(runs) - len(left); done > 0 {
		w.note(fmt.Sprintf("%d of %d runs are done already", done, len(runs)))
	}
	return left, nil
}

// warnOfOtherMachine warns when the bits may differ from those of an uninterrupted run.
func (w *Sweep) warnOfOtherMachine() {
	was, is := w.session.Record.Device, deviceOf(w.dev)
	if was.Name != is.Name || was.Driver != is.Driver {
		w.warn(fmt.Sprintf("begun on %s (%s), continued on %s (%s): the result may differ in its last bits", was.Name, was.Driver, is.Name, is.Driver))
	}
	if before, now := w.session.Record.Igs, w.Build; before.Version != now.Version || before.Commit != now.Commit {
		w.warn(fmt.Sprintf("begun with %s, continued with %s: the result may differ", before, now))
	}
}
