package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/internal/fault"
	"igs/optim"
	"igs/record"
	"igs/runlog"
	"igs/vk"
)

// sweep trains the runs of a session one after the other.
type sweep struct {
	program  *program
	session  *session
	dev      *vk.Device
	job      *configs.Job
	runs     []configs.Run
	targets  *targets
	failFast bool
	heard    int // messages of the validation layer
}

// outcome is how one run ended.
type outcome struct {
	run    configs.Run
	folder *folder
	result optim.Result
	memory vk.Usage
	status string // done | failed | interrupted
	err    error  // of a failed run
}

func (w *sweep) run(ctx context.Context) error {
	for _, run := range w.runs {
		if err := w.session.mark(run.Name, "running"); err != nil {
			return err
		}
		o := w.train(ctx, run)
		w.session.outcome = append(w.session.outcome, o)
		if err := errors.Join(w.session.mark(run.Name, o.status), w.session.summarise()); err != nil {
			return err
		}
		if w.over(ctx, o) {
			break
		}
		if o.err != nil && len(w.runs) > 1 {
			w.program.console.complain(o.err)
		}
	}
	w.program.results(w.session)
	verdict := w.verdict(ctx, len(w.runs))
	status := "done"
	switch code := fault.Code(verdict); {
	case ctx.Err() != nil:
		status = "interrupted"
	case code != fault.OK && code != fault.GateMissed:
		status = "failed"
	}
	return errors.Join(verdict, w.session.end(status))
}

// over says whether the sweep ends with this run: nothing else can be trained on a device
// that is lost.
func (w *sweep) over(ctx context.Context, o outcome) bool {
	var lost *vk.DeviceLostError
	return ctx.Err() != nil || o.err != nil && (w.failFast || errors.As(o.err, &lost))
}

// train is one run from its folder to its last file.
func (w *sweep) train(ctx context.Context, run configs.Run) outcome {
	o := outcome{run: run, status: "failed"}
	if err := w.attempt(ctx, &o); err != nil {
		o.status, o.err = "failed", fmt.Errorf("%s: %w", run.Name, err)
	}
	return o
}

// attempt holds the word that the run has ended back until all files are there.
func (w *sweep) attempt(ctx context.Context, o *outcome) error {
	target, err := w.targets.read(o.run.Image)
	if err != nil {
		return err
	}
	if o.folder, err = w.newFolder(o.run); err != nil {
		return err
	}
	if err := o.folder.describe(w.job, o.run.Image, target); err != nil {
		return err
	}
	files := o.folder.logs(w.program.console.logJSON)
	show, done := w.program.console.progress()
	defer done()
	ended := event.RunEnded{Run: o.run.Name}
	tell := func(e event.Event) {
		if last, ok := e.(event.RunEnded); ok {
			ended = last
			return
		}
		files.take(e)
		show(e)
	}
	err = w.fit(ctx, target, o, tell)
	w.passOn(tell)
	ended.Status, ended.Bytes = o.status, o.folder.record.Files[record.ModelFile].Bytes
	if err != nil {
		ended.Status, ended.Error = "failed", err.Error()
	}
	files.take(ended)
	if closing := files.close(); err == nil {
		err = closing
	}
	if writing := o.folder.end(o, err); err == nil {
		err = writing
	}
	if err != nil {
		ended.Status, ended.Error = "failed", err.Error()
	}
	show(ended)
	return err
}

// fit trains and saves.
func (w *sweep) fit(ctx context.Context, target *imageio.Samples, o *outcome, tell event.Sink) error {
	w.dev.ResetPeak()
	trainer, err := optim.New(w.dev, target, o.run, tell)
	if err != nil {
		return err
	}
	defer trainer.Close()
	debug.FreeOSMemory() // what seeding and the compiler of kernels left behind would stay as long as the run
	vk.Trim()
	o.result, err = trainer.Run(ctx)
	if err == nil {
		err = o.folder.save(trainer, o.run, target, tell)
	} else if trainer.Steps() > 0 { // what was learned before it went wrong is kept
		if rescued := o.folder.rescue(trainer, o.run, target, tell); rescued != nil {
			tell(event.Warned{Text: "the model could not be kept: " + rescued.Error()})
		}
	}
	o.memory = w.dev.Usage()
	if err != nil {
		return err
	}
	o.status = o.result.Status
	return nil
}

// passOn tells what the validation layer said since the last time.
func (w *sweep) passOn(tell event.Sink) {
	messages := w.dev.Messages()
	for _, m := range messages[w.heard:] {
		tell(event.Warned{Text: "validation: " + m})
	}
	w.heard = len(messages)
}

// verdict is the error of the session as a whole.
func (w *sweep) verdict(ctx context.Context, planned int) error {
	outcomes := w.session.outcome
	var failed, below []string
	var first error
	for _, o := range outcomes {
		if o.err != nil {
			failed = append(failed, o.run.Name)
			if first == nil {
				first = o.err
			}
		}
		if why := belowGate(w.job.Gate, o); why != "" {
			below = append(below, why)
		}
	}
	last := outcomes[len(outcomes)-1]
	switch err := interruption(ctx, ""); {
	case err != nil && last.status == "interrupted":
		return interruption(ctx, fmt.Sprintf("%s stopped at step %d of %d; what it had learnt is saved in %s, but igs cannot go on from there in this version (checkpoints)",
			last.run.Name, last.result.Steps, last.run.Steps, last.folder.dir))
	case err != nil:
		return interruption(ctx, fmt.Sprintf("%d of %d runs are done", len(outcomes)-len(failed), planned))
	case first != nil && planned == 1:
		return first
	case first != nil && len(outcomes) < planned:
		w.program.console.complain(first) // the run that ended the sweep; those before were told
		return fault.New(fault.PartFailed, "", "the sweep ended early: %d of %d runs are done", len(outcomes)-len(failed), planned)
	case first != nil:
		return fault.New(fault.PartFailed, "run.json of each says why", "%d of %d runs failed: %s", len(failed), planned, strings.Join(failed, ", "))
	case len(below) > 0:
		return fault.New(fault.GateMissed, "more --gaussians or more --steps raise quality", "below the gate: %s", strings.Join(below, "; "))
	}
	return nil
}

// belowGate says what a finished run lacks; NaN is below every gate.
func belowGate(g configs.Gate, o outcome) string {
	switch r := o.result; {
	case o.status != "done":
		return ""
	case g.MinPSNR > 0 && !(r.PSNR >= g.MinPSNR):
		return fmt.Sprintf("%s has %s of at least %g dB", o.run.Name, runlog.Decibels(r.PSNR), g.MinPSNR)
	case g.MinSSIM > 0 && !(r.SSIM >= g.MinSSIM):
		return fmt.Sprintf("%s has an SSIM of %.4f of at least %g", o.run.Name, r.SSIM, g.MinSSIM)
	}
	return ""
}
