package printer

import (
	"fmt"
	"io"
	"time"

	"igs/event"
)

// interval is the least time between two lines of progress.
const interval = 30 * time.Second

// Lines writes plain lines, for pipes and files: one at the start of a run and one with its time, one at an
// evaluation but at most every 30 seconds, and one at the end.
type Lines struct {
	w   io.Writer
	now func() time.Time
	board
}

// NewLines writes to w.
func NewLines(w io.Writer) *Lines { return &Lines{w: w, now: time.Now} }

// Take writes a line when one is due.
func (l *Lines) Take(e event.Event) {
	p, e := l.take(e, l.now())
	switch e := e.(type) {
	case event.RunStarted:
		fmt.Fprintln(l.w, p.begin())
		p.printed = l.now()
	case event.Drawing:
		if e.Row == 0 {
			p.printed = l.now() // most pictures are rendered before a line is due
		}
		l.due(p)
	case event.Estimated:
		fmt.Fprintln(l.w, estimate(e))
	case event.Evaluated, event.Scoring, event.Assembling, event.CorpusAdvanced:
		l.due(p)
	case event.RunEnded:
		fmt.Fprintln(l.w, p.end(e))
	}
}

// tick writes the lines that are due when no event comes.
func (l *Lines) tick() {
	for _, p := range l.shown() {
		l.due(p)
	}
}

// due writes the status of a run when the interval since its last line is over.
func (l *Lines) due(p *progress) {
	if now := l.now(); now.Sub(p.printed) >= interval {
		p.age = now.Sub(p.seen).Seconds()
		fmt.Fprintln(l.w, p.status(1000, look{}))
		p.printed = now
	}
}
