package optim

import (
	"math"

	"igs/configs"
)

// densifier is a rule by which splats are added, and moved, between steps.
type densifier interface {
	// start is how many splats a run begins with.
	start() int
	// resume goes on from a start of another size: of splats that were brought along, or of a checkpoint.
	resume(start int)
	// next is the first step after the given one behind which the rule has something to do, 0 when there is none.
	next(step, splats int) int
	// apply does what is due behind the present step. The trainer calls it at steps that next named, never behind the last.
	apply(t *Trainer) error
}

// densifierOf is the rule of a run.
func densifierOf(run configs.Run) densifier {
	if run.Progressive.Rule == configs.ProgressiveAdditions {
		return newAdditions(run)
	}
	return newRounds(run)
}

// multipleAfter is the first multiple of every after a step.
func multipleAfter(step, every int) int { return (step/every + 1) * every }

// roundsEvery is the number of steps between two rounds: it grows with the square root of the steps, as the memories of Adam do.
func roundsEvery(run configs.Run) int {
	if run.Progressive.Every > 0 {
		return run.Progressive.Every
	}
	return max(1, int(math.Round(0.4*math.Sqrt(float64(run.Steps)))))
}

// relocateUntil is the share of the steps in which splats are moved.
func relocateUntil(run configs.Run) float64 {
	if run.Relocate.Until > 0 {
		return run.Relocate.Until
	}
	return max(0.45, 1-4/math.Sqrt(float64(run.Steps)))
}
