package printer

import "time"

// timer shows the progress again while a run trains, because a step of a large picture may take longer than people and
// programs want to wait.
type timer struct{ stop, stopped chan struct{} }

// tick is the time between two calls of the timer.
const tick = time.Second

func (c *Console) startTimer() {
	if c.timer != nil || c.live == nil && c.lines == nil && c.beat == nil {
		return
	}
	t := &timer{make(chan struct{}), make(chan struct{})}
	c.timer = t
	go func() {
		defer close(t.stopped)
		ticker := time.NewTicker(tick)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				c.tick()
			case <-t.stop:
				return
			}
		}
	}()
}

// stopTimer returns when the timer has ended.
func (c *Console) stopTimer() {
	if c.timer != nil {
		close(c.timer.stop)
		<-c.timer.stopped
		c.timer = nil
	}
}

func (c *Console) tick() {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.live != nil:
		c.live.tick()
	case c.lines != nil:
		c.lines.tick()
	}
	if c.beat != nil {
		c.beat.due(c.tell)
	}
}
