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
	w    io.Writer
	now  func() time.Time
	last time.Time
	progress
}

// NewLines writes to w.
func NewLines(w io.Writer) *Lines { return &Lines{w: w, now: time.Now} }

// Take writes a line when one is due.
func (l *Lines) Take(e event.Event) {
	l.take(e, l.now())
	switch e := e.(type) {
	case event.RunStarted:
		fmt.Fprintln(l.w, l.begin())
		l.last = l.now()
	case event.Drawing:
		if e.Row == 0 {
			l.last = l.now() // most pictures are rendered before a line is due
		}
		l.due()
	case event.Estimated:
		fmt.Fprintln(l.w, estimate(e))
	case event.Evaluated, event.Scoring, event.Assembling, event.CorpusAdvanced:
		l.due()
	case event.RunEnded:
		fmt.Fprintln(l.w, l.end(e))
	}
}

// due writes the status when the interval since the last line is over.
func (l *Lines) due() {
	if now := l.now(); now.Sub(l.last) >= interval {
		l.age = now.Sub(l.seen).Seconds()
		fmt.Fprintln(l.w, l.status(1000, look{}))
		l.last = now
	}
}
