package session

import (
	"errors"
	"fmt"
	"math"
	"runtime/debug"

	"igs/event"
	"igs/imageio"
	"igs/metric"
	"igs/optim"
	"igs/record"
	"igs/render"
	"igs/runlog"
	"igs/vk"
)

// train trains a run. Its files are written while the slot trains the next run, if there is one and the memory of the host
// allows; else at once.
func (w *Sweep) train(t *task) {
	t.tell = w.teller(t)
	if t.err = w.prepare(t); t.err != nil {
		w.settle(t)
		return
	}
	w.readNext(t)
	t.err = w.fit(t)
	if t.err == nil && t.result.Status == record.Done && t.shown == nil {
		w.measureFull(t)
	}
	t.used = t.slot.Usage()
	if t.shown == nil {
		w.finish(t)
		return
	}
	w.mu.Lock()
	w.trained(t)
	w.mu.Unlock()
	w.finisher <- t
}

// finish writes the last files of a run. run.json comes last, and then the event RunEnded.
func (w *Sweep) finish(t *task) {
	f := t.folder
	if t.shown != nil {
		if _, t.err = f.savePictures(t.shown.rows, t.target, t.run, t.tell); t.err == nil {
			t.err = f.notePictures(t.target, t.run, t.tell)
		}
		t.shown = nil
	}
	if math.IsNaN(t.ended.SSIM) {
		found := f.measured(t.result)
		t.ended.PSNR, t.ended.SSIM = found.PSNR, found.SSIM
	}
	f.endVideo(t.ctx, t.err == nil && t.result.Status == record.Done, t.run, t.target, t.tell)
	t.pace.finish()
	w.tellValidation(t.slot.device, t.tell)
	t.ended.Status, t.ended.Bytes = t.result.Status, f.record.Files[record.ModelFile].Bytes
	t.judge()
	t.err = first(t.err, f.endLogs(t.ended))
	t.err = first(t.err, f.end(t.result, t.used, t.err))
	t.judge()
	w.send(t, t.ended)
	waited := f.logging.Seconds() + t.result.WaitedSeconds
	w.tell(event.Detailed{Text: fmt.Sprintf("%s: training waited %.3f s for logs and checkpoints, %.2f %% of the run", t.run.Name, waited, 100*waited/t.result.Seconds)})
	if t.err == nil && t.ended.Status == record.Done {
		f.forgetPrevious()
	}
	w.settle(t)
}

// judge writes an error of the run into its last event.
func (t *task) judge() {
	var taken *takenOver
	switch {
	case errors.As(t.err, &taken):
		t.ended.Status = record.Interrupted
	case t.err != nil:
		t.ended.Status, t.ended.Error = record.Failed, t.err.Error()
	}
}

