package live

import (
	"context"
	"fmt"
	"sync"
	"time"

	"igs/splat"
)

const (
	shotEvery = time.Second // the splats are read at most so often
	budget    = 100         // the pages take at most 1/budget of the time: shots and messages
)

// shots are the splats that pages draw.
type shots struct {
	last *shot
	next time.Time // not before
	seen bool      // a page has taken the last one
}

// charge puts off the next shot by the time that a cost needs to be 1/budget of.
func (s *shots) charge(now time.Time, cost time.Duration) {
	if s.next.Before(now) {
		s.next = now
	}
	s.next = s.next.Add(budget * cost)
}

// shot is the splats after a step.
type shot struct {
	number int // counts the shots of the session
	step   int
	encode func() ([]byte, error) // once, when the first page asks
}

// Due is called by the trainer before each step. It is true when a page waits for the splats or has an order.
func (d *Desk) Due(step int) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.paused || d.stop {
		return true
	}
	s := &d.shots
	return d.watchers > 0 && (s.last == nil || s.seen || step >= d.state.Steps) && !d.now().Before(s.next)
}

// Look is called by the trainer between two steps. It waits while a page has paused the training.
func (d *Desk) Look(ctx context.Context, step int, model func() (*splat.Model, error)) (stop bool, err error) {
	began := d.now()
	m, err := model()
	if err != nil {
		return false, err
	}
	d.keep(step, m, d.now().Sub(began))
	return d.obey(ctx, step), nil
}

// keep offers the splats to the pages. took is the time to read them. It counts twice, since the device waits meanwhile and gets its
// next step late.
func (d *Desk) keep(step int, m *splat.Model, took time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	number, now := 1, d.now()
	if d.shots.last != nil {
		number += d.shots.last.number
	}
	d.shots.last, d.shots.seen = &shot{number: number, step: step, encode: sync.OnceValues(func() ([]byte, error) {
		began := d.now()
		data, err := splat.EncodeFast(m)
		d.charge(d.now().Sub(began))
		return data, err
	})}, false
	d.shots.charge(now, 2*took)
	if earliest := now.Add(shotEvery); d.shots.next.Before(earliest) {
		d.shots.next = earliest
	}
	d.state.Step, d.state.Splats = step, m.Splats.N
	d.wake()
}

// charge counts a cost of the pages.
func (d *Desk) charge(cost time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shots.charge(d.now(), cost)
}

// obey does what the pages ask for. It reports whether the run is to stop.
func (d *Desk) obey(ctx context.Context, step int) bool {
	told := false
	for {
		d.mu.Lock()
		stop, paused, changed := d.stop, d.paused, d.changed
		phase := d.state.Phase
		switch {
		case stop:
			d.stop = false
		case paused:
			phase = "paused"
		case d.training:
			phase = "training"
		}
		if d.state.Phase != phase {
			d.state.Phase = phase
			d.wake()
			changed = d.changed
		}
		d.mu.Unlock()
		switch {
		case stop:
			d.say(fmt.Sprintf("a page stops the run after step %d", step))
			return true
		case !paused:
			if told {
				d.say("a page continues the run")
			}
			return false
		case !told:
			told = true
			d.say(fmt.Sprintf("a page pauses the run after step %d; the page continues it, and Ctrl-C ends it", step))
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

// shot is the last shot, which counts as taken; nil when there is none.
func (d *Desk) shot() *shot {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shots.seen = true
	return d.shots.last
}
