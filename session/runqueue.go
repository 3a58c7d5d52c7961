package session

import (
	"context"
	"fmt"

	"igs/configs"
	"igs/record"
)

// runQueue is the queue of a session that this process has alone.
type runQueue struct {
	*Sweep
	free []int // in Sweep.runs
}

func newRunQueue(w *Sweep) *runQueue {
	q := &runQueue{Sweep: w}
	for at := range w.runs {
		q.free = append(q.free, at)
	}
	return q
}

// next takes the first run that the device of the slot may train now. It waits while another slot has a run that may come
// back, and for a device that a run needs for itself.
func (q *runQueue) next(ctx context.Context, s *slot) (*task, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for ctx.Err() == nil && !s.gone {
		for i, at := range q.free {
			if q.mayBegin(s.device, at) {
				if err := q.session.mark(q.runs[at].Name, record.Running); err != nil {
					return nil, err
				}
				q.free = append(q.free[:i:i], q.free[i+1:]...)
				t := &task{at: at, slot: s, ctx: ctx, run: q.runs[at]}
				q.begun(t)
				return t, nil
			}
		}
		if q.training == 0 {
			return nil, nil
		}
		q.moved.Wait()
	}
	return nil, nil
}

func (q *runQueue) waits() bool { return len(q.free) > 0 }

func (q *runQueue) ahead(s *slot) (run configs.Run, ok bool) {
	for _, at := range q.free {
		if q.mayTrain(s.device, at) && q.session.Runs[q.runs[at].Name] == nil {
			return q.runs[at], true
		}
	}
	return run, false
}

func (q *runQueue) over(t *task, o Outcome) (counts bool, err error) {
	return true, first(q.session.mark(t.run.Name, o.Status), q.session.summarise())
}

func (q *runQueue) back(t *task, o Outcome) error {
	q.free = append([]int{t.at}, q.free...)
	return q.session.mark(t.run.Name, o.Status)
}

// refused are the outcomes of the runs that came back and that no device was left for.
func (q *runQueue) refused() (failed []Outcome) {
	for _, at := range q.free {
		if a := q.tries[at]; a != nil {
			run := q.runs[at]
			failed = append(failed, Outcome{Run: run, Status: record.Failed, Err: fmt.Errorf("%s: %w", run.Name, a.err)})
		}
	}
	return failed
}
