package optim

import (
	"math"

	"igs/configs"
)

// scaler chooses the loss scale. The gradient of the loss is multiplied by the loss scale before it is stored as
// float16, and divided by it before the update of Adam. Scales are powers of two, so neither operation rounds.
type scaler struct {
	scale   float64
	floor   float64 // an overflow at this scale or below has another cause than the scale
	dynamic bool    // true with float16; with float32 the scale is constant
	good    int     // number of steps without overflow since the last change of the scale
}

const growAfter = 2000 // number of good steps after which the scale is doubled (Micikevicius et al. 2018)

// headroomOf returns the loss scale at the start of a run, as a share of the number of samples of the picture.
//
// The gradient of L1 and SSIM at a pixel, times the number of samples, is about 1 and at most 9 (measured). Divided by
// the denominator of blending, which is 1e-4 where no splat reaches, it must stay below 65504. A share of 1/16 keeps it
// ten times lower. Without a scale the gradient would be 1e-8 at 8K, which is below the smallest float16.
//
// The gradient of L2 is twice the error: at most 3, and 1e-3 where the picture is nearly right. It needs a larger
// scale.
func headroomOf(run configs.Run) float64 {
	if run.Loss == (configs.Loss{L2: run.Loss.L2}) {
		return 1. / 2
	}
	return 1. / 16
}

// newScaler starts at the greatest power of two that is not above the given share of the number of samples.
func newScaler(samples, headroom float64, dynamic bool) scaler {
	return scaler{scale: math.Exp2(math.Floor(math.Log2(max(samples*headroom, 1)))), floor: math.Exp2(-10), dynamic: dynamic}
}

// overflowed halves the scale after a step whose gradients overflowed with the scale used. Two steps in flight can
// overflow with the same scale; only the first of them halves it. overflowed returns false if a lower scale cannot
// help.
func (s *scaler) overflowed(used float64) (scale float64, ok bool) {
	s.good = 0
	if !s.dynamic || s.scale <= s.floor {
		return s.scale, false
	}
	if used == s.scale {
		s.scale /= 2
	}
	return s.scale, true
}

// passed counts a good step and reports whether the scale grew.
func (s *scaler) passed() (scale float64, grown bool) {
	s.good++
	if grown = s.dynamic && s.good >= growAfter; grown {
		s.scale, s.good = 2*s.scale, 0
	}
	return s.scale, grown
}
