package reference

import (
	"math"
	"reflect"
	"testing"

	"igs/splat"
)

// open returns settings with bounds that have no effect.
func open() AdamSettings {
	return AdamSettings{
		RateE: 0.4, RateTau: 0.15, RateTheta: 0.1, RateFeat: 0.025,
		Beta1: 0.5, Beta2: 0.75, Epsilon: 1e-14, ScaleMin: 1e-6, ScaleMax: 1e6,
	}
}

// oneGradient returns a gradient of one splat with one channel.
func oneGradient(e1, e2, tau1, tau2, theta, feat float64) *FrameGradients {
	return &FrameGradients{E: []float64{e1, e2}, Tau: []float64{tau1, tau2}, Theta: []float64{theta}, Feat: []float64{feat}}
}

// expect compares the parameters of one splat with values computed by hand.
func expect(t *testing.T, when string, p *splat.Splats, want [6]float64) {
	t.Helper()
	got := [6]float32{p.XY[0], p.XY[1], p.Scale[0], p.Scale[1], p.Rot[0], p.Feat[0]}
	for i, name := range []string{"x", "y", "t1", "t2", "θ", "c"} {
		if !near(float64(got[i]), want[i], 2e-7) {
			t.Errorf("%s: %s is %.9g, want %.9g", when, name, got[i], want[i])
		}
	}
}

// Two steps by hand. The splat has σ of 2 and 4 px and is rotated by a quarter turn: its first axis is +y, its second
// axis −x. The first step of Adam is the rate times the negative sign of the gradient.
//
// For the gradients 1 and −3 the second step has m = ½·½·1 + ½·(−3) = −1.25 and v = ¾·¼·1 + ¼·9 = 2.4375. With the
// corrections 1 − ½² = 0.75 and 1 − ¾² = 0.4375 the ratio is (−1.25/0.75) / √(2.4375/0.4375) = −0.706095…
func TestAdamByHand(t *testing.T) {
	sc := Scene{W: 100, H: 50, K: 1, Cut: math.Inf(1)}
	p := oneSplat(100, 50, 50, 25, 0.5)
	p.Scale[0], p.Scale[1], p.Rot[0] = 0.5, 0.25, math.Pi/2
	a := NewAdamFrame(1, 1)
	a.Step(sc, p, oneGradient(1, 1, 1, -1, 1, -1), open())
	// e1 −0.4 of σ 2 px: y −0.8 px. e2 −0.4 of σ 4 px along −x: x +1.6 px.
	// |t1/t2 − t2/t1| = 2 − ½ = 1.5.
	x, y := (50+1.6)/100, (25-0.8)/50
	t1, t2 := 0.5*math.Exp(-0.15), 0.25*math.Exp(0.15)
	rot, c := math.Pi/2-0.1/1.5, 0.525
	expect(t, "first step", p, [6]float64{x, y, t1, t2, rot, c})

	a.Step(sc, p, oneGradient(-3, -3, -3, 3, -3, 3), open())
	ratio := (1.25 / 0.75) / math.Sqrt(2.4375/0.4375)
	sin, cos := math.Sin(rot), math.Cos(rot)
	x += (cos*0.4*ratio/t1 - sin*0.4*ratio/t2) / 100
	y += (sin*0.4*ratio/t1 + cos*0.4*ratio/t2) / 50
	aspect := t1/t2 - t2/t1
	expect(t, "second step", p, [6]float64{
		x, y, t1 * math.Exp(0.15*ratio), t2 * math.Exp(-0.15*ratio), rot + 0.1*ratio/aspect, c - 0.025*ratio,
	})
	if a.Age[0] != 2 || a.M.E[0] != -1.25 || a.V.E[0] != 2.4375 || a.M.Tau[1] != 1.25 || a.V.Feat[0] != 2.4375 {
		t.Errorf("age %d, moments %+v %+v", a.Age[0], a.M, a.V)
	}
}

func TestAdamDampsByEpsilonAndTurnsRoundSplats(t *testing.T) {
	sc := Scene{W: 10, H: 10, K: 1, Cut: math.Inf(1)}
	p := oneSplat(10, 10, 5, 5, 0.5)
	s := open()
	s.Epsilon = 3
	NewAdamFrame(1, 1).Step(sc, p, oneGradient(0, 0, 0, 0, 1, -1), s)
	// The ratio is 1/(1 + 3). The rate of the angle of a round splat is divided by 0.3.
	expect(t, "a quarter", p, [6]float64{0.5, 0.5, 0.5, 0.5, -0.1 / 0.3 / 4, 0.5 + 0.025/4})
}

func TestAdamKeepsBounds(t *testing.T) {
	sc := Scene{W: 10, H: 10, K: 1, Cut: math.Inf(1)}
	for _, c := range []struct {
		t1, t2, aspect, feat, margin float64
		want1, want2, wantFeat       float64
	}{
		{7.9, 0.02, 0, 1.3, 0, 7.9, 0.02, 1.3},
		{9, 0.001, 0, 1.3, 0.25, 8, 0.01, 1.25},
		{9, 0.001, 20, -0.3, 0.25, math.Sqrt(8 * 0.01 * 20), math.Sqrt(8 * 0.01 / 20), -0.25},
		{0.1, 6.4, 16, 0.4, 0.25, math.Sqrt(0.64 / 16), math.Sqrt(0.64 * 16), 0.4},
		{2, 0.1, 20.001, 0, 0.25, 2, 0.1, 0},
	} {
		p := oneSplat(10, 10, 5, 5, float32(c.feat))
		p.Scale[0], p.Scale[1] = float32(c.t1), float32(c.t2)
		s := open()
		s.ScaleMin, s.ScaleMax, s.Aspect, s.FeatMargin = 0.01, 8, c.aspect, c.margin
		NewAdamFrame(1, 1).Step(sc, p, oneGradient(0, 0, 0, 0, 0, 0), s)
		expect(t, "bounds", p, [6]float64{0.5, 0.5, c.want1, c.want2, 0, c.wantFeat})
	}
}

