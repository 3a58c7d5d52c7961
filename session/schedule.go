package session

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"igs/configs"
	"igs/event"
	"igs/internal/fault"
)

// queue hands the runs of a sweep to its slots. All calls but next are made with the lock of the sweep.
type queue interface {
	// next gives a slot a run to work at. The task is nil when the slot can have no more.
	next(ctx context.Context, s *slot) (*task, error)
	// waits reports whether a run waits for a slot.
	waits() bool
	// ahead is the new run that the slot will probably get next, if that is known. The picture of a run that goes on may be
	// on the disk.
	ahead(s *slot) (run configs.Run, ok bool)
	// over notes how a run ended, and says whether it counts as an outcome of this process.
	over(t *task, o Outcome) (counts bool, err error)
	// back takes a run that another device may try.
	back(t *task, o Outcome) error
}

// attempts are what devices could not do about a run.
type attempts struct {
	crowded map[*device]bool // had no memory for it beside other runs
	refused map[*device]bool
	lost    int   // devices
	err     error // of the last one
}

// workOff trains the runs of a queue. Each slot trains one after the other, and one finisher writes their files in the
// meantime. Its error is about the files of the session, not about a run.
func (w *Sweep) workOff(ctx context.Context, q queue) error {
	work, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	defer context.AfterFunc(work, w.wake)()
	w.queue, w.stop, w.tries = q, stop, map[int]*attempts{}
	w.finisher = make(chan *task, 1)
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		for t := range w.finisher {
			w.finish(t)
		}
	}()
	var workers sync.WaitGroup
	for _, s := range w.slots {
		workers.Add(1)
		go func() {
			defer workers.Done()
			w.work(work, s)
		}()
	}
	workers.Wait()
	close(w.finisher)
	<-finished
	return w.failure
}

// work trains one run after the other in a slot.
func (w *Sweep) work(ctx context.Context, s *slot) {
	for {
		t, err := w.queue.next(ctx, s)
		if err != nil {
			w.abort(err)
		}
		if t == nil {
			return
		}
		w.train(t)
	}
}

// abort ends the sweep because of an error of the session as a whole.
func (w *Sweep) abort(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fail(err)
}

// wake lets slots that wait for a run look again.
func (w *Sweep) wake() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.moved.Broadcast()
}

// begun notes that a slot is at work on a run.
func (w *Sweep) begun(t *task) {
	d := t.slot.device
	a := w.tries[t.at]
	t.alone = a != nil && a.crowded[d]
	w.training++
	d.training++
	d.alone = t.alone
}

// trained notes that a slot has no more to do with a run. No device can refuse it now.
func (w *Sweep) trained(t *task) {
	if !t.trained {
		t.trained = true
		w.training--
		t.slot.training--
		t.slot.alone = false
		w.moved.Broadcast()
	}
}

// settle ends the work at a run. A run that the device could not train goes back to the queue when another device may, or
// this one when no other run trains on it.
func (w *Sweep) settle(t *task) {
	if t.target != nil {
		w.targets.give(t.run.Image)
	}
	o := t.outcome()
	again, told := w.settled(t, o)
	t.pace.end(again)
	if told != nil {
		w.tell(told)
	}
}

func (w *Sweep) settled(t *task, o Outcome) (again bool, told event.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.trained(t)
	if t.folder != nil {
		w.session.Runs[t.run.Name] = t.folder.record
	}
	if next := w.another(t); next != "" {
		err := w.queue.back(t, o)
		w.fail(err)
		return true, event.Warned{Text: fmt.Sprintf("%v: %s", o.Err, next)}
	}
	counts, err := w.queue.over(t, o)
	if !counts {
		return false, nil
	}
	w.outcomes = append(w.outcomes, o)
	if w.ends(t, o) {
		w.last = &o
		w.stop(errEnded)
		return false, nil // the error of session.json has the same cause
	}
	if t.ctx.Err() == nil {
		w.fail(err)
	}
	if o.Err != nil && len(w.runs) > 1 {
		return false, event.RunFailed{Run: o.Run.Name, Err: o.Err}
	}
	return false, nil
}

// errEnded is why the other runs stop when one ends the sweep.
var errEnded = errors.New("the sweep ended early")

// fail ends the sweep when the files of the session cannot be written.
func (w *Sweep) fail(err error) {
	if err != nil {
		w.failure = first(w.failure, err)
		w.stop(err)
	}
}

// another says what happens to a run that this device could not train, because it was lost or its memory is too small; ""
// when nothing can be tried. A device that had room for several runs may try again with this one alone. A run on which two
// devices were lost is not tried again.
func (w *Sweep) another(t *task) string {
	lost := isLost(t.err)
	if lost {
		t.slot.gone = true
	}
	if t.folder == nil || !lost && fault.Code(t.err) != fault.OutOfMemory {
		return ""
	}
	a := w.tries[t.at]
	if a == nil {
		a = &attempts{crowded: map[*device]bool{}, refused: map[*device]bool{}}
		w.tries[t.at] = a
	}
	a.err = t.err
	switch d := t.slot.device; {
	case lost:
		a.lost++
	case d.slots > 1 && !t.alone:
		a.crowded[d] = true
		return "it is tried again without other runs on the device"
	default:
		a.refused[d] = true
	}
	if a.lost > 1 {
		return ""
	}
	for _, d := range w.devices {
		if w.mayTrain(d, t.at) {
			return "another device goes on with it"
		}
	}
	return ""
}

// mayBegin reports whether a device may begin a run now.
func (w *Sweep) mayBegin(d *device, at int) bool {
	a := w.tries[at]
	return w.mayTrain(d, at) && !d.alone && (d.training == 0 || a == nil || !a.crowded[d])
}

// mayTrain reports whether a device may train a run.
func (w *Sweep) mayTrain(d *device, at int) bool {
	a := w.tries[at]
	return !d.gone && (a == nil || !a.refused[d])
}

// ends reports whether the sweep ends after this run: no run can go on, no device is left, or the user wants to stop at a
// failure.
func (w *Sweep) ends(t *task, o Outcome) bool {
	if o.Err == nil {
		return false
	}
	if w.stuck(o.Err) != "" || w.FailFast {
		return true
	}
	for _, d := range w.devices {
		if !d.gone {
			return false
		}
	}
	return true
}
