package memory

import (
	"fmt"

	"igs/internal/fault"
)

// Request is what a run asks for.
type Request struct {
	Shape    Shape
	Mode     Mode
	Streamed bool  // the host copies the target to the device band by band in every plan
	Pairs    int   // expected number of splat-tile pairs of the whole picture
	Capacity int   // capacity of the lists of a band if the caller sets it, else 0
	Budget   int64 // maximum device memory, bytes; 0 means the free memory of the device
}

// streamed reports whether every plan streams the target. Strided steps look at other pixels of the target each time, so
// the host packs them.
func (r Request) streamed() bool { return r.Streamed || r.Shape.Spacing() > 1 }

// Ladder lists the plans for the run, in the order in which they are tried: the one that the run asks for, mixed
// precision, banded, lower bands, streamed target. Plans that exceed a limit of the device are left out. Choose
// compares the others with the budget.
func Ladder(r Request, l Limits) []Plan {
	var rungs []Plan
	for i, o := range r.candidates(l) {
		p, err := o.plan(l)
		p.Rung = i
		if err != nil {
			continue
		}
		if n := len(rungs); n > 0 && p.String() == rungs[n-1].String() && p.Bytes() >= rungs[n-1].Bytes() {
			continue // it saves nothing: the picture is too small to divide further
		}
		rungs = append(rungs, p)
	}
	return rungs
}

// thriftyLoss is the size of the buffers between the passes of the loss where memory is saved.
func (l Limits) thriftyLoss() int64 {
	if l.ThriftyLoss == 0 {
		return min(l.LossBytes, 16<<20)
	}
	return min(l.LossBytes, l.ThriftyLoss)
}

// candidates lists the candidates of the ladder.
func (r Request) candidates(l Limits) []planCandidate {
	o := planCandidate{shape: r.Shape, mode: r.Mode, streamed: r.streamed(), pairs: r.Pairs, capacity: r.Capacity, bandRows: r.Shape.TilesY(), lossBytes: l.LossBytes}
	preferredRows := max(div(l.BandTiles, r.Shape.TilesX()), l.BandRows, 1)
	if r.Mode == Banded {
		o.bandRows, o.lossBytes = preferredRows, l.thriftyLoss()
	}
	rungs := []planCandidate{o}
	if thrifty := l.thriftyLoss(); r.Mode == Stored && !r.Shape.Pointwise && !r.Shape.RenderOnly && o.lossBytes > 4*thrifty {
		o.lossBytes = thrifty // this costs more dispatches, which is less than float16 or bands cost
		rungs = append(rungs, o)
	}
	if r.Shape.RenderOnly { // the host reads a band before the next is rendered, so keeping more pixels is of no use
		o.mode, o.bandRows = Banded, preferredRows
		for rungs = []planCandidate{o}; o.bandRows > 1; rungs = append(rungs, o) {
			o.bandRows = div(o.bandRows, 2)
		}
		return rungs
	}
	if !o.shape.Half {
		o.shape.Half = true
		rungs = append(rungs, o)
	}
	for _, streamed := range []bool{false, true} {
		if r.streamed() && !streamed {
			continue
		}
		o.mode, o.streamed = Banded, streamed
		o.bandRows, o.lossBytes = preferredRows, l.thriftyLoss()
		for ; ; o.bandRows, o.lossBytes = div(o.bandRows, 2), o.lossBytes/2 {
			rungs = append(rungs, o)
			if o.bandRows == 1 {
				break
			}
		}
	}
	return rungs
}

// Choose returns the first plan of the ladder that fits the budget. The error has the code for out of memory and names
// the budget that would be enough.
func Choose(r Request, l Limits) (Plan, error) { return ChooseFrom(r, l, 0) }

// ChooseFrom is like Choose but begins at the given rung. The device refused memory for the rungs before it although
// they fit the budget.
func ChooseFrom(r Request, l Limits, rung int) (Plan, error) {
	rungs := Ladder(r, l)
	if len(rungs) == 0 {
		return r.candidates(l)[0].plan(l) // returns the error of the first candidate
	}
	budget, whose := r.Budget, "the budget is"
	if budget == 0 {
		budget, whose = l.Free, "the device has free"
	}
	least := rungs[0]
	for _, p := range rungs {
		if p.Bytes() < least.Bytes() {
			least = p
		}
		if p.Rung < rung || budget > 0 && p.Bytes() > budget {
			continue
		}
		p.Bound = budget
		switch {
		case p.Rung > 0 && rung > 0:
			p.Why = fmt.Sprintf("%s (%s): the device refused memory for more", p, Size(p.Bytes()))
		case p.Rung > 0 && rungs[0].Rung > 0:
			p.Why = fmt.Sprintf("%s (%s): the device cannot hold the run as asked", p, Size(p.Bytes()))
		case p.Rung > 0:
			p.Why = fmt.Sprintf("%s (%s): as asked (%s) it takes %s, and %s %s", p, Size(p.Bytes()), rungs[0], Size(rungs[0].Bytes()), whose, Size(budget))
		}
		return p, nil
	}
	if rung > 0 {
		return least, fault.New(fault.OutOfMemory, "close other programs that use the device, or choose another device (igs devices)",
			"out of device memory: every plan was tried, and the smallest needs %s (%s)", Size(least.Bytes()), least)
	}
	w, h := r.Shape.Target()
	return least, fault.New(fault.OutOfMemory, fmt.Sprintf("set a budget of at least %s (memory.budget), or use fewer splats or a smaller picture", Size(least.Bytes())),
		"the plan does not fit: %d x %d px with %d splats need at least %s (%s), and %s %s",
		w, h, r.Shape.Splats, Size(least.Bytes()), least, whose, Size(budget))
}

// Size formats a number of bytes in MiB. It rounds up, so that a budget of this size is enough.
func Size(bytes int64) string {
	const unit = 1 << 20
	return fmt.Sprintf("%d MiB", (bytes+unit-1)/unit)
}
