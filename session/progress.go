package session

import (
	"path/filepath"
	"sync"

	"igs/event"
)

// Progress knows from events how much of the work is on the disk. Its zero value is ready.
type Progress struct {
	mu          sync.Mutex
	run         string // "" = no run trains
	step, saved int
	dir         string // folder of the session, "" = no checkpoint was written
}

// Take takes an event.
func (p *Progress) Take(e event.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := e.(type) {
	case event.RunStarted:
		p.run, p.step, p.saved = e.Run, e.From, e.From
	case event.Stepped:
		p.step = e.Step
	case event.Checkpointed:
		p.saved, p.dir = e.Step, filepath.Dir(filepath.Dir(filepath.Dir(e.Path)))
	case event.RunEnded:
		p.run = ""
	}
}

// Safe reports whether a process that ends now loses no step. What follows the last checkpoint of a run (rounding,
// pictures, scores, the report) can take minutes for a large picture, and resuming does it again. state says what is not
// complete. dir is the folder of the session, if it is known.
func (p *Progress) Safe() (state, dir string, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.run == "" {
		return "the files of the session are not complete", p.dir, true
	}
	return p.run + " has its checkpoint; its other files are not complete", p.dir, p.saved >= p.step
}
