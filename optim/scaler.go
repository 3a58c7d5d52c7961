package optim

import "math"

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

const (
	growAfter = 2000    // good steps after which the scale is doubled, as in Micikevicius et al., 2018
	headroom  = 1. / 16 // of the number of samples; see newScaler
)

// newScaler starts at a sixteenth of the number of samples of the picture. Times the number of samples the gradient of a pixel is
// about 1 and at most 9 (measured); divided by the denominator, which is 1e-4 in a hole, it must stay below 65504, and a sixteenth
// leaves ten times that. Unscaled it would be 1e-8 at 8K, below the smallest float16.
func newScaler(samples float64, dynamic bool) scaler {
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
