package optim

import (
	"math"

	"igs/configs"
)

// schedule is the plateau rule: when the picture has not become better for a while, lower
// the learning rates; when that has been done often enough, stop. It is asked only at
// evaluations, and only once all splats are in. All of it is plain numbers, so that it
// can be saved and go on where it was.
type schedule struct {
	EvalEvery  int     // steps from one observation to the next
	CheckSteps int     // steps without improvement that make a plateau
	MaxDecays  int     // plateaus that lower the rates; the next one stops
	Threshold  float64 // improvement: PSNR by more than 100 times this, in dB, and SSIM by more than this

	BestPSNR, BestSSIM float64
	Flat               int // steps since the last improvement or plateau
	Decays             int // plateaus so far
}

func newSchedule(train configs.Train) schedule {
	return schedule{
		EvalEvery:  train.EvalEvery,
		CheckSteps: train.CheckDecaySteps,
		MaxDecays:  train.MaxDecayTimes,
		Threshold:  train.DecayThreshold,
	}
}

// observe takes the scores of an evaluation. decay asks to lower the learning rates now,
// stop to end training; a caller who trains on all the same is told again after every
// further plateau.
//
// Both scores have to improve, and neither best moves unless both do. NaN is no
// improvement.
func (s *schedule) observe(psnr, ssim float64) (decay, stop bool) {
	if psnr > s.BestPSNR+float64(100*s.Threshold) && ssim > s.BestSSIM+s.Threshold {
		s.BestPSNR = min(psnr, math.MaxFloat64) // +Inf has no place in JSON
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
