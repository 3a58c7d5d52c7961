package optim

import (
	"math"

	"igs/configs"
	"igs/shaders"
)

// adam holds the constants of Adam for a run.
type adam struct {
	frame                 bool // Adam works in the frame of each splat
	beta1, beta2, epsilon float64
	rates                 configs.Rates
	decay                 float64 // exponent of the schedule by which the rates decay to 0 after the last step
}

// adamOf returns the constants of a run. contrast is the standard deviation of the target; in the frame of a splat it
// is the unit of the rate of features.
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

// leastContrast is the contrast of a flat picture with noise of one step of 8 bits.
const leastContrast = 1. / 255

// fill sets the rates and the constants of Adam in the step buffer. steps is the number of steps of the run, age the
// number of steps since Adam restarted, scale the loss scale, samples the number of samples of the picture.
//
// In the frame of a splat the gradient is that of the sum over samples, not of the mean. Epsilon then has the same
// effect at every size of the picture.
func (a adam) fill(to *shaders.Step, step, steps, age int, scale, samples float64) {
	decay := math.Pow(max(0, 1-float64(step-1)/float64(steps)), a.decay)
	to.RateXY, to.RateScale, to.RateRot, to.RateFeat = float32(a.rates.XY*decay), float32(a.rates.Scale*decay), float32(a.rates.Rot*decay), float32(a.rates.Feat*decay)
	to.Beta1, to.Beta2, to.Epsilon = float32(a.beta1), float32(a.beta2), float32(a.epsilon)
	to.Unscale = float32(1 / scale)
	if a.frame {
		to.Unscale = float32(samples / scale)
		return // the device corrects the bias by the age of each splat
	}
	to.Correction1, to.Correction2 = float32(1/(1-math.Pow(a.beta1, float64(age)))), float32(1/(1-math.Pow(a.beta2, float64(age))))
}
