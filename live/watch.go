package live

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

const (
	mostWatchers = 32
	pageEvery    = 250 * time.Millisecond // between two messages to a page, at least
	pageLeast    = 3 * time.Second        // at most, also where other programs delay the messages
	patience     = 10 * time.Second       // with a page that does not read
)

// message is what a page gets. Runs and points come only when they are new to it.
type message struct {
	state
	Paused bool    `json:"paused"`
	Runs   []Run   `json:"runs,omitempty"`
	From   int     `json:"from"` // the page keeps so many points, and appends Points
	Points []point `json:"points,omitempty"`
	Shot   int     `json:"shot"` // number of the splats at /model; 0 = none
	ShotAt int     `json:"shotStep"`
}

// place is how much of the state a watcher has.
type place struct {
	run    string
	listed int
	thin   int
	points int
}

// since is the news for a watcher, and the channel that closes when there are others. last: the session is over.
func (d *Desk) since(p *place) (m message, changed <-chan struct{}, last bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if p.run != d.state.Run || p.thin != d.curve.thin {
		p.points = 0
	}
	m = message{state: d.state, Paused: d.paused, From: p.points, Points: d.curve.points[p.points:len(d.curve.points):len(d.curve.points)]}
	if p.listed != d.listed {
		m.Runs = append([]Run(nil), d.runs...)
	}
	if s := d.shots.last; s != nil {
		m.Shot, m.ShotAt = s.number, s.step
	}
	*p = place{d.state.Run, d.listed, d.curve.thin, len(d.curve.points)}
	return m, d.changed, d.ended
}

// enter counts a watcher. It reports whether there is room for one.
func (d *Desk) enter() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.watchers >= mostWatchers {
		return false
	}
	d.watchers++
	return true
}

func (d *Desk) leave() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.watchers--
}

// rest is the time between a message to a page and the next, when making one took the given time. The messages to all pages take half
// of the budget.
func (d *Desk) rest(took time.Duration) time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shots.charge(d.now(), took)
	return min(max(pageEvery, 2*budget*time.Duration(d.watchers)*took), pageLeast)
}

// events sends the state to a page until it goes away, stops reading, or the session ends.
func (d *Desk) events(w http.ResponseWriter, r *http.Request) {
	if !d.enter() {
		http.Error(w, fmt.Sprintf("%d pages are open already", mostWatchers), http.StatusServiceUnavailable)
		return
	}
	defer d.leave()
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	var at place
	for {
		began := d.now()
		m, changed, last := d.since(&at)
		text, err := json.Marshal(m)
		if err != nil {
			return
		}
		rest := d.rest(d.now().Sub(began))             // writing may wait for the page, which costs nothing
		out.SetWriteDeadline(time.Now().Add(patience)) // a writer without deadlines is one of a test
		if _, err := fmt.Fprintf(w, "data: %s\n\n", text); err != nil || out.Flush() != nil || last {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-d.over: // no message follows the last one
		case <-time.After(rest):
		}
		select {
		case <-r.Context().Done():
			return
		case <-changed:
		}
	}
}
