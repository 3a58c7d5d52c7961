package optim

import (
	"math"

	"igs/configs"
)

// densifier is a rule that adds and moves splats between steps.
type densifier interface {
	// start returns the number of splats at the begin of the run.
	start() int
	// resume sets the number of splats at the begin of the run: that of a start model or of a checkpoint.
	resume(start int)
	// surveys reports whether apply calls Engine.Survey, whose kernels and buffers the plan then has.
	surveys() bool
	// next returns the first later step after which apply is due, or 0 if there is none.
	next(step, splats int) int
	// foresee returns how often apply draws the splats after a step, and the number of splats afterwards.
	foresee(step, splats int) (surveys, after int)
	// apply adds and moves splats after the present step. The trainer calls it at the steps that next returned, never
	// after the last step.
	apply(t *Trainer) error
}

// densifierOf returns the rule of a run on a picture with the given number of pixels.
func densifierOf(run configs.Run, pixels int) densifier {
	switch {
	case run.Progressive.Rule == configs.ProgressiveAdditions:
		return newAdditions(run)
	case run.Free:
		return newGrowth(run, pixels)
	default:
		return newRounds(run)
	}
}

// multipleAfter returns the first multiple of every that is greater than step.
func multipleAfter(step, every int) int { return (step/every + 1) * every }

// roundsEvery returns the number of steps between two rounds. It grows with the square root of the number of steps, as
// 1/(1-β) of Adam does.
func roundsEvery(run configs.Run) int {
	if run.Progressive.Every > 0 {
		return run.Progressive.Every
	}
	return max(1, int(math.Round(0.4*math.Sqrt(float64(run.Steps)))))
}

// relocateUntil returns the share of the steps after which no splats are moved.
func relocateUntil(run configs.Run) float64 {
	if run.Relocate.Until > 0 {
		return run.Relocate.Until
	}
	return max(0.45, 1-4/math.Sqrt(float64(run.Steps)))
}
