package optim

import "time"

// checkpoints writes the checkpoints of a trainer.
type checkpoints struct {
	save   func(*State) error // nil means that none is written
	beside bool               // save runs on another goroutine, beside the next steps

	step int       // of the last one; -1 means that there is none
	due  due       // at that step
	at   time.Time // when its state was taken

	writing chan error    // gives the result of the save under way; nil: none is
	err     error         // of the last save
	waited  time.Duration // of the steps
}

// OnCheckpoint sets the function that writes checkpoints. It is called at the intervals of the run, when the run is
// interrupted, and at its end. Its error ends the run.
func (t *Trainer) OnCheckpoint(save func(*State) error) { t.saved.use(save, false) }

// OnCheckpointBeside is OnCheckpoint for a function that is called on another goroutine, while the next steps are taken.
// They wait only until the state is in the memory of the host. There is one call at a time, and none when Run or Take
// returns.
func (t *Trainer) OnCheckpointBeside(save func(*State) error) { t.saved.use(save, true) }

// use sets the function that writes. The error of the one before is none of its own.
func (c *checkpoints) use(save func(*State) error, beside bool) {
	c.save, c.beside, c.err = save, beside, nil
}

// checkpointDue reports whether a checkpoint is due after the given step, or the last one could not be written. The next
// step must not be submitted before the state is read.
func (t *Trainer) checkpointDue(step int) bool {
	every := t.run.Train.CheckpointEvery
	switch {
	case t.saved.failed():
		return true
	case t.saved.save == nil || step == 0 || step <= t.saved.step:
		return false
	case every.Steps > 0:
		return step%every.Steps == 0
	}
	return every.Time > 0 && time.Since(t.saved.at) >= every.Time
}

// checkpoint writes a checkpoint of the present step and of what is due after it, unless there is one. It returns the error
// of the last one too.
func (t *Trainer) checkpoint() error {
	if err := t.saved.wait(); err != nil || t.saved.save == nil || t.step == t.saved.step && t.due == t.saved.due {
		return err
	}
	began := time.Now()
	taken, err := t.takeState()
	if err != nil {
		return err
	}
	t.saved.waited += time.Since(began)
	t.saved.write(taken)
	if !t.saved.beside {
		err = t.saved.wait()
	}
	t.saved.step, t.saved.due, t.saved.at = t.step, t.due, time.Now()
	return err
}

// write begins to write a checkpoint. No other one is being written.
func (c *checkpoints) write(taken *takenState) {
	c.writing = make(chan error, 1)
	go func(save func(*State) error, ended chan<- error) { ended <- save(taken.state()) }(c.save, c.writing)
}

// wait waits for the save under way, and returns the error of the last one.
func (c *checkpoints) wait() error {
	if c.writing != nil {
		began := time.Now()
		c.err, c.writing = <-c.writing, nil
		c.waited += time.Since(began)
	}
	return c.err
}

// end waits for the save under way, and returns the error of the last one. After an error there is no checkpoint, and the
// next call of Run or Take tries again.
func (c *checkpoints) end() error {
	err := c.wait()
	if err != nil {
		c.err, c.step = nil, -1
	}
	return err
}

// failed reports whether the last checkpoint could not be written. It does not wait.
func (c *checkpoints) failed() bool {
	select {
	case c.err = <-c.writing:
		c.writing = nil
	default:
	}
	return c.err != nil
}
