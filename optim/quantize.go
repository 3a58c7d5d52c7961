package optim

import (
	"igs/configs"
	"igs/optim/engine"
	"igs/splat"
)

// Training for a model file of few bits. Evaluations and frames use the parameters with the precision of the file.
//
// With the method "settle", training uses exact parameters until the last fifth of the steps. Then positions are
// rounded and no longer trained. After half of the remaining steps the same is done with scales and angles. The other
// parameters are trained further to reduce the error of rounding (incremental quantisation: Zhou and others 2017).
// Features are rounded after the last step.
//
// With the method "straight-through", all parameters are rounded in the forward pass from the first step on, and the
// gradient changes the exact parameters (Bengio, Léonard and Courville 2013). A parameter whose best value lies between
// two levels then oscillates between them, which costs more than training gains.
//
// kodim23 with 2000 splats and 34.5 dB after 200 steps has, at 9/6/5/6 bits, 29.7 dB with rounding alone, 30.6 dB with
// "straight-through" and 32.3 dB with "settle". At 12/10/8/8 bits it has 34.3, 34.0 and 34.4 dB.

// freezeSchedule says when groups of parameters are rounded.
type freezeSchedule struct {
	from   int  // the step after which positions are rounded
	each   int  // number of steps until shapes are rounded too, and from then until the end; 0: nothing is rounded
	always bool // all parameters are rounded from the first step on
}

// longestFreeze is the maximum of freezeSchedule.each, steps. It is enough to train the remaining parameters.
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

// at returns which parameters are rounded in a step.
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

// next returns the first later step after which more parameters are rounded, or end if that is earlier.
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

// freeze tells the engine which parameters to round in the next step.
func (t *Trainer) freeze() error { return t.engine.SetRounded(t.freezing.at(t.step + 1)) }

// BitsOf returns the precision of the model file of a run.
func BitsOf(q configs.Quantize) splat.Bits {
	if !q.Enabled {
		return splat.Lossless
	}
	return splat.Bits{XY: q.PosBits, Scale: q.ScaleBits, Rot: q.RotBits, Feat: q.FeatBits}
}
