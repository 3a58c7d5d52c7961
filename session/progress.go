package session

import (
	"fmt"
	"path/filepath"
	"sync"

	"igs/event"
)

// Progress knows from events how much of the work is on the disk. Its zero value is ready.
type Progress struct {
	mu   sync.Mutex
	runs map[string]*steps // that have begun and not ended
	dir  string            // folder of the session, "" = no checkpoint was written
}

// steps of a run.
type steps struct{ done, saved int }

// Take takes an event.
func (p *Progress) Take(e event.Event) {
	of, ok := e.(event.OfRun)
	if !ok {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.runs == nil {
		p.runs = map[string]*steps{}
	}
	s := p.runs[of.Run]
	if s == nil { // before the run has begun
		s = &steps{}
	}
	switch e := of.Event.(type) {
	case event.RunStarted:
		p.runs[of.Run] = &steps{e.From, e.From}
	case event.Stepped:
		s.done = e.Step
	case event.Checkpointed:
		s.saved, p.dir = e.Step, filepath.Dir(filepath.Dir(filepath.Dir(e.Path)))
	case event.RunEnded:
		delete(p.runs, of.Run)
	}
}

// Safe reports whether a process that ends now loses no step. What follows the last checkpoint of a run (rounding,
// pictures, scores, the report) can take minutes for a large picture, and resuming does it again. state says what is not
// complete. dir is the folder of the session, if it is known.
func (p *Progress) Safe() (state, dir string, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	ok = true
	for run, s := range p.runs {
		state = run + " has its checkpoint; its other files are not complete"
		ok = ok && s.saved >= s.done
	}
	switch n := len(p.runs); {
	case n == 0:
		state = "the files of the session are not complete"
	case n > 1:
		state = fmt.Sprintf("%d runs have their checkpoints; their other files are not complete", n)
	}
	return state, p.dir, ok
}
