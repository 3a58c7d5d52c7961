package session

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/internal/fault"
	"igs/optim/engine"
	"igs/optim/selfcheck"
	"igs/record"
	"igs/report"
	"igs/vk"
)

// Sweep trains the runs of a session one after the other. New or Session.Resume make it: they check everything that can
// be wrong, and create no files. A Sweep is used once.
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
	claim   *claim   // of the current run in a joined session
	dev     *vk.Device
	heard   int // messages of the validation layer that were reported
	pace    *pace
	now     func() time.Time // tests have other clocks
	polling time.Duration    // between two looks at the runs that other processes have; tests wait less

	corpus   *corpus   // nil: each run has a folder
	outcomes []Outcome // of the runs so far
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
	w := &Sweep{Options: o, job: job, host: hostMemoryOf(job), now: time.Now, polling: polling}
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

// Train opens the device, runs the self-check, creates the session and trains the runs. When the context is cancelled,
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
	defer w.closeDevice()
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
	if w.corpus != nil {
		return w.trainCorpus(ctx)
	}
	w.pace = newPace(workloads(w.runs, w.targets, !w.onCPU()), w.job.Output.Report, hostSpeed(w.now), w.now)
	if w.session.joined() {
		return w.trainJoined(ctx)
	}
	return w.trainAll(ctx)
}

// onCPU reports whether the device is the processor.
func (w *Sweep) onCPU() bool { return w.dev.Info().Kind == vk.CPU }

// interruption is the error of work that was cancelled; nil when the context is not cancelled.
func interruption(ctx context.Context, state string) error {
	if ctx.Err() == nil {
		return nil
	}
	return fmt.Errorf("%w: %s", context.Cause(ctx), state)
}

func (w *Sweep) open() (err error) {
	switch {
	case w.Device != nil:
		w.dev = w.Device
		w.heard = len(w.dev.Messages())
	case w.Open != nil:
		w.dev, err = w.Open(w.job.Device)
	default:
		w.dev, err = OpenDevice(w.job.Device)
	}
	return err
}

// closeDevice closes the device if this sweep opened it, and reports the last messages of the validation layer.
func (w *Sweep) closeDevice() {
	switch {
	case w.Device != nil:
	case w.Close != nil:
		w.Close(w.dev)
	default:
		w.dev.Close()
	}
	w.tellValidation(w.tell)
}

// tellValidation reports the new messages of the validation layer.
func (w *Sweep) tellValidation(tell event.Sink) {
	messages := w.dev.Messages()
	for _, m := range messages[w.heard:] {
		tell(event.Warned{Text: "validation: " + m})
	}
	w.heard = len(messages)
}

// check requires that the device has passed the self-check with every tuning that the runs will have.
func (w *Sweep) check() error {
	proofs, checked := w.Proofs, map[engine.Tuning]bool{}
	if proofs == nil {
		proofs = &selfcheck.Proofs{}
	}
	distinct := map[imageio.Size]bool{}
	for _, size := range w.targets.sizes {
		distinct[size] = true
	}
	for size := range distinct {
		on, err := w.platform(int(samples(size)))
		if err != nil {
			return err
		}
		if checked[on.Tuning] {
			continue
		}
		checked[on.Tuning] = true
		for _, subject := range selfcheck.SubjectsOf(on.Tuning, w.job.Settings) {
			report, err := proofs.Require(w.dev, subject)
			if err != nil {
				return fmt.Errorf("%s: %w", w.dev.Info().Name, err)
			}
			when := "before"
			if len(report.Rows) > 0 {
				when = fmt.Sprintf("in %.0f ms", report.Milliseconds)
			}
			w.tell(event.Detailed{Text: fmt.Sprintf("self-check passed %s: %s", when, subject.Name)})
		}
	}
	return nil
}

// platform is the device with the tuning for a picture with the given number of samples.
func (w *Sweep) platform(samples int) (engine.Platform, error) {
	return w.Tunings.Platform(w.dev.Info(), samples, w.job.Loss.SSIM != 0)
}

func (w *Sweep) trainAll(ctx context.Context) (*Result, error) {
	if err := w.trainEach(ctx); err != nil {
		return nil, err
	}
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

// trainEach trains the runs. Its error is about the files of the session, not of a run.
func (w *Sweep) trainEach(ctx context.Context) error {
	for i, run := range w.runs {
		if err := w.session.mark(run.Name, record.Running); err != nil {
			return err
		}
		w.pace.begin(i)
		o := w.train(ctx, run)
		w.outcomes = append(w.outcomes, o)
		err := first(w.session.mark(run.Name, o.Status), w.session.summarise())
		if w.stuck(o.Err) != "" || w.over(ctx, o) {
			return nil // the error of session.json has the same cause
		}
		if err != nil {
			return err
		}
		if o.Err != nil && len(w.runs) > 1 {
			w.tell(event.RunFailed{Run: run.Name, Err: o.Err})
		}
	}
	return nil
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

// over reports whether the sweep ends after this run: it is cancelled, the device is lost, or the user wants to stop at
// a failure.
func (w *Sweep) over(ctx context.Context, o Outcome) bool {
	var lost *vk.DeviceLostError
	return ctx.Err() != nil || o.Err != nil && (w.FailFast || errors.As(o.Err, &lost))
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
