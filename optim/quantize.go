package optim

import (
	"igs/configs"
	"igs/optim/engine"
	"igs/splat"
)

// Training for a model file of few bits. What is measured and shown are the parameters as the file will hold them.
//
// With method "settle" training draws them as they are until the last fifth of the steps. Then positions are rounded and stay, a tenth later
// scales and angles, and the others are trained on to make up for it (incremental quantisation: Zhou and others 2017); features are rounded
// behind the last step. With "straight-through" all are drawn rounded from the first step on, and the gradient moves those behind them (Bengio,
// Léonard and Courville 2013): a parameter that belongs between two levels then swings between both, which costs more than it learns. kodim23, 2000 splats of
// 34.5 dB, 200 steps for 9/6/5/6 bits: rounded only 29.7 dB, straight-through 30.6, settled 32.3; for 12/10/8/8 bits 34.3, 34.0, 34.4.

// freezeSchedule is when groups are rounded.
type freezeSchedule struct {
	from, each int  // step behind which positions are rounded, and steps until shapes are, and until the end; each 0: nothing is rounded
	always     bool // all, from the first step
}

// longestFreeze is enough for what is left to learn, steps.
const longestFreeze = 500

func freezeScheduleOf(run configs.Run) freezeSchedule {
	switch q := run.Quantize; {
	case !q.Enabled:
		return freezeSchedule{from: run.Steps}
	case q.Method == configs.QuantizeStraightThrough:
		return freezeSchedule{from: run.Steps, always: true}
	}
	each := min(run.Steps/10, longestFreeze)
	return freezeSchedule{from: run.Steps - 2*each, each: each}
}

// at is what is rounded in a step.
func (s freezeSchedule) at(step int) engine.Rounded {
	switch {
	case s.always:
		return engine.RoundAll
	case s.each == 0 || step <= s.from:
		return engine.RoundNone
	case step <= s.from+s.each:
		return engine.RoundXY
	}
	return engine.RoundShapes
}

// next is the first step after the given one that differs from it in what is rounded, or end if that comes sooner.
func (s freezeSchedule) next(step, end int) int {
	for _, at := range []int{s.from, s.from + s.each} {
		if s.each > 0 && at > step {
			end = min(end, at)
		}
	}
	return end
}

// end is the last step of the run.
func (s freezeSchedule) end() int { return s.from + 2*s.each }

// freeze has the next steps draw what is to be rounded in them.
func (t *Trainer) freeze() error { return t.engine.SetRounded(t.freezing.at(t.step + 1)) }

// BitsOf is the precision of the model file of a run.
func BitsOf(q configs.Quantize) splat.Bits {
	if !q.Enabled {
		return splat.Lossless
	}
	return splat.Bits{XY: q.PosBits, Scale: q.ScaleBits, Rot: q.RotBits, Feat: q.FeatBits}
}