// tellEstimate says how long a run takes, and how to wait less when that is long.
func (w *Sweep) tellEstimate(t *task, e event.Estimated) {
	w.send(t, e)
	if info := t.slot.Info(); info.Kind == vk.CPU && t.at == 0 {
		if warning, slow := slowOnCPU(info.Name, e, t.run.Steps, t.pace.with(fewSteps)); slow {
			w.send(t, warning)
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

// folder opens the folder of a run: a new one, or the one of an earlier process or device.
func (w *Sweep) folder(t *task) (f *folder, err error) {
	if err := t.claim.check(); err != nil {
		return nil, err
	}
	w.mu.Lock()
	before := w.session.Runs[t.run.Name]
	w.mu.Unlock()
	if before != nil {
		f, err = w.reopen(t, before.Clone())
	} else {
		f, err = w.newFolder(t)
	}
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	w.session.Runs[t.run.Name] = f.record.Clone() // of this moment: the task changes its own
	w.mu.Unlock()
	f.claim = t.claim
	f.render, f.start.Saliency = w.job.Output.Render != "none", w.targets.saliency
	if f.start.State == nil {
		f.start.Placed = w.targets.placed(t.run)
		if w.from != nil {
			f.start.Splats = w.from.at(t.target.H)
		}
	}
	return f, f.openLogs(w.LogJSON, w.job.Output.TensorBoard)
}

// largeSamples is the number of samples from which on a run gives free memory back before it trains. That takes some
// 20 ms, and a smaller picture leaves little free memory.
const largeSamples = 1 << 22

// fit trains a run and writes its model. It writes its pictures too, or keeps what they need.
func (w *Sweep) fit(t *task) (err error) {
	f, target := t.folder, t.target
	t.slot.ResetPeak()
	f.openSpool(t.run, target, t.tell) // needs the step in f.start, which is cleared below
	on, err := w.platform(t.slot.device, target.Pixels()*target.C)
	if err != nil {
		return err
	}
	f.start.Version, f.start.Tuning = w.Build.Version, &on.Tuning
	f.record.Tuning = on.Tuning.String()
	trainer, err := optim.NewFrom(t.slot.Device, target, t.run, f.start, t.tell)
	if err != nil {
		return err
	}
	defer trainer.Close()
	f.start = optim.Start{Saliency: f.start.Saliency} // splats and moments are on the device now
	if target.Pixels()*target.C >= largeSamples {
		// Placing the first splats and compiling kernels leaves free memory, which the process would keep during the whole
		// run.
		debug.FreeOSMemory()
		vk.Trim()
	}
	endTarget := f.startTarget(t.run, target)
	defer func() { endTarget(err == nil && t.result.Status == record.Done) }()
	f.takeFrames(trainer, t.tell)
	w.watch(t, trainer)
	w.takeCheckpoints(t, trainer)
	drawn := false
	trainer.OnLastDrawing(func(rows imageio.Rows) (metric.Scores, error) {
		drawn = true
		return w.save(t, trainer, rows)
	})
	t.result, err = trainer.Run(t.ctx)
	return w.afterTraining(t, trainer, drawn, err)
}

// afterTraining writes what the folder of a run still lacks. err is the error of the training. drawn says that its last
// drawing has begun: save has then written the model, which is the finished one also when a signal or an error ended the
// drawing.
func (w *Sweep) afterTraining(t *task, trainer *optim.Trainer, drawn bool, err error) error {
	f, done := t.folder, err == nil && t.result.Status == record.Done
	if done && !drawn { // the run goes on from its end
		_, err = w.save(t, trainer, trainer.Rows())
		drawn, done = true, err == nil
	}
	if !done {
		t.shown = nil
	}
	switch {
	case done && t.shown == nil:
		return f.notePictures(t.target, t.run, t.tell)
	case drawn:
		return err
	case err == nil: // the run is interrupted
		return f.saveModel(trainer, t.tell)
	case trainer.Steps() > 0 && !diskFull(err) && f.claim.check() == nil: // keep the model of a failed run
		if rescued := f.saveModel(trainer, t.tell); rescued != nil {
			t.tell(event.Warned{Text: "the model could not be kept: " + rescued.Error()})
		}
	}
	return err
}

// save writes the model of a finished run, and its pictures from one drawing of the splats, and returns the scores of an
// evaluation. When the pictures are written beside the next run, it draws the splats now, because the device can do it now
// without waiting for anything.
func (w *Sweep) save(t *task, trainer *optim.Trainer, drawn imageio.Rows) (evaluated metric.Scores, err error) {
	w.host.settle(w.onProcessor())
	if err := t.folder.saveModel(trainer, t.tell); err != nil {
		return evaluated, err
	}
	rows := render.Rows(drawn.Shown().Each)
	if !w.beside(t) {
		return t.folder.savePictures(rows, t.target, t.run, t.tell)
	}
	shown, evaluation := newDrawing(t.target), render.NewEvaluation(t.target)
	if err := evaluation.Of(rows, t.target, t.run.Target.Gamma)(shown.keep); err != nil {
		return evaluated, err
	}
	t.shown = shown
	return evaluation.Scores(), nil
}
