package session

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"igs/configs"
	"igs/event"
	"igs/internal/fault"
	"igs/internal/wholefile"
	"igs/record"
)

// polling is the time between two looks at the runs that other processes have.
const polling = time.Second

// joined is what a process knows of a session that it works at together with others.
type joined struct {
	*Sweep
	claims *claims
	done   map[string]bool   // runs that nobody must take any more
	failed map[string]string // marks of failures from before this process, which it tries again
	told   string            // what it waits for
}

// trainJoined trains the runs that no other process has, until every run is over.
func (w *Sweep) trainJoined(ctx context.Context) (*Result, error) {
	if err := os.MkdirAll(filepath.Join(w.session.Dir, claimsFolder), 0o777); err != nil {
		return nil, unwritable(w.session.Dir, err)
	}
	w.job.Output.Exists = "error" // no process may remove what another one made
	j := &joined{Sweep: w, done: map[string]bool{}, failed: map[string]string{}, claims: newClaims(w.session.Dir, w.dev.Info().Name, w.now)}
	for _, run := range w.runs {
		if r := w.session.Runs[run.Name]; r != nil && r.Status == record.Failed {
			j.failed[run.Name] = failureOf(r)
		}
	}
	if err := j.trainFree(ctx); err != nil {
		return nil, err
	}
	result := &Result{w.session, w.outcomes}
	if err := w.session.refresh(); err != nil {
		return result, err
	}
	w.outcomes = append(w.ofOthers(), w.outcomes...)
	verdict := w.verdict(ctx)
	if len(w.outcomes) == 0 {
		return nil, verdict
	}
	return result, first(verdict, j.concludeLast())
}

// trainFree trains one free run after the other. Its error is about the session, not about a run.
func (j *joined) trainFree(ctx context.Context) error {
	for {
		at, c, err := j.next(ctx)
		if err != nil || c == nil {
			return err
		}
		o, taken := j.trainClaimed(ctx, at, c)
		if taken != nil {
			j.warn(taken.Error() + ": this process leaves it alone")
			continue
		}
		j.outcomes = append(j.outcomes, o)
		j.done[o.Run.Name] = o.Err != nil // also a failure that left no run.json
		if j.stuck(o.Err) != "" || j.over(ctx, o) {
			return nil
		}
		if o.Err != nil && len(j.runs) > 1 {
			j.tell(event.RunFailed{Run: o.Run.Name, Err: o.Err})
		}
	}
}

// next takes a run that is not over, and waits while others have all of them. The claim is nil when every run is over or
// the context is cancelled.
func (j *joined) next(ctx context.Context) (at int, c *claim, err error) {
	for ctx.Err() == nil {
		var waiting []string
		for at, run := range j.runs {
			if ended, err := j.ended(run); err != nil || ended {
				if err != nil {
					return 0, nil, err
				}
				continue
			}
			c, before, has, err := j.claims.try(run.Name)
			if errors.Is(err, fs.ErrNotExist) && j.concluded() {
				return 0, nil, nil
			}
			if err != nil {
				return 0, nil, j.unclaimable(err)
			}
			if c == nil {
				waiting = append(waiting, fmt.Sprintf("%s (%v)", run.Name, has))
				continue
			}
			if ended, err := j.ended(run); err != nil || ended { // in the meantime
				c.release()
				if err != nil {
					return 0, nil, err
				}
				continue
			}
			if before != nil {
				j.warn(fmt.Sprintf("%s is taken over from %v", run.Name, before))
			}
			j.told = ""
			return at, c, nil
		}
		if len(waiting) == 0 {
			return 0, nil, nil
		}
		j.wait(ctx, waiting)
	}
	return 0, nil, nil
}

// wait says once what the process waits for.
func (j *joined) wait(ctx context.Context, runs []string) {
	if j.told == "" {
		j.told = "waiting for runs of other processes: " + strings.Join(runs, ", ")
		j.note(j.told)
	}
	select {
	case <-time.After(j.polling):
	case <-ctx.Done():
	}
}

// ended reads how far a run is, and reports whether nobody must take it: it is done, or it failed since this process
// began.
func (j *joined) ended(run configs.Run) (bool, error) {
	if j.done[run.Name] {
		return true, nil
	}
	r, err := j.session.readRun(run.Name)
	if err != nil {
		return false, err
	}
	if r == nil {
		delete(j.session.Runs, run.Name)
		return false, nil
	}
	j.session.Runs[run.Name] = r
	j.done[run.Name] = r.Status == record.Done || r.Status == record.Failed && j.failed[run.Name] != failureOf(r)
	return j.done[run.Name], nil
}

// failureOf tells a failure of a run from another one.
func failureOf(r *record.Run) string { return fmt.Sprint(r.Error, r.Ended, len(r.Resumed)) }

// trainClaimed trains a run that this process has. taken is not nil when it had the run no more at the end.
func (j *joined) trainClaimed(ctx context.Context, at int, c *claim) (o Outcome, taken *takenOver) {
	defer c.release()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := c.keepAlive(cancel)
	defer stop()
	j.claim = c
	defer func() { j.claim = nil }()
	j.pace.begin(at)
	o = j.train(ctx, j.runs[at])
	if !errors.As(o.Err, &taken) && o.Status != record.Done {
		errors.As(c.check(), &taken)
	}
	return o, taken
}

// concluded reports whether another process has written the last files of the session.
func (j *joined) concluded() bool {
	s, err := record.ReadSession(j.session.Dir)
	return err == nil && s.Status == record.Done
}

// concludeLast writes the last files of the session when all runs are over. One process does it.
func (j *joined) concludeLast() error {
	status := record.Done
	for _, e := range j.session.Record.Runs {
		switch e.Status {
		case record.Done:
		case record.Failed:
			status = record.Failed
		default:
			return nil // others go on
		}
	}
	c, _, _, err := j.claims.try(".session")
	if errors.Is(err, fs.ErrNotExist) || err == nil && c == nil || j.concluded() {
		c.release()
		return nil
	}
	if err != nil {
		return j.unclaimable(err)
	}
	defer c.release()
	return first(j.session.summarise(), j.conclude(status))
}

// unclaimable is the error of a claim that could not be written. Nothing is lost.
func (j *joined) unclaimable(err error) error {
	err = fmt.Errorf("claim a run of %s: %w", j.session.Dir, wholefile.Unnamed(err))
	if remedy := j.stuck(err); remedy != "" {
		err = fault.WithHint(err, remedy+", then continue with: "+Command("resume", j.session.Dir))
	}
	return err
}

// ofOthers are the outcomes of the runs that other processes trained.
func (w *Sweep) ofOthers() (all []Outcome) {
	mine := map[string]bool{}
	for _, o := range w.outcomes {
		mine[o.Run.Name] = true
	}
	for _, run := range w.runs {
		r := w.session.Runs[run.Name]
		if mine[run.Name] || r == nil || r.Status != record.Done && r.Status != record.Failed {
			continue
		}
		o := Outcome{Run: run, Status: r.Status}
		if r.Status == record.Failed {
			o.Err = errors.New(r.Error)
		}
		all = append(all, o)
	}
	return all
}

// refresh reads how far all runs are.
func (s *Session) refresh() error {
	s.Runs = map[string]*record.Run{}
	for i := range s.Record.Runs {
		e := &s.Record.Runs[i]
		r, err := s.readRun(e.Name)
		if err != nil {
			return err
		}
		if r == nil {
			continue
		}
		s.Runs[e.Name], e.Status, e.Steps = r, r.Status, r.Steps
	}
	return nil
}
