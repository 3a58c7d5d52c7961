package printer

import (
	"fmt"
	"io"
	"time"

	"igs/event"
)

const frame = 100 * time.Millisecond

// Live keeps one line of a terminal up to date. Lines that stay (start and end of a run) scroll away above it.
type Live struct {
	w     io.Writer
	width func() int
	now   func() time.Time
	last  time.Time
	drawn bool
	progress
}

// NewLive draws on a terminal; width is asked at every drawing.
func NewLive(w io.Writer, width func() int) *Live {
	return &Live{w: w, width: width, now: time.Now}
}

// Take draws at most ten times a second.
func (l *Live) Take(e event.Event) {
	l.take(e)
	switch e := e.(type) {
	case event.RunStarted:
		l.keep(l.begin())
		l.draw()
	case event.RunEnded:
		l.keep(l.end(e))
	case event.Stepped, event.Evaluated, event.Densified, event.Assembling, event.Drawing:
		if l.now().Sub(l.last) >= frame {
			l.draw()
		}
	}
}

// Close takes the line away.
func (l *Live) Close() {
	if l.drawn {
		fmt.Fprint(l.w, "\r\x1b[K")
		l.drawn = false
	}
}

// draw writes over the line and leaves the last column free, where some terminals wrap.
func (l *Live) draw() {
	fmt.Fprintf(l.w, "\r%s\x1b[K", l.status(l.width()-1))
	l.drawn, l.last = true, l.now()
}

// show writes another text over the line.
func (l *Live) show(text string) {
	fmt.Fprintf(l.w, "\r\x1b[K%s", text)
	l.drawn = true
}

func (l *Live) keep(line string) {
	l.Close()
	fmt.Fprintln(l.w, line)
}
