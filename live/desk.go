// Package live owns the page that shows a training in a browser while it goes on: what it shows (Desk) and its server
// (Serve). The browser draws the splats itself.
//
// The training never waits for a browser. Each watcher takes the newest state when it is ready for it, so a slow one
// misses states and holds up nothing. Times are in seconds, sizes in bytes, PSNR in dB.
package live

import (
	"sync"
	"time"

	"igs/event"
	"igs/record"
)

// Desk knows the state of a session from its events, and what the watchers want of it. Its methods may be called from any
// goroutine.
type Desk struct {
	say func(string) // tells the user what a page asked for; called on the goroutine that trains
	now func() time.Time

	mu       sync.Mutex
	changed  chan struct{} // closed at the next change
	over     chan struct{} // closed when the session has ended
	state    state
	runs     []Run
	listed   int // version of runs
	curve    curve
	shots    shots
	watchers int

	training     bool // a run takes steps
	paused, stop bool // asked for
	ended        bool
}

// Run is a run of the session.
type Run struct {
	Name   string   `json:"name"`
	Status string   `json:"status"` // as in package record: waiting, running, done, failed or interrupted
	Steps  int      `json:"steps"`  // done, or to do for a run that waits
	Splats int      `json:"splats"`
	PSNR   *float64 `json:"psnr,omitempty"`
	SSIM   *float64 `json:"ssim,omitempty"`
	Bytes  int64    `json:"bytes,omitempty"` // of the model file
}

// Recorded is the row of a run that a session has in its records. r is its run.json; nil: it has not begun.
func Recorded(e record.Entry, r *record.Run) Run {
	row := Run{Name: e.Name, Status: e.Status, Steps: e.Steps}
	if r != nil && r.Result != nil {
		row.Steps, row.Splats, row.Bytes = r.Result.Steps, r.Result.Splats, r.Result.Bytes
		row.PSNR, row.SSIM = finite(r.Result.PSNR), finite(r.Result.SSIM)
	}
	return row
}

// state is what the page shows beside the runs and the curves.
type state struct {
	Phase    string   `json:"phase"` // starting, training, paused, stopping, writing or ended
	Run      string   `json:"run"`
	Step     int      `json:"step"`
	Steps    int      `json:"steps"`
	Splats   int      `json:"splats"`
	Loss     *float64 `json:"loss,omitempty"`
	PSNR     *float64 `json:"psnr,omitempty"`
	SSIM     *float64 `json:"ssim,omitempty"`
	Rate     float64  `json:"rate"` // steps a second
	ETA      float64  `json:"eta"`  // of the run; 0 = not known
	SweepETA float64  `json:"sweepEta"`
	Device   string   `json:"device"`
	Corpus   *corpus  `json:"corpus,omitempty"`
	Warning  string   `json:"warning,omitempty"` // the last one
}

// corpus is the state of the training of many small pictures.
type corpus struct {
	Done, Failed, Pictures int
}

// NewDesk makes the desk of a session with the given runs. say may be nil.
func NewDesk(runs []Run, say func(string)) *Desk {
	if say == nil {
		say = func(string) {}
	}
	return &Desk{say: say, now: time.Now, changed: make(chan struct{}), over: make(chan struct{}), state: state{Phase: "starting"}, runs: runs, listed: 1}
}

// Take takes an event of the session. It returns at once.
func (d *Desk) Take(e event.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if of, ok := e.(event.OfRun); ok {
		if d.beside(of) {
			d.wake()
			return
		}
		e = of.Event
	}
	switch e := e.(type) {
	case event.RunStarted:
		d.begin(e)
	case event.Stepped:
		d.stepped(e)
	case event.Evaluated:
		s := &d.state
		s.PSNR, s.SSIM, s.Splats = finite(e.PSNR), finite(e.SSIM), e.Splats
		d.curve.add(point{Step: e.Step, Loss: finite(e.TotalLoss), PSNR: s.PSNR, Splats: e.Splats})
		d.row(s.Run, func(r *Run) { r.PSNR, r.SSIM, r.Splats, r.Bytes = s.PSNR, s.SSIM, e.Splats, e.Bytes })
	case event.Scoring:
		d.writing(e.ETA, e.SweepETA)
	case event.Assembling:
		d.writing(e.ETA, e.SweepETA)
	case event.RunEnded:
		d.training, d.stop, d.state.Phase, d.state.ETA = false, false, "writing", 0
		d.end(e)
	case event.CorpusAdvanced:
		d.state.Corpus = &corpus{e.Done, e.Failed, e.Pictures}
		d.state.Phase, d.state.ETA, d.state.SweepETA = "training", e.ETA, e.ETA
	case event.Warned:
		d.state.Warning = e.Text
	default:
		return
	}
	d.wake()
}

