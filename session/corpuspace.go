package session

import (
	"time"

	"igs/event"
)

// progress is the number of pictures that were trained at a moment, with the trained parts of others.
type progress struct {
	at   time.Time
	done float64
}

// corpusMeasured is how long pictures are trained before their pace is told, s. Batches that begin at the same time end their
// first steps soon after each other.
const corpusMeasured = 1

// pace is the number of pictures an hour from one moment to another, and the time until all are trained, s. They are 0 while
// they are not known.
func (from progress) pace(to progress, all int) (perHour, eta float64) {
	done, seconds := to.done-from.done, to.at.Sub(from.at).Seconds()
	if done <= 0 || seconds < corpusMeasured {
		return 0, 0
	}
	return 3600 * done / seconds, (float64(all) - to.done) * seconds / done
}

// tellCorpus says how far the corpus is. written says that n models are on the disk. The caller has locked the corpus. The
// pace counts from the first time on: before it the driver may have compiled kernels.
func (w *Sweep) tellCorpus(n int, written bool) {
	c := w.corpus
	done := float64(c.ended)
	for _, h := range c.hands {
		done += h.share * float64(h.pictures)
	}
	e := event.CorpusAdvanced{Done: c.ended, Failed: len(c.failed), Pictures: c.all, Batch: n}
	for _, d := range w.devices {
		e.DeviceBytes += d.Usage().Now
	}
	e.Written = written
	now := progress{time.Now(), done}
	if c.start.at.IsZero() {
		c.start = now
	}
	e.PerHour, e.ETA = c.start.pace(now, c.all)
	w.tell(e)
}
