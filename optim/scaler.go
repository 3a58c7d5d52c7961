package optim

import (
	"math"

	"igs/configs"
)

// scaler chooses the loss scale: what the gradient of the loss is multiplied by on its way through float16, and divided by again
// before Adam sees it. Scales are powers of two, so that neither rounds.
//
// It is plain numbers, so that it can be saved and go on where it was.
type scaler struct {
	scale   float64
	floor   float64 // below it not the scale is to blame
	dynamic bool    // float16; in float32 the scale stays as it is
	good    int     // steps without overflow since the scale last changed
}

const growAfter = 2000 // good steps after which the scale is doubled, as in Micikevicius et al., 2018

// headroomOf is the share of the number of samples at which the loss scale of a run starts. Times the number of samples the gradient of L1
// and SSIM at a pixel is about 1 and at most 9 (measured); divided by the denominator, which is 1e-4 in a hole, it must stay below 65504, and a
// sixteenth leaves ten times that. Unscaled it would be 1e-8 at 8K, below the smallest float16. The gradient of L2 is twice the error:
// never above 3, and 1e-3 where the picture is nearly right, which wants a larger scale.
func headroomOf(run configs.Run) float64 {
	if run.Loss.SSIM == 0 && run.Loss.L1 == 0 {
		return 1. / 2
	}
	return 1. / 16
}

// newScaler starts at the given share of the number of samples of the picture.
func newScaler(samples, headroom float64, dynamic bool) scaler {
	return scaler{scale: math.Exp2(math.Floor(math.Log2(max(samples*headroom, 1)))), floor: math.Exp2(-10), dynamic: dynamic}
}

// overflowed halves the scale after a step, taken with the scale `used`, whose gradients overflowed; of two steps in flight with one
// scale only the first counts. It says false when the scale cannot help any more.
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

// passed counts a good step and says whether it made the scale grow.
func (s *scaler) passed() (scale float64, grown bool) {
	s.good++
	if grown = s.dynamic && s.good >= growAfter; grown {
		s.scale, s.good = 2*s.scale, 0
	}
	return s.scale, grown
}