// beside takes an event of a run that the page does not show: it trains in another slot, or its files are written while the
// next run trains. Only its row changes.
func (d *Desk) beside(of event.OfRun) bool {
	started, begins := of.Event.(event.RunStarted)
	if of.Slot == 0 && (begins || of.Run == d.state.Run || !d.training) {
		return false
	}
	switch e := of.Event.(type) {
	case event.Evaluated:
		d.row(of.Run, func(r *Run) {
			r.PSNR, r.SSIM, r.Splats, r.Bytes = finite(e.PSNR), finite(e.SSIM), e.Splats, e.Bytes
		})
	case event.RunEnded:
		d.end(e)
	case event.Warned:
		d.state.Warning = e.Text
	default:
		if begins {
			d.row(of.Run, func(r *Run) { r.Status, r.Steps = record.Running, started.Steps })
		}
	}
	return true
}

// end changes the row of a run that has ended.
func (d *Desk) end(e event.RunEnded) {
	d.row(e.Run, func(r *Run) {
		r.Status, r.Steps = e.Status, e.Step
		if e.Bytes > 0 {
			r.Bytes = e.Bytes
		}
	})
}

func (d *Desk) begin(e event.RunStarted) {
	d.training, d.stop, d.curve = true, false, curve{}
	d.state = state{Phase: "training", Run: e.Run, Step: e.From, Steps: e.Steps, Device: e.Device, Corpus: d.state.Corpus, Warning: d.state.Warning, SweepETA: d.state.SweepETA}
	d.row(e.Run, func(r *Run) { r.Status, r.Steps = record.Running, e.Steps })
}

func (d *Desk) stepped(e event.Stepped) {
	s := &d.state
	s.Step, s.Splats, s.Rate, s.ETA, s.SweepETA = e.Step, e.Splats, e.StepsPerSec, e.ETA, e.SweepETA
	if e.Steps > 0 {
		s.Steps = e.Steps
	}
	if e.Loss > 0 {
		s.Loss = finite(e.Loss)
		d.curve.add(point{Step: e.Step, Loss: s.Loss, Splats: e.Splats})
	}
}

// writing: a run has taken its steps and writes its files.
func (d *Desk) writing(eta, sweep float64) {
	d.training, d.stop, d.state.Phase, d.state.ETA, d.state.SweepETA = false, false, "writing", eta, sweep
}

// row changes the row of a run. A run of another process is added when it begins here.
func (d *Desk) row(name string, change func(*Run)) {
	d.listed++
	for i := range d.runs {
		if d.runs[i].Name == name {
			change(&d.runs[i])
			return
		}
	}
	if d.state.Corpus == nil {
		d.runs = append(d.runs, Run{Name: name})
		change(&d.runs[len(d.runs)-1])
	}
}

// wake tells all watchers that there is something new.
func (d *Desk) wake() {
	close(d.changed)
	d.changed = make(chan struct{})
}

// End tells the watchers that the session is over, and keeps no training waiting.
func (d *Desk) End() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.ended {
		close(d.over)
	}
	d.ended, d.training, d.paused, d.state.Phase, d.state.ETA, d.state.SweepETA = true, false, false, "ended", 0, 0
	d.wake()
}

// Orders of a page.
const (
	pause  = "pause"
	resume = "resume"
	stop   = "stop"
)

// order takes an order of a page. It reports whether the order fits the state.
func (d *Desk) order(what string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ended || d.state.Corpus != nil || !d.training {
		return false
	}
	switch what {
	case pause:
		d.paused = true
	case resume:
		d.paused = false
	case stop:
		d.stop, d.paused, d.state.Phase = true, false, "stopping"
	}
	d.wake()
	return true
}