// A relocated splat takes the same first step as a new one. The ages of the other splats have no influence.
func TestAdamCorrectsByTheAgeOfEachSplat(t *testing.T) {
	sc := Scene{W: 23, H: 17, K: 10, Cut: math.Inf(1)}
	p, target := RandomScene(5, sc.W, sc.H, 2, 3)
	f := Forward(sc, p)
	_, _, v := Loss(f, target, LossWeights{L2: 1})
	g := FrameBackward(sc, p, f, v)
	a := NewAdamFrame(2, 3)
	for range 3 {
		a.Step(sc, p.Clone(), g, open())
	}
	a.Age[1] = 0
	for _, m := range []*FrameGradients{a.M, a.V} {
		clear(m.E[2:])
		clear(m.Tau[2:])
		clear(m.Theta[1:])
		clear(m.Feat[3:])
	}
	mixed, fresh := p.Clone(), p.Clone()
	a.Step(sc, mixed, g, open())
	NewAdamFrame(2, 3).Step(sc, fresh, g, open())
	if a.Age[0] != 4 || a.Age[1] != 1 {
		t.Errorf("ages %v", a.Age)
	}
	if !reflect.DeepEqual(mixed.XY[2:], fresh.XY[2:]) || !reflect.DeepEqual(mixed.Scale[2:], fresh.Scale[2:]) ||
		mixed.Rot[1] != fresh.Rot[1] || !reflect.DeepEqual(mixed.Feat[3:], fresh.Feat[3:]) {
		t.Error("the age of one splat changes the step of another")
	}
}

// To first order, a first step with small rates reduces the loss by Σ rate·|gradient|. This holds only if each class of
// coordinates moves along its own gradient.
func TestSmallStepTakesWhatTheGradientSays(t *testing.T) {
	sc := Scene{W: 32, H: 24, K: 40, Cut: math.Inf(1)} // all splats count at all pixels, so the loss has no jumps
	p, target := RandomScene(6, sc.W, sc.H, 40, 3)
	f := Forward(sc, p)
	before, _, v := Loss(f, target, LossWeights{L2: 1})
	g := FrameBackward(sc, p, f, v)
	const rate = 1e-4
	slope := func(list []float64) (sum float64) {
		for _, v := range list {
			sum += math.Abs(v)
		}
		return sum
	}
	turns := make([]float64, p.N)
	for i := range turns {
		t1, t2 := float64(p.Scale[2*i]), float64(p.Scale[2*i+1])
		turns[i] = g.Theta[i] / max(math.Abs(t1/t2-t2/t1), 0.3)
	}
	for _, c := range []struct {
		name string
		pick func(s *AdamSettings)
		list []float64
	}{
		{"e", func(s *AdamSettings) { s.RateE = rate }, g.E},
		{"tau", func(s *AdamSettings) { s.RateTau = rate }, g.Tau},
		{"theta", func(s *AdamSettings) { s.RateTheta = rate }, turns},
		{"feat", func(s *AdamSettings) { s.RateFeat = rate }, g.Feat},
	} {
		s := open()
		s.RateE, s.RateTau, s.RateTheta, s.RateFeat = 0, 0, 0, 0
		c.pick(&s)
		q := p.Clone()
		NewAdamFrame(p.N, p.C).Step(sc, q, g, s)
		after, _, _ := Loss(Forward(sc, q), target, LossWeights{L2: 1})
		if want := rate * slope(c.list); !(math.Abs(before-after-want) <= 0.02*want) {
			t.Errorf("%s: the loss falls by %v, the gradient says %v", c.name, before-after, want)
		}
	}
}

// Thirty steps of the recipe reduce the loss of a random scene.
func TestStepsOfTheRecipeReduceTheLoss(t *testing.T) {
	sc := Scene{W: 32, H: 24, K: 10, Cut: 18}
	p, target := RandomScene(7, sc.W, sc.H, 60, 3)
	a := NewAdamFrame(p.N, p.C)
	s := AdamSettings{Beta1: 0.6, Beta2: 0.8, Epsilon: 8.5e-13, ScaleMin: 0.01, ScaleMax: 8, Aspect: 50, FeatMargin: 0.25}
	const steps = 30
	var first, last float64
	for step := range steps {
		f := Forward(sc, p)
		total, _, v := Loss(f, target, LossWeights{L2: 1})
		if step == 0 {
			first = total
		}
		last = total
		cool := math.Sqrt(1 - float64(step)/steps)
		s.RateE, s.RateTau, s.RateTheta, s.RateFeat = 0.4*cool, 0.15*cool, 0.1*cool, 0.025*cool
		a.Step(sc, p, FrameBackward(sc, p, f, v), s)
	}
	if err := p.Validate(); err != nil || !(last < first/10) {
		t.Errorf("the loss goes from %v to %v (%v)", first, last, err)
	}
	t.Logf("loss %.4g → %.4g", first, last)
}
