package printer

import (
	"fmt"
	"io"
	"time"

	"igs/event"
)

// frame is the least time between two updates of the line.
const frame = 100 * time.Millisecond

// Live updates the last lines of a terminal: one for each slot in which a run trains. The lines of the start and the end of
// a run stay above them.
type Live struct {
	w     io.Writer
	width func() int
	now   func() time.Time
	last  time.Time
	drawn int // lines

	colour bool
	board
}

// NewLive writes to a terminal. width is called at every update, because the user may resize the window.
func NewLive(w io.Writer, width func() int) *Live {
	return &Live{w: w, width: width, now: time.Now}
}

// Take updates the lines at most ten times a second.
func (l *Live) Take(e event.Event) {
	p, e := l.take(e, l.now())
	switch e := e.(type) {
	case event.RunStarted:
		l.keep(p.begin())
		l.draw()
	case event.Estimated:
		l.keep(estimate(e))
		l.draw()
	case event.RunEnded:
		l.keep(p.end(e))
	case event.Stepped, event.Evaluated, event.Densified, event.Scoring, event.Assembling, event.Drawing, event.CorpusAdvanced:
		if l.now().Sub(l.last) >= frame {
			l.draw()
		}
	}
}

// Close removes the lines.
func (l *Live) Close() {
	if l.drawn > 0 {
		fmt.Fprint(l.w, l.home()+"\x1b[K")
		l.drawn = 0
	}
}

// home moves the cursor to the begin of the first line, and removes the lines below it.
func (l *Live) home() string {
	if l.drawn < 2 {
		return "\r"
	}
	return fmt.Sprintf("\r\x1b[%dA\x1b[J", l.drawn-1)
}

// draw writes the lines again. The last column stays free, because some terminals wrap there.
func (l *Live) draw() {
	text := l.home()
	shown := l.shown()
	for i, p := range shown {
		if i > 0 {
			text += "\n"
		}
		text += p.status(l.width()-1, look{bar: true, colour: l.colour}) + "\x1b[K"
	}
	fmt.Fprint(l.w, text)
	l.drawn, l.last = len(shown), l.now()
}

// tick draws the lines again when no event did.
func (l *Live) tick() {
	if l.drawn > 0 && l.now().Sub(l.last) >= tick {
		for _, p := range l.runs {
			p.age = l.now().Sub(p.seen).Seconds()
		}
		l.draw()
	}
}

// show writes another text in place of the lines.
func (l *Live) show(text string) {
	fmt.Fprintf(l.w, "%s\x1b[K%s", l.home(), text)
	l.drawn = 1
}

func (l *Live) keep(line string) {
	l.Close()
	fmt.Fprintln(l.w, fold(line, l.width()-1))
}
