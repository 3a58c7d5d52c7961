package session

import (
	"context"
	"fmt"
	"sync"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/optim"
	"igs/record"
	"igs/vk"
)

// task is a run that a slot works at, and then the finisher.
type task struct {
	at      int // in Sweep.runs
	slot    *slot
	ctx     context.Context
	claim   *claim // nil: no other process can take the run
	unclaim func() // gives the claim back; nil: there is none

	alone   bool // no other run trains on the device meanwhile
	trained bool // the slot has no more to do with it
	run     configs.Run
	target  *imageio.Samples
	folder  *folder // nil: the run has not begun
	pace    *runPace
	tell    event.Sink
	ended   event.RunEnded // as the trainer says
	result  optim.Result
	used    vk.Usage
	shown   *drawing // the picture of the final splats; nil: its files are written, or there are none
	err     error
}

// prepare reads the picture of a run and opens its folder.
func (w *Sweep) prepare(t *task) (err error) {
	t.pace = w.pace.begin(t.at, t.slot.number)
	if t.target, err = w.targets.take(t.run, w.wasOnDisk(t.run)); err != nil {
		return err
	}
	f, err := w.folder(t)
	if err != nil {
		return err
	}
	t.run, t.folder = asBegun(t.run, f.record), f
	t.ended.Run = t.run.Name
	return nil
}

// send gives an event that is not of the trainer to the sink.
func (w *Sweep) send(t *task, e event.Event) {
	w.tell(event.OfRun{Run: t.run.Name, Slot: t.slot.number, Slots: len(w.slots), Device: t.slot.String(), Event: e})
}

// teller is the sink for the events of a run. They go to the logs of the run and to the sink of the sweep, with the times
// that are left. The last event is sent when all files are written. Checkpoints tell of themselves on another goroutine.
func (w *Sweep) teller(t *task) event.Sink {
	var telling sync.Mutex
	return func(e event.Event) {
		telling.Lock()
		defer telling.Unlock()
		switch last := e.(type) {
		case event.RunEnded:
			t.ended = last
			return
		case event.RunStarted:
			t.pace.started(last.From)
		case event.Stepped:
			e = t.pace.of(last)
		case event.Rounded:
			t.folder.rounding = &record.Rounding{Loss: last.Loss, Position: last.Position, Shape: last.Shape, Angle: last.Angle, Colour: last.Colour}
		case event.Scoring:
			what := scoring
			if last.Full {
				what = enlarging
			}
			last.ETA, last.SweepETA = t.pace.work(what, float64(last.Row)/float64(last.Rows))
			e = last
		case event.Assembling:
			last.ETA, last.SweepETA = t.pace.work(encoding, float64(last.Frame)/float64(last.Frames))
			e = last
		}
		t.folder.log(e)
		w.send(t, e)
		if found, ok := t.pace.estimate(); ok {
			w.tellEstimate(t, found)
		}
	}
}

// outcome is how a task ended.
func (t *task) outcome() Outcome {
	o := Outcome{Run: t.run, Step: t.result.Steps, Status: t.ended.Status}
	if t.err != nil {
		o.Status = record.Failed
		o.Err = fmt.Errorf("%s: %w", t.run.Name, t.err)
		if t.slot.several {
			o.Err = fmt.Errorf("%s on device %s: %w", t.run.Name, t.slot, t.err)
		}
	}
	return o
}
