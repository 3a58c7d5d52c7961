package session

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"igs/configs"
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
	own    map[string]bool   // runs that this process is at work on
	told   bool              // that it waits
}

// trainJoined trains the runs that no other process has, until every run is over.
func (w *Sweep) trainJoined(ctx context.Context) (*Result, error) {
	if err := os.MkdirAll(filepath.Join(w.session.Dir, claimsFolder), 0o777); err != nil {
		return nil, unwritable(w.session.Dir, err)
	}
	w.job.Output.Exists = "error" // no process may remove what another one made
	j := &joined{Sweep: w, done: map[string]bool{}, failed: map[string]string{}, own: map[string]bool{}, claims: newClaims(w.session.Dir, w.devices[0].String(), w.now)}
	for _, run := range w.runs {
		if r := w.session.Runs[run.Name]; r != nil && r.Status == record.Failed {
			j.failed[run.Name] = failureOf(r)
		}
	}
	if err := w.workOff(ctx, j); err != nil {
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

// next takes a run that is not over, and waits while others have all of them. The task is nil when every run is over or
// the context is cancelled.
func (j *joined) next(ctx context.Context, s *slot) (*task, error) {
	for ctx.Err() == nil {
		t, waiting, err := j.look(ctx, s)
		if t != nil || err != nil {
			return t, err
		}
		if len(waiting) == 0 {
			return nil, nil
		}
		j.wait(ctx, waiting)
	}
	return nil, nil
}

// look takes a free run. waiting are those that others have, in this process or in another one.
func (j *joined) look(ctx context.Context, s *slot) (t *task, waiting []string, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for at, run := range j.runs {
		if s.gone {
			return nil, nil, nil
		}
		if j.own[run.Name] {
			waiting = append(waiting, "")
			continue
		}
		if ended, err := j.ended(run); err != nil {
			return nil, nil, err
		} else if ended || !j.mayTrain(s.device, at) {
			continue
		}
		if !j.mayBegin(s.device, at) {
			waiting = append(waiting, "")
			continue
		}
		c, before, has, err := j.claims.on(s.String()).try(run.Name)
		if errors.Is(err, fs.ErrNotExist) && j.concluded() {
			return nil, nil, nil
		}
		if err != nil {
			return nil, nil, j.unclaimable(err)
		}
		if c == nil {
			waiting = append(waiting, fmt.Sprintf("%s (%v)", run.Name, has))
			continue
		}
		if ended, err := j.ended(run); err != nil || ended { // in the meantime
			c.release()
			if err != nil {
				return nil, nil, err
			}
			continue
		}
		if before != nil {
			j.warn(fmt.Sprintf("%s is taken over from %v", run.Name, before))
		}
		j.told, j.own[run.Name] = false, true
		t := j.task(ctx, at, c, s)
		j.begun(t)
		return t, nil, nil
	}
	return nil, waiting, nil
}

// task is the work at a run that this process has claimed. It ends when another process takes the run over.
func (j *joined) task(ctx context.Context, at int, c *claim, s *slot) *task {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := c.keepAlive(cancel)
	return &task{at: at, slot: s, ctx: ctx, run: j.runs[at], claim: c, unclaim: func() {
		stop()
		cancel(nil)
		c.release()
	}}
}

// waits reports whether this process may get another run. It may not, when others are faster.
func (j *joined) waits() bool {
	return slices.ContainsFunc(j.runs, func(run configs.Run) bool { return !j.own[run.Name] && !j.done[run.Name] })
}

// ahead knows nothing: other processes may take any run.
func (j *joined) ahead(*slot) (run configs.Run, ok bool) { return run, false }

// over gives the claim of a run back. The run does not count when another process has taken it over.
func (j *joined) over(t *task, o Outcome) (counts bool, err error) {
	var taken *takenOver
	if !errors.As(o.Err, &taken) && o.Status != record.Done {
		errors.As(t.claim.check(), &taken)
	}
	j.leave(t)
	if taken != nil {
		j.warn(taken.Error() + ": this process leaves it alone")
		return false, nil
	}
	j.done[t.run.Name] = o.Err != nil // also a failure that left no run.json
	return true, nil
}

// back lets any device of any process take a run.
func (j *joined) back(t *task, o Outcome) error {
	j.failed[t.run.Name] = failureOf(t.folder.record)
	j.leave(t)
	return nil
}

func (j *joined) leave(t *task) {
	t.unclaim()
	delete(j.own, t.run.Name)
}

// wait says once what the process waits for.
func (j *joined) wait(ctx context.Context, runs []string) {
	if others := slices.DeleteFunc(runs, func(run string) bool { return run == "" }); len(others) > 0 && j.tellOnce() {
		j.note("waiting for runs of other processes: " + strings.Join(others, ", "))
	}
	select {
	case <-time.After(j.polling):
	case <-ctx.Done():
	}
}

func (j *joined) tellOnce() (first bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	first, j.told = !j.told, true
	return first
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
