package optim

import (
	"math"

	"igs/configs"
)

// plateau is the stop rule of the public code. If the scores have not improved for CheckSteps, the learning rates are
// lowered. After MaxDecays of these plateaus, the next one ends training. The rule is applied at evaluations after all
// splats are added. Checkpoints store all fields.
type plateau struct {
	EvalEvery  int     // number of steps between two observations
	CheckSteps int     // number of steps without improvement that are a plateau
	MaxDecays  int     // number of plateaus that lower the rates
	Threshold  float64 // an improvement is more than this in SSIM and more than 100 times this in PSNR, dB

	BestPSNR, BestSSIM float64
	Flat               int // number of steps since the last improvement or plateau
	Decays             int // number of plateaus so far
}

func newPlateau(train configs.Train) plateau {
	return plateau{
		EvalEvery:  train.EvalEvery,
		CheckSteps: train.CheckDecaySteps,
		MaxDecays:  train.MaxDecayTimes,
		Threshold:  train.DecayThreshold,
	}
}

// restore continues with the observations of a checkpoint. The settings stay those of the run, which may have changed.
func (s *plateau) restore(from plateau) {
	s.BestPSNR, s.BestSSIM, s.Flat, s.Decays = from.BestPSNR, from.BestSSIM, from.Flat, from.Decays
}

// observe takes the scores of an evaluation. It returns decay true if the learning rates must be lowered now, and stop
// true if training must end. If training continues nevertheless, every further plateau returns stop again.
//
// An improvement needs both scores, and only an improvement changes the best scores. NaN is no improvement.
func (s *plateau) observe(psnr, ssim float64) (decay, stop bool) {
	if psnr > s.BestPSNR+float64(100*s.Threshold) && ssim > s.BestSSIM+s.Threshold {
		s.BestPSNR = min(psnr, math.MaxFloat64) // JSON cannot store +Inf
		s.BestSSIM = ssim
		s.Flat = 0
		return false, false
	}
	s.Flat += s.EvalEvery
	if s.Flat < s.CheckSteps {
		return false, false
	}
	s.Flat = 0
	s.Decays++
	return s.Decays <= s.MaxDecays, s.Decays > s.MaxDecays
}
