package reference

import (
	"math"

	"igs/splat"
)

// AdamSettings are the constants of one step of AdamFrame. The caller applies the schedule of the rates, √(1 − step/S)
// in docs/recipe.md.
type AdamSettings struct {
	RateE     float64 // σ per step
	RateTau   float64 // ln t per step
	RateTheta float64 // radians per step, before the division by the aspect ratio
	RateFeat  float64 // colour per step

	Beta1, Beta2 float64
	Epsilon      float64 // above 0, because without a gradient the step is 0/Epsilon

	ScaleMin, ScaleMax float64 // bounds of t, 1/px; ScaleMin is above 0
	Aspect             float64 // maximum ratio of t1 and t2, at least 1; 0 means no bound
	FeatMargin         float64 // colours are bounded to [−FeatMargin, 1+FeatMargin]; 0 means no bound
}

// AdamFrame is Adam in the frame of each splat (docs/recipe.md, "Adam"). Every splat has its own age, which is the
// number of its steps. The age corrects the bias of its moments.
type AdamFrame struct {
	M, V *FrameGradients // means of the gradients and of their squares
	Age  []int
}

// NewAdamFrame returns the state of n new splats of c channels.
func NewAdamFrame(n, c int) *AdamFrame {
	return &AdamFrame{M: newFrameGradients(n, c), V: newFrameGradients(n, c), Age: make([]int, n)}
}

// leastTurn is the minimum divisor of the rate of the angle: |t1/t2 − t2/t1| is 0 for a round splat.
const leastTurn = 0.3

// Step changes the splats by one step of Adam. The state, the gradient and the splats must have the same shape.
// Parameters are computed in float64 and stored as float32.
func (a *AdamFrame) Step(sc Scene, p *splat.Splats, g *FrameGradients, s AdamSettings) {
	for i := range p.N {
		a.Age[i]++
		a.moveGeometry(sc, p, g, s, i)
		for k := i * p.C; k < (i+1)*p.C; k++ {
			feat := float64(p.Feat[k]) + s.delta(s.RateFeat, &a.M.Feat[k], &a.V.Feat[k], g.Feat[k], a.Age[i])
			p.Feat[k] = float32(s.boundFeat(feat))
		}
	}
}

// moveGeometry updates the centre, scales and angle of splat i:
//
//	μ += (cs, sn) δe1/t1 + (−sn, cs) δe2/t2      t_k ·= exp δτ_k      θ += δθ
//
// The right sides use the old t and θ. The rate of θ is divided by max(|t1/t2 − t2/t1|, 0.3).
func (a *AdamFrame) moveGeometry(sc Scene, p *splat.Splats, g *FrameGradients, s AdamSettings, i int) {
	x, y := 2*i, 2*i+1
	t1, t2 := float64(p.Scale[x]), float64(p.Scale[y])
	sin, cos := math.Sincos(float64(p.Rot[i]))
	age := a.Age[i]

	e1 := s.delta(s.RateE, &a.M.E[x], &a.V.E[x], g.E[x], age)
	e2 := s.delta(s.RateE, &a.M.E[y], &a.V.E[y], g.E[y], age)
	tau1 := s.delta(s.RateTau, &a.M.Tau[x], &a.V.Tau[x], g.Tau[x], age)
	tau2 := s.delta(s.RateTau, &a.M.Tau[y], &a.V.Tau[y], g.Tau[y], age)
	rateTheta := s.RateTheta / max(math.Abs(t1/t2-t2/t1), leastTurn)
	theta := s.delta(rateTheta, &a.M.Theta[i], &a.V.Theta[i], g.Theta[i], age)

	w, h := sc.size()
	mx := float64(cos*e1/t1) - float64(sin*e2/t2) // px
	my := float64(sin*e1/t1) + float64(cos*e2/t2)
	p.XY[x] = float32(float64(p.XY[x]) + mx/float64(w))
	p.XY[y] = float32(float64(p.XY[y]) + my/float64(h))
	t1, t2 = s.boundScales(t1*math.Exp(tau1), t2*math.Exp(tau2))
	p.Scale[x], p.Scale[y] = float32(t1), float32(t2)
	p.Rot[i] = float32(float64(p.Rot[i]) + theta)
}

// delta updates the moments of one coordinate and returns its step:
//
//	m = β1 m + (1−β1) g      v = β2 v + (1−β2) g²
//	δ = −rate · m/(1−β1^age) / (√(v/(1−β2^age)) + ε)
func (s AdamSettings) delta(rate float64, m, v *float64, g float64, age int) float64 {
	*m = float64(*m*s.Beta1) + float64((1-s.Beta1)*g)
	*v = float64(*v*s.Beta2) + float64((1-s.Beta2)*g*g)
	mean := *m / (1 - math.Pow(s.Beta1, float64(age)))
	square := *v / (1 - math.Pow(s.Beta2, float64(age)))
	return -rate * mean / (math.Sqrt(square) + s.Epsilon)
}

// boundScales bounds t to [ScaleMin, ScaleMax] and then the aspect ratio to Aspect. For the latter, one scale is
// multiplied and the other is divided by the same factor, so the area does not change.
func (s AdamSettings) boundScales(t1, t2 float64) (float64, float64) {
	t1 = min(max(t1, s.ScaleMin), s.ScaleMax)
	t2 = min(max(t2, s.ScaleMin), s.ScaleMax)
	if s.Aspect == 0 {
		return t1, t2
	}
	if t1 > s.Aspect*t2 {
		q := math.Sqrt(t1 / (s.Aspect * t2))
		t1, t2 = t1/q, t2*q
	} else if t2 > s.Aspect*t1 {
		q := math.Sqrt(t2 / (s.Aspect * t1))
		t1, t2 = t1*q, t2/q
	}
	return t1, t2
}

func (s AdamSettings) boundFeat(feat float64) float64 {
	if s.FeatMargin == 0 {
		return feat
	}
	return min(max(feat, -s.FeatMargin), 1+s.FeatMargin)
}
