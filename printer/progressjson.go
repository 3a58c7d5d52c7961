package printer

import "time"

// progressObject is where a run stands, for programs.
type progressObject struct {
	Run         string  `json:"run"`
	Phase       string  `json:"phase"` // training, scores or video
	Done        int     `json:"done"`
	All         int     `json:"all"`
	Splats      int     `json:"num_gaussians"`
	StepsPerSec float64 `json:"steps_per_second"`
	ETA         float64 `json:"eta_seconds"`
	Number      int     `json:"run_number"`
	Runs        int     `json:"runs"`
	SweepETA    float64 `json:"sweep_eta_seconds"`
}

func (progressObject) Name() string { return "progress" }

// progressObjects tells where a run stands, a little more often than every five seconds.
type progressObjects struct {
	progress
	last time.Time
}

// objectInterval is the least time between two objects. With the time of a tick it is below five seconds.
const objectInterval = 3500 * time.Millisecond

func (o *progressObjects) due(tell func(Object)) { o.dueAt(time.Now(), tell) }

func (o *progressObjects) dueAt(now time.Time, tell func(Object)) {
	if o.started.Run == "" && o.corpus.Pictures == 0 || now.Sub(o.last) < objectInterval {
		return
	}
	o.last = now
	if o.corpus.Pictures > 0 {
		tell(corpusOf(o.corpus))
		return
	}
	tell(o.object(now))
}

func (o *progressObjects) object(now time.Time) progressObject {
	n := o.now
	at := progressObject{Run: o.started.Run, Phase: "training", Done: n.Step, All: n.Steps, Splats: n.Splats, StepsPerSec: n.StepsPerSec, ETA: n.ETA, Number: n.Run, Runs: n.Runs, SweepETA: n.SweepETA}
	switch f, s := o.video, o.scoring; {
	case f.Frames > 0:
		at.Phase, at.Done, at.All, at.ETA, at.SweepETA = "video", f.Frame, f.Frames, f.ETA, f.SweepETA
	case s.Rows > 0:
		at.Phase, at.Done, at.All, at.ETA, at.SweepETA = "scores", s.Row, s.Rows, s.ETA, s.SweepETA
	}
	age := now.Sub(o.seen).Seconds()
	at.ETA, at.SweepETA = max(0, at.ETA-age), max(0, at.SweepETA-age)
	return at
}
