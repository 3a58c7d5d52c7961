package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"syscall"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/internal/fault"
	"igs/optim"
	"igs/optim/engine"
	"igs/optim/selfcheck"
	"igs/record"
	"igs/report"
	"igs/vk"
)

// sweep trains the runs of a session one after the other.
type sweep struct {
	program  *program
	session  *session
	dev      *vk.Device
	job      *configs.Job
	runs     []configs.Run // to train
	targets  *targets
	from     *source // what they start from; nil for seeding
	pace     pace
	failFast bool
	heard    int // messages of the validation layer

	outcomes []outcome // of the runs so far
}

// outcome is how one run ended.
type outcome struct {
	run    configs.Run
	step   int
	status string // done | failed | interrupted
	err    error  // of a failed run
}

// onDevice opens the device, lets it prove that it computes right before anything is
// created, begins, and trains.
func (w *sweep) onDevice(begin func() error) (err error) {
	p := w.program
	live, stop := listen(p.console)
	defer stop()
	if w.dev, err = p.open(vk.Options{Select: w.job.Device.Select, Validation: w.job.Device.Validation}); err != nil {
		return err
	}
	defer func() { p.close(w.dev, w.heard) }()
	if err := w.check(); err != nil {
		return err
	}
	if w.job.Quantize.Enabled {
		if _, err := selfcheck.CheckRounding(w.dev); err != nil {
			return fmt.Errorf("%s: %w", w.dev.Info().Name, err)
		}
	}
	if err := interruption(live, "nothing was trained yet"); err != nil {
		return err
	}
	if err := begin(); err != nil {
		return err
	}
	defer w.session.close()
	if len(w.runs) == 0 {
		return w.nothingLeft()
	}
	w.pace = newPace(w.runs, w.targets)
	return w.run(live)
}

// check has the device prove itself, with every tuning that the runs will have.
func (w *sweep) check() error {
	checked := map[engine.Tuning]bool{}
	for _, samples := range w.targets.samples {
		on, err := w.platform(int(samples))
		if err != nil {
			return err
		}
		if checked[on.Tuning] {
			continue
		}
		checked[on.Tuning] = true
		report, err := selfcheck.Check(w.dev, on.Tuning, w.job.Memory.UseAMP, w.job.Train.Optimizer == configs.OptimizerFrame)
		if err != nil {
			return fmt.Errorf("%s: %w", w.dev.Info().Name, err)
		}
		w.program.console.debug("self-check passed in %.0f ms with %s", report.Milliseconds, on.Tuning)
	}
	return nil
}

// platform is the device with the tuning of a picture of so many samples.
func (w *sweep) platform(samples int) (engine.Platform, error) {
	return w.program.platform(w.dev.Info(), samples, w.job.Loss.SSIM != 0)
}

func (w *sweep) run(ctx context.Context) error {
	if err := w.all(ctx); err != nil {
		return err
	}
	defer w.program.results(w.session)
	verdict := w.verdict(ctx)
	status := record.Interrupted // runs are left
	switch code := fault.Code(verdict); {
	case w.session.left() == 0:
		status = record.Done
	case ctx.Err() != nil: // who interrupts does not want to wait for a report
		return first(verdict, w.session.end(status))
	case code != fault.OK && code != fault.GateMissed:
		status = record.Failed
	}
	return first(verdict, w.conclude(status))
}

// all trains the runs. Its error is one of the session's own files.
func (w *sweep) all(ctx context.Context) error {
	for i, run := range w.runs {
		if err := w.session.mark(run.Name, record.Running); err != nil {
			return err
		}
		w.pace.begin(i)
		o := w.train(ctx, run)
		w.outcomes = append(w.outcomes, o)
		err := first(w.session.mark(run.Name, o.status), w.session.summarise())
		if diskFull(o.err) || w.over(ctx, o) {
			return nil // what else could not be written is no news
		}
		if err != nil {
			return err
		}
		if o.err != nil && len(w.runs) > 1 {
			w.program.console.complain(o.err)
		}
	}
	return nil
}

// conclude writes the last files of the session.
func (w *sweep) conclude(status string) error {
	w.session.settle(status)
	if w.job.Output.Report {
		if err := report.WriteFile(w.session.dir, &w.session.record); err != nil {
			return first(err, w.session.end(record.Failed))
		}
	}
	return w.session.record.Write(w.session.dir)
}

// first is the first error there is: what follows from it needs no telling.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// over says whether the sweep ends with this run: nothing else can be trained on a device
// that is lost, and nothing be written to a disk that is full.
func (w *sweep) over(ctx context.Context, o outcome) bool {
	var lost *vk.DeviceLostError
	return ctx.Err() != nil || o.err != nil && (w.failFast || errors.As(o.err, &lost))
}

func diskFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// train is one run from its folder to its last file.
func (w *sweep) train(ctx context.Context, run configs.Run) outcome {
	o := outcome{run: run, status: record.Failed}
	if err := w.attempt(ctx, &o); err != nil {
		o.status, o.err = record.Failed, fmt.Errorf("%s: %w", run.Name, err)
	}
	return o
}

// attempt holds the word that the run has ended back until all files are there.
func (w *sweep) attempt(ctx context.Context, o *outcome) error {
	target, err := w.targets.read(o.run)
	if err != nil {
		return err
	}
	f, err := w.folder(o.run, target)
	if err != nil {
		return err
	}
	show, done := w.program.console.progress()
	defer done()
	ended := event.RunEnded{Run: o.run.Name}
	tell := func(e event.Event) {
		switch last := e.(type) {
		case event.RunEnded:
			ended = last
			return
		case event.RunStarted:
			w.pace.from = last.From
		case event.Stepped:
			e = w.pace.of(last)
		}
		f.log(e)
		show(e)
	}
	result, err := w.fit(ctx, target, f, o.run, tell)
	if err == nil && result.Status == record.Done {
		f.measureFull(w.dev, o.run, tell)
	}
	f.endVideo(ctx, err == nil && result.Status == record.Done, o.run, target, tell)
	w.passOn(tell)
	o.step = result.Steps
	ended.Status, ended.Bytes = result.Status, f.record.Files[record.ModelFile].Bytes
	fail := func() {
		if err != nil {
			ended.Status, ended.Error = record.Failed, err.Error()
		}
	}
	fail()
	f.logs.take(ended)
	err = first(err, f.logs.close())
	err = first(err, f.end(result, w.dev.Usage(), err))
	fail()
	show(ended)
	w.program.console.debug("logs and checkpoints took %.3f s, %.2f %% of the run", f.writing.Seconds(), 100*f.writing.Seconds()/result.Seconds)
	if o.status = ended.Status; o.status == record.Done {
		f.forgetPrevious()
	}
	return err
}

// folder is where the run goes: a new one, or that of an earlier invocation.
func (w *sweep) folder(run configs.Run, target *imageio.Samples) (f *folder, err error) {
	if r := w.session.runs[run.Name]; r != nil {
		f, err = w.reopen(run, r)
	} else {
		f, err = w.newFolder(run, target)
	}
	if err != nil {
		return nil, err
	}
	w.session.runs[run.Name] = f.record
	f.render, f.saliency = w.job.Output.Render != "none", w.targets.saliency
	f.start.Saliency = f.saliency
	if w.from != nil && f.start.State == nil {
		f.start.Splats = w.from.at(target.H)
	}
	return f, f.openLogs(w.program.console.logJSON, w.job.Output.TensorBoard)
}

// fit trains and writes what the run leaves.
func (w *sweep) fit(ctx context.Context, target *imageio.Samples, f *folder, run configs.Run, tell event.Sink) (optim.Result, error) {
	w.dev.ResetPeak()
	f.openSpool(run, target, tell) // while f.start knows the step
	on, err := w.platform(target.Pixels() * target.C)
	if err != nil {
		return optim.Result{}, err
	}
	f.start.Version, f.start.Tuning = version, &on.Tuning
	f.record.Tuning = on.Tuning.String()
	trainer, err := optim.NewFrom(w.dev, target, run, f.start, tell)
	if err != nil {
		return optim.Result{}, err
	}
	defer trainer.Close()
	f.start = optim.Start{} // splats and moments are on the device now
	debug.FreeOSMemory()    // what seeding and the compiler of kernels left behind would stay as long as the run
	vk.Trim()
	f.filmed(trainer, tell)
	trainer.OnCheckpoint(func(s *optim.State) error { return f.keep(s, tell) })
	result, err := trainer.Run(ctx)
	switch {
	case err == nil && result.Status == record.Done:
		if err = f.save(trainer, run, target, tell); err == nil {
			err = f.measure(trainer, target, run.Target.Gamma)
		}
	case err == nil:
		err = f.saveModel(trainer, tell)
	case trainer.Steps() > 0 && !diskFull(err): // what was learned before it went wrong is kept
		if rescued := f.saveModel(trainer, tell); rescued != nil {
			tell(event.Warned{Text: "the model could not be kept: " + rescued.Error()})
		}
	}
	return result, err
}

// passOn tells what the validation layer said since the last time.
func (w *sweep) passOn(tell event.Sink) {
	messages := w.dev.Messages()
	for _, m := range messages[w.heard:] {
		tell(event.Warned{Text: "validation: " + m})
	}
	w.heard = len(messages)
}
