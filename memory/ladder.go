package memory

import (
	"fmt"

	"igs/internal/fault"
)

// Request is what a run asks for.
type Request struct {
	Shape    Shape // Shape.Half: mixed precision is asked for
	Mode     Mode
	Pairs    int   // splat-tile pairs that are expected of the whole picture
	Capacity int   // room in the lists of a band, when the caller knows better; else 0
	Budget   int64 // bytes the run may take; 0 = what the device has free
}

// Ladder lists the ways to train the run, in the order in which they are tried: as asked, mixed precision, recompute, smaller
// bands, streamed target. Those that the device cannot hold at all are left out; whether the others fit is for Choose to say.
func Ladder(r Request, l Limits) []Plan {
	var rungs []Plan
	for i, o := range r.layouts(l) {
		p, err := o.lay(l)
		p.Rung = i
		if err != nil {
			continue
		}
		if n := len(rungs); n > 0 && p.String() == rungs[n-1].String() && p.Bytes() >= rungs[n-1].Bytes() {
			continue // a small picture leaves nothing to cut
		}
		rungs = append(rungs, p)
	}
	return rungs
}

// thriftyLoss is what the passes of the loss keep between them where memory is saved.
func (l Limits) thriftyLoss() int64 {
	if l.ThriftyLoss == 0 {
		return min(l.LossBytes, 16<<20)
	}
	return min(l.LossBytes, l.ThriftyLoss)
}

func (r Request) layouts(l Limits) []layout {
	o := layout{shape: r.Shape, mode: r.Mode, pairs: r.Pairs, capacity: r.Capacity, bandRows: r.Shape.TilesY(), lossBytes: l.LossBytes}
	comfort := max(div(l.BandTiles, r.Shape.TilesX()), l.BandRows, 1)
	if r.Mode == Recompute {
		o.bandRows, o.lossBytes = comfort, l.thriftyLoss()
	}
	rungs := []layout{o}
	if thrifty := l.thriftyLoss(); r.Mode == Stored && !r.Shape.Pointwise && !r.Shape.DrawOnly && o.lossBytes > 4*thrifty {
		o.lossBytes = thrifty // more dispatches cost less than float16 or computing again
		rungs = append(rungs, o)
	}
	if r.Shape.DrawOnly { // the host takes a band's pixels before the next is drawn, so that more of them would serve nothing
		o.mode, o.bandRows = Recompute, comfort
		for rungs = []layout{o}; o.bandRows > 1; rungs = append(rungs, o) {
			o.bandRows = div(o.bandRows, 2)
		}
		return rungs
	}
	if !o.shape.Half {
		o.shape.Half = true
		rungs = append(rungs, o)
	}
	for _, streamed := range []bool{false, true} {
		o.mode, o.streamed = Recompute, streamed
		o.bandRows, o.lossBytes = comfort, l.thriftyLoss()
		for ; ; o.bandRows, o.lossBytes = div(o.bandRows, 2), o.lossBytes/2 {
			rungs = append(rungs, o)
			if o.bandRows == 1 {
				break
			}
		}
	}
	return rungs
}

// Choose takes the first rung of the ladder that fits the budget. Its error has the code for out of memory and says what would fit.
func Choose(r Request, l Limits) (Plan, error) { return ChooseFrom(r, l, 0) }

// ChooseFrom is Choose without the first rungs: those that the device refused although they fitted the budget.
func ChooseFrom(r Request, l Limits, rung int) (Plan, error) {
	rungs := Ladder(r, l)
	if len(rungs) == 0 {
		return r.layouts(l)[0].lay(l) // says why
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
		return least, fault.New(fault.OutOfMemory, "close other programs that use the device, or choose another one (igs devices)",
			"out of device memory: every way to train was tried, the last needs %s (%s)", Size(least.Bytes()), least)
	}
	return least, fault.New(fault.OutOfMemory, fmt.Sprintf("give it at least %s (memory.budget), or use fewer splats or a smaller picture", Size(least.Bytes())),
		"the plan does not fit: the least that %d x %d px with %d splats need is %s (%s), and %s %s",
		r.Shape.W, r.Shape.H, r.Shape.Splats, Size(least.Bytes()), least, whose, Size(budget))
}

// Size writes bytes for people, rounded up: a budget of that many is enough.
func Size(bytes int64) string {
	const unit = 1 << 20
	return fmt.Sprintf("%d MiB", (bytes+unit-1)/unit)
}
