package reference

import (
	"fmt"
	"math"
	"reflect"
	"testing"

	"igs/splat"
)

// geometry is the geometry of a splat in float64, in pixels. The coordinates of FrameGradients change it.
type geometry struct{ mx, my, t1, t2, rot float64 }

func geometryOf(sc Scene, p *splat.Splats, i int) geometry {
	return geometry{
		float64(p.XY[2*i]) * float64(sc.W), float64(p.XY[2*i+1]) * float64(sc.H),
		float64(p.Scale[2*i]), float64(p.Scale[2*i+1]), float64(p.Rot[i]),
	}
}

// frameMoves are a second implementation of the coordinates. Each move changes one coordinate.
var frameMoves = []struct {
	name string
	move func(g geometry, by float64) geometry
	grad func(g *FrameGradients, i int) float64
}{
	{"e1", func(g geometry, by float64) geometry {
		g.mx, g.my = g.mx+math.Cos(g.rot)*by/g.t1, g.my+math.Sin(g.rot)*by/g.t1
		return g
	}, func(g *FrameGradients, i int) float64 { return g.E[2*i] }},
	{"e2", func(g geometry, by float64) geometry {
		g.mx, g.my = g.mx-math.Sin(g.rot)*by/g.t2, g.my+math.Cos(g.rot)*by/g.t2
		return g
	}, func(g *FrameGradients, i int) float64 { return g.E[2*i+1] }},
	{"tau1", func(g geometry, by float64) geometry { g.t1 *= math.Exp(by); return g },
		func(g *FrameGradients, i int) float64 { return g.Tau[2*i] }},
	{"tau2", func(g geometry, by float64) geometry { g.t2 *= math.Exp(by); return g },
		func(g *FrameGradients, i int) float64 { return g.Tau[2*i+1] }},
	{"theta", func(g geometry, by float64) geometry { g.rot += by; return g },
		func(g *FrameGradients, i int) float64 { return g.Theta[i] }},
}

// The gradient agrees with central differences of the loss along every coordinate and colour. Moves that change which
// splats count at a pixel are left out.
func TestFrameGradientByDifferences(t *testing.T) {
	const h = 1e-5
	cases := []struct {
		sc Scene
		n  int
		c  int
	}{
		{Scene{W: 13, H: 9, K: 10, Cut: math.Inf(1)}, 16, 3},
		{Scene{W: 9, H: 12, K: 3, Cut: 6.125}, 11, 1},
		{Scene{W: 11, H: 9, K: 10, Cut: 18}, 6, 4},
	}
	for k, c := range cases {
		for j, w := range []LossWeights{{L2: 1}, {L2: 1, SSIM: 0.1}} {
			t.Run(fmt.Sprintf("%dx%d,%d channels,%+v", c.sc.W, c.sc.H, c.c, w), func(t *testing.T) {
				p, target := RandomScene(uint64(200+10*k+j), c.sc.W, c.sc.H, c.n, c.c)
				f := Forward(c.sc, p)
				_, _, v := Loss(f, target, w)
				g := FrameBackward(c.sc, p, f, v)
				all := projectAll(c.sc, p)
				for _, coordinate := range frameMoves {
					largest, checked := 0.0, 0
					for i := range p.N {
						largest = math.Max(largest, math.Abs(coordinate.grad(g, i)))
					}
					at := func(i int, by float64) (float64, []uint64) {
						q := coordinate.move(geometryOf(c.sc, p, i), by)
						kept := all[i]
						defer func() { all[i] = kept }()
						all[i] = place(q.mx, q.my, q.t1, q.t2, q.rot)
						f := draw(c.sc, p, all)
						total, _, _ := Loss(f, target, w)
						return total, regime(c.sc, all, f, target)
					}
					for i := range p.N {
						above, regimeAbove := at(i, h)
						below, regimeBelow := at(i, -h)
						if !reflect.DeepEqual(regimeAbove, regimeBelow) {
							continue
						}
						checked++
						got, want := coordinate.grad(g, i), (above-below)/(2*h)
						if !(math.Abs(got-want) <= 1e-6*largest) {
							t.Errorf("∂L/∂%s of splat %d is %.9g, differences give %.9g (largest %.3g)", coordinate.name, i, got, want, largest)
						}
					}
					if checked*10 < p.N*9 {
						t.Errorf("%s: only %d of %d splats checked", coordinate.name, checked, p.N)
					}
				}
				feat := tensors(p)[3]
				if checked := differences(t, c.sc, p, target, w, feat, g.Feat, 1e-4); checked*10 < len(g.Feat)*7 {
					t.Errorf("only %d of %d colours checked", checked, len(g.Feat))
				}
			})
		}
	}
}

// A splat that counts at no pixel has the gradient 0, never NaN.
func TestFrameGradientOfBrokenAndFlatSplats(t *testing.T) {
	sc := Scene{W: 9, H: 7, K: 4, Cut: math.Inf(1)}
	p, target := RandomScene(3, sc.W, sc.H, 3, 1)
	p.Scale[0] = float32(math.NaN())
	p.Scale[2], p.Scale[3] = 0, 0
	f := Forward(sc, p)
	_, _, v := Loss(f, target, LossWeights{L2: 1})
	g := FrameBackward(sc, p, f, v)
	for _, list := range [][]float64{g.E[:4], g.Tau[:4], g.Theta[:2], g.Feat[:1]} {
		for _, value := range list {
			if value != 0 {
				t.Errorf("gradient %v of a splat that is broken or flat", value)
			}
		}
	}
	if g.Feat[1] == 0 || g.E[4] == 0 {
		t.Error("no gradient of the colour of a flat splat, or of a good splat")
	}
}
