package session

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"igs/configs"
	"igs/internal/fault"
	"igs/record"
	"igs/report"
)

// Sweep trains the runs of a session. New or Session.Resume make it: they check everything that can be wrong, and create
// no files. A Sweep is used once.
type Sweep struct {
	Options
	job     *configs.Job
	runs    []configs.Run // to train
	host    hostMemory
	targets *targets
	from    *source                  // the splats that runs start from; nil = none
	begin   func() (*Session, error) // creates the session, or continues it
	changed []string                 // keys of the settings that changed since the runs began

	session *Session // set by begin
	devices []*device
	slots   []*slot
	pace    *pace
	now     func() time.Time // tests have other clocks
	polling time.Duration    // between two looks at the runs that other processes have; tests wait less

	corpus *corpus // nil: each run has a folder

	queue    queue
	finisher chan *task  // runs whose files are to be written
	stop     func(error) // ends the work at all runs, with checkpoints
	telling  sync.Mutex  // of the sink

	mu       sync.Mutex        // of all below, of the session and of its files
	moved    *sync.Cond        // a slot has no more to do with a run, or the work ends
	training int               // runs that slots are at work on
	tries    map[int]*attempts // of the runs that a device could not train
	outcomes []Outcome         // of the runs so far
	last     *Outcome          // the one that ended the sweep; nil: none did
	failure  error             // of the session as a whole
}

// Outcome is how one run ended.
type Outcome struct {
	Run    configs.Run
	Step   int
	Status string // record.Done, Failed or Interrupted
	Err    error  // of a failed run
}

// Result is the result of a sweep. The records of the session name the files and the scores.
type Result struct {
	Session  *Session // unlocked
	Outcomes []Outcome
}

// New prepares the training of a job in a new session, or in an existing one when output.exists allows it. It reads
// every picture, so an error in the last picture is found before the first one is trained.
func New(job *configs.Job, o Options) (*Sweep, error) {
	w := newSweep(job, o)
	runs, err := job.Runs()
	if err != nil {
		return nil, err
	}
	place := job.Output
	if o.Join {
		if err := joinable(job); err != nil {
			return nil, err
		}
		place.Exists = "skip"
	}
	if job.Flat() {
		return w.newCorpus(runs)
	}
	if w.targets, err = w.readTargets(runs); err != nil {
		return nil, err
	}
	if err := CheckPlace(place, runs...); err != nil {
		return nil, err
	}
	if w.from, err = readSource(job.Init.From); err != nil {
		return nil, err
	}
	if err := w.from.check(runs, w.targets.sizes); err != nil {
		return nil, err
	}
	if s := w.from; s != nil && s.gamma != 0 && s.gamma != job.Target.Gamma {
		w.warn(fmt.Sprintf("%s was trained with gamma %g and continues with gamma %g: its colours are wrong at first (input.gamma)", job.Init.From, s.gamma, job.Target.Gamma))
	}
	w.begin = func() (*Session, error) {
		if o.Join {
			return w.join(runs)
		}
		s, err := w.create(runs)
		if err == nil {
			w.runs, err = w.missing(s, runs)
		}
		return s, err
	}
	return w, nil
}

func newSweep(job *configs.Job, o Options) *Sweep {
	w := &Sweep{Options: o, job: job, host: hostMemoryOf(job), now: time.Now, polling: polling}
	w.moved = sync.NewCond(&w.mu)
	return w
}

// Train opens the devices, runs the self-check, creates the session and trains the runs. When the context is cancelled,
// it finishes the step and writes a checkpoint; the error then wraps the cause of the context. The result is nil when
// no run was tried. An error can come with a result: it is the error of the session as a whole.
func (w *Sweep) Train(ctx context.Context) (*Result, error) {
	if w.session != nil && len(w.runs) == 0 {
		return nil, w.nothingLeft()
	}
	defer w.targets.close()
	defer w.host.limit()()
	if err := w.open(); err != nil {
		return nil, err
	}
	defer w.closeDevices()
	if err := w.check(); err != nil {
		return nil, err
	}
	if err := interruption(ctx, "no step was trained"); err != nil {
		return nil, err
	}
	var err error
	if w.session, err = w.begin(); w.session != nil {
		defer w.session.Close()
	}
	if err != nil {
		return nil, err
	}
	if len(w.runs) == 0 {
		return nil, w.nothingLeft()
	}
	most := samples(w.targets.sizes[largest(w.runs, w.targets.sizes).Image])
	defer debug.SetGCPercent(debug.SetGCPercent(garbageShare(most)))
	if w.corpus != nil {
		return w.trainCorpus(ctx)
	}
	if err := w.place(); err != nil {
		return nil, err
	}
	if w.session.joined() {
		return w.trainJoined(ctx)
	}
	return w.trainAll(ctx)
}

// interruption is the error of work that was cancelled; nil when the context is not cancelled.
func interruption(ctx context.Context, state string) error {
	if ctx.Err() == nil {
		return nil
	}
	return fmt.Errorf("%w: %s", context.Cause(ctx), state)
}

func (w *Sweep) trainAll(ctx context.Context) (*Result, error) {
	q := newRunQueue(w)
	if err := w.workOff(ctx, q); err != nil {
		return nil, err
	}
	w.outcomes = append(w.outcomes, q.refused()...)
	result := &Result{w.session, w.outcomes}
	verdict := w.verdict(ctx)
	status := record.Interrupted // some runs are not done
	switch code := fault.Code(verdict); {
	case w.session.Left() == 0:
		status = record.Done
	case ctx.Err() != nil: // the status is on the disk before the user loses patience with the report
		return result, first(verdict, w.session.end(status), w.conclude(status))
	case code != fault.OK && code != fault.GateMissed:
		status = record.Failed
	}
	return result, first(verdict, w.conclude(status))
}

// conclude writes the last files of the session.
func (w *Sweep) conclude(status string) error {
	w.session.setEnded(status)
	if w.job.Output.Report {
		if err := report.WriteFile(w.session.Dir, &w.session.Record); err != nil {
			return first(err, w.session.end(record.Failed))
		}
	}
	err := w.session.Record.Write(w.session.Dir)
	if err == nil && w.session.Record.Joined && status == record.Done {
		os.RemoveAll(filepath.Join(w.session.Dir, claimsFolder))
	}
	return err
}

// first returns the first error that is not nil. Later errors often have the same cause.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// stuck says what must be done before any run can go on after an error, "" when other runs can.
func (w *Sweep) stuck(err error) string {
	switch {
	case err == nil:
		return ""
	case diskFull(err):
		return "free some space on the disk"
	case tryWriting(w.session.Dir) != nil:
		return "make the folder writable again"
	}
	return ""
}

func diskFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}
