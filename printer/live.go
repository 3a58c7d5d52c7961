package printer

import (
	"fmt"
	"io"
	"time"

	"igs/event"
)

// frame is the least time between two updates of the line.
const frame = 100 * time.Millisecond

// Live updates one line of a terminal. The lines of the start and the end of a run stay above it.
type Live struct {
	w     io.Writer
	width func() int
	now   func() time.Time
	last  time.Time
	drawn bool

	colour bool
	progress
}

// NewLive writes to a terminal. width is called at every update, because the user may resize the window.
func NewLive(w io.Writer, width func() int) *Live {
	return &Live{w: w, width: width, now: time.Now}
}

// Take updates the line at most ten times a second.
func (l *Live) Take(e event.Event) {
	l.take(e, l.now())
	switch e := e.(type) {
	case event.RunStarted:
		l.keep(l.begin())
		l.draw()
	case event.Estimated:
		l.keep(estimate(e))
		l.draw()
	case event.RunEnded:
		l.keep(l.end(e))
	case event.Stepped, event.Evaluated, event.Densified, event.Scoring, event.Assembling, event.Drawing, event.CorpusAdvanced:
		if l.now().Sub(l.last) >= frame {
			l.draw()
		}
	}
}

// Close removes the line.
func (l *Live) Close() {
	if l.drawn {
		fmt.Fprint(l.w, "\r\x1b[K")
		l.drawn = false
	}
}

// draw writes the line again. The last column stays free, because some terminals wrap there.
func (l *Live) draw() {
	fmt.Fprintf(l.w, "\r%s\x1b[K", l.status(l.width()-1, look{bar: true, colour: l.colour}))
	l.drawn, l.last = true, l.now()
}

// tick draws the line again when no event did.
func (l *Live) tick() {
	if l.drawn && l.now().Sub(l.last) >= tick {
		l.age = l.now().Sub(l.seen).Seconds()
		l.draw()
	}
}

// show writes another text in place of the line.
func (l *Live) show(text string) {
	fmt.Fprintf(l.w, "\r\x1b[K%s", text)
	l.drawn = true
}

func (l *Live) keep(line string) {
	l.Close()
	fmt.Fprintln(l.w, fold(line, l.width()-1))
}
