package session

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime/debug"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/optim"
	"igs/record"
	"igs/runlog"
	"igs/vk"
)

// train trains one run and writes all its files.
func (w *Sweep) train(ctx context.Context, run configs.Run) Outcome {
	o := Outcome{Run: run, Status: record.Failed}
	if err := w.attempt(ctx, &o); err != nil {
		o.Status, o.Err = record.Failed, fmt.Errorf("%s: %w", run.Name, err)
	}
	return o
}

// attempt trains a run. It sends the event RunEnded when all files are written.
func (w *Sweep) attempt(ctx context.Context, o *Outcome) error {
	target, err := w.targets.read(o.Run, w.wasOnDisk(o.Run))
	if err != nil {
		return err
	}
	f, err := w.folder(o.Run, target)
	if err != nil {
		return err
	}
	o.Run = asBegun(o.Run, f.record)
	ended := event.RunEnded{Run: o.Run.Name}
	tell := func(e event.Event) {
		switch last := e.(type) {
		case event.RunEnded:
			ended = last
			return
		case event.RunStarted:
			w.pace.started(last.From)
		case event.Stepped:
			e = w.pace.of(last)
		case event.Rounded:
			f.rounding = &record.Rounding{Loss: last.Loss, Position: last.Position, Shape: last.Shape, Angle: last.Angle, Colour: last.Colour}
		case event.Scoring:
			what := scoring
			if last.Full {
				what = enlarging
			}
			last.ETA, last.SweepETA = w.pace.work(what, float64(last.Row)/float64(last.Rows))
			e = last
		case event.Assembling:
			last.ETA, last.SweepETA = w.pace.work(encoding, float64(last.Frame)/float64(last.Frames))
			e = last
		}
		f.log(e)
		w.tell(e)
		if found, ok := w.pace.estimate(); ok {
			w.tellEstimate(found)
		}
	}
	result, err := w.fit(ctx, target, f, o.Run, tell)
	done := err == nil && result.Status == record.Done
	if math.IsNaN(ended.SSIM) {
		found := f.measured(result)
		ended.PSNR, ended.SSIM = found.PSNR, found.SSIM
	}
	if done {
		w.measureFull(f, o.Run, tell)
	}
	f.endVideo(ctx, done, o.Run, target, tell)
	w.pace.finish()
	w.tellValidation(tell)
	o.Step = result.Steps
	ended.Status, ended.Bytes = result.Status, f.record.Files[record.ModelFile].Bytes
	fail := func() {
		var taken *takenOver
		switch {
		case errors.As(err, &taken):
			ended.Status = record.Interrupted
		case err != nil:
			ended.Status, ended.Error = record.Failed, err.Error()
		}
	}
	fail()
	err = first(err, f.endLogs(ended))
	err = first(err, f.end(result, w.dev.Usage(), err))
	fail()
	w.tell(ended)
	w.tell(event.Detailed{Text: fmt.Sprintf("logs and checkpoints took %.3f s, %.2f %% of the run", f.writing.Seconds(), 100*f.writing.Seconds()/result.Seconds)})
	if o.Status = ended.Status; o.Status == record.Done {
		f.forgetPrevious()
	}
	return err
}

// tellEstimate says how long a run takes, and how to wait less when that is long.
func (w *Sweep) tellEstimate(e event.Estimated) {
	w.tell(e)
	if w.onCPU() && w.pace.run == 0 {
		if warning, slow := slowOnCPU(w.dev.Info().Name, e, w.pace.loads[0].run.Steps, w.pace.with(fewSteps)); slow {
			w.tell(warning)
		}
	}
}

// A sweep on a CPU that takes longer than longOnCPU seconds has a warning with the time of a run of fewSteps, which is
// effort draft.
const (
	longOnCPU = 600
	fewSteps  = 100
)

// slowOnCPU is that warning. short is the time of a run of fewSteps, s.
func slowOnCPU(device string, e event.Estimated, steps int, short float64) (event.Warned, bool) {
	w := event.Warned{Text: fmt.Sprintf("%s computes on the CPU, which takes about %s", device, runlog.Duration(e.SweepSeconds))}
	if steps > fewSteps {
		w.Hint = fmt.Sprintf("Ctrl-C stops; with sweep.steps=%d %s takes about %s", fewSteps, e.Run, runlog.Duration(short))
	}
	return w, e.SweepSeconds >= longOnCPU
}

// folder opens the folder of a run: a new one, or the one of an earlier process.
func (w *Sweep) folder(run configs.Run, target *imageio.Samples) (f *folder, err error) {
	if err := w.claim.check(); err != nil {
		return nil, err
	}
	if r := w.session.Runs[run.Name]; r != nil {
		f, err = w.reopen(run, r)
	} else {
		f, err = w.newFolder(run, target)
	}
	if err != nil {
		return nil, err
	}
	w.session.Runs[run.Name] = f.record
	f.claim = w.claim
	f.render, f.start.Saliency = w.job.Output.Render != "none", w.targets.saliency
	if w.from != nil && f.start.State == nil {
		f.start.Splats = w.from.at(target.H)
	}
	return f, f.openLogs(w.LogJSON, w.job.Output.TensorBoard)
}

// largeSamples is the number of samples from which on a run gives free memory back before it trains. That takes some
// 20 ms, and a smaller picture leaves little free memory.
const largeSamples = 1 << 22

// fit trains a run and writes its model and its pictures.
func (w *Sweep) fit(ctx context.Context, target *imageio.Samples, f *folder, run configs.Run, tell event.Sink) (optim.Result, error) {
	w.dev.ResetPeak()
	f.openSpool(run, target, tell) // needs the step in f.start, which is cleared below
	on, err := w.platform(target.Pixels() * target.C)
	if err != nil {
		return optim.Result{}, err
	}
	f.start.Version, f.start.Tuning = w.Build.Version, &on.Tuning
	f.record.Tuning = on.Tuning.String()
	trainer, err := optim.NewFrom(w.dev, target, run, f.start, tell)
	if err != nil {
		return optim.Result{}, err
	}
	defer trainer.Close()
	f.start = optim.Start{Saliency: f.start.Saliency} // splats and moments are on the device now
	if target.Pixels()*target.C >= largeSamples {
		// Placing the first splats and compiling kernels leaves free memory, which the process would keep during the whole
		// run.
		debug.FreeOSMemory()
		vk.Trim()
	}
	f.takeFrames(trainer, tell)
	w.watch(trainer)
	trainer.OnCheckpoint(func(s *optim.State) error { return f.keep(s, tell) })
	result, err := trainer.Run(ctx)
	switch {
	case err == nil && result.Status == record.Done:
		device := int64(0)
		if w.onCPU() {
			device = w.dev.Usage().Now
		}
		w.host.settle(device)
		err = f.save(trainer, run, target, tell)
	case err == nil:
		err = f.saveModel(trainer, tell)
	case trainer.Steps() > 0 && !diskFull(err) && f.claim.check() == nil: // keep the model of a failed run
		if rescued := f.saveModel(trainer, tell); rescued != nil {
			tell(event.Warned{Text: "the model could not be kept: " + rescued.Error()})
		}
	}
	return result, err
}
