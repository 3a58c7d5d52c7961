package printer

import (
	"slices"
	"time"

	"igs/event"
)

// board is the progress of all runs that have begun and not ended, in the order of their begin. A bare event belongs to
// the run that began last.
type board struct{ runs []*progress }

// take takes an event. It returns the progress of its run and the bare event. The run leaves the board with RunEnded.
func (b *board) take(e event.Event, now time.Time) (*progress, event.Event) {
	of, known := e.(event.OfRun)
	if !known {
		of.Event = e
	}
	p := b.of(of, known)
	p.take(of.Event, now)
	p.slot, p.slots, p.device = of.Slot, of.Slots, of.Device
	if _, over := of.Event.(event.RunEnded); over {
		b.runs = slices.DeleteFunc(b.runs, func(o *progress) bool { return o == p })
	}
	return p, of.Event
}

func (b *board) of(e event.OfRun, known bool) *progress {
	for _, p := range slices.Backward(b.runs) {
		if !known || p.name == e.Run {
			return p
		}
	}
	p := &progress{name: e.Run}
	b.runs = append(b.runs, p)
	return p
}

// shown are the runs that have a line: of each slot the one that began last. The one before it has only its files to
// write.
func (b *board) shown() []*progress {
	last := map[int]*progress{}
	for _, p := range b.runs {
		last[p.slot] = p
	}
	var shown []*progress
	for _, p := range b.runs {
		if last[p.slot] == p {
			shown = append(shown, p)
		}
	}
	slices.SortFunc(shown, func(a, b *progress) int { return a.slot - b.slot })
	return shown
}
