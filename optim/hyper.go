package optim

import (
	"math"

	"igs/configs"
	"igs/shaders"
)

// The numbers of a step: weights of the loss, rates, and the constants of Adam, which stand here and nowhere else.

// adam is what the optimiser of a run keeps over all steps.
type adam struct {
	frame                 bool // in the frame of each splat
	beta1, beta2, epsilon float64
	rates                 configs.Rates
	decay                 float64 // power with which the rates fall to 0 at the last step
}

// adamOf takes the constants of a run. contrast is the standard deviation of the target, which features are measured by in the frame.
func adamOf(run configs.Run, contrast float64) adam {
	a := adam{
		frame: run.Train.Optimizer == configs.OptimizerFrame,
		beta1: run.Train.Beta1, beta2: run.Train.Beta2, epsilon: run.Train.Epsilon, rates: run.Train.LR, decay: run.Train.Decay,
	}
	root := math.Sqrt(float64(run.Steps))
	if a.beta1 == 0 {
		a.beta1 = max(0.4, 1-2.2/root)
	}
	if a.beta2 == 0 {
		a.beta2 = max(0.8, 1-1.5/root)
	}
	if a.frame {
		a.rates.Feat *= max(contrast, leastContrast)
	}
	return a
}

// leastContrast is that of a picture that is flat but for the noise of 8 bits.
const leastContrast = 1. / 255

// fill sets the rates and memories of a step of a run of so many steps. age counts Adam's steps since it started afresh, scale is the
// loss scale, samples those of the picture.
//
// In the frame the gradient is that of the sum over the samples, not of the mean: epsilon then means the same at every size.
func (a adam) fill(to *shaders.Step, step, steps, age int, scale, samples float64) {
	fall := math.Pow(max(0, 1-float64(step-1)/float64(steps)), a.decay)
	to.RateXY, to.RateScale, to.RateRot, to.RateFeat = float32(a.rates.XY*fall), float32(a.rates.Scale*fall), float32(a.rates.Rot*fall), float32(a.rates.Feat*fall)
	to.Beta1, to.Beta2, to.Epsilon = float32(a.beta1), float32(a.beta2), float32(a.epsilon)
	to.Unscale = float32(1 / scale)
	if a.frame {
		to.Unscale = float32(samples / scale)
		return // each splat has an age of its own
	}
	to.Correction1, to.Correction2 = float32(1/(1-math.Pow(a.beta1, float64(age)))), float32(1/(1-math.Pow(a.beta2, float64(age))))
}
