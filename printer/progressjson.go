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
	Device      string  `json:"device,omitempty"`
}

func (progressObject) Name() string { return "progress" }

// progressObjects tells where runs stand, a little more often than every five seconds.
type progressObjects struct{ board }

// objectInterval is the least time between two objects of a run. With the time of a tick it is below five seconds.
const objectInterval = 3500 * time.Millisecond

func (o *progressObjects) due(tell func(Object)) { o.dueAt(time.Now(), tell) }

func (o *progressObjects) dueAt(now time.Time, tell func(Object)) {
	for _, p := range o.runs {
		if p.started.Run == "" && p.corpus.Pictures == 0 || now.Sub(p.printed) < objectInterval {
			continue
		}
		p.printed = now
		if p.corpus.Pictures > 0 {
			tell(corpusOf(p.corpus))
			continue
		}
		tell(p.object(now))
	}
}

func (p *progress) object(now time.Time) progressObject {
	n := p.now
	at := progressObject{Run: p.started.Run, Phase: "training", Done: n.Step, All: n.Steps, Splats: n.Splats, StepsPerSec: n.StepsPerSec, ETA: n.ETA, Number: n.Run, Runs: n.Runs, SweepETA: n.SweepETA, Device: p.device}
	switch f, s := p.video, p.scoring; {
	case f.Frames > 0:
		at.Phase, at.Done, at.All, at.ETA, at.SweepETA = "video", f.Frame, f.Frames, f.ETA, f.SweepETA
	case s.Rows > 0:
		at.Phase, at.Done, at.All, at.ETA, at.SweepETA = "scores", s.Row, s.Rows, s.ETA, s.SweepETA
	}
	age := now.Sub(p.seen).Seconds()
	at.ETA, at.SweepETA = max(0, at.ETA-age), max(0, at.SweepETA-age)
	return at
}
