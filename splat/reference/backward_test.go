package reference

import (
	"fmt"
	"math"
	"reflect"
	"testing"

	"igs/imageio"
	"igs/splat"
)

// regime returns the discrete state of a frame: the splats that count at each pixel and the sign of each error. If a
// step of a parameter changes it, the loss has a jump or a corner there, and a difference does not approximate the
// derivative.
func regime(sc Scene, all []projected, f *Frame, target *imageio.Image) []uint64 {
	r := make([]uint64, 0, sc.W*sc.H+len(f.Color)/64+1)
	for here := range sc.W * sc.H {
		set := uint64(14695981039346656037)
		x, y := float64(here%sc.W)+0.5, float64(here/sc.W)+0.5
		for i := range all {
			if s := all[i].exponent(x-all[i].mx, y-all[i].my); s <= f.SK[here] && sc.counts(s) {
				set = (set ^ uint64(i+1)) * 1099511628211
			}
		}
		r = append(r, set)
	}
	for i, v := range f.Color {
		if i%64 == 0 {
			r = append(r, 0)
		}
		if v > float64(target.Pix[i]) {
			r[len(r)-1] |= 1 << (i % 64)
		}
	}
	return r
}

// tensor is one of the arrays of parameters.
type tensor struct {
	name   string
	values []float32
}

func tensors(p *splat.Splats) [4]tensor {
	return [4]tensor{{"xy", p.XY}, {"scale", p.Scale}, {"rot", p.Rot}, {"feat", p.Feat}}
}

// differences compares the gradient of one tensor with central differences. step is the change of each parameter. It
// returns the number of parameters that could be checked.
func differences(t *testing.T, sc Scene, p *splat.Splats, target *imageio.Image, w LossWeights, which tensor, grad []float64, step float64) int {
	t.Helper()
	largest := 0.0
	for _, g := range grad {
		largest = math.Max(largest, math.Abs(g))
	}
	at := func() (float64, []uint64) {
		f := Forward(sc, p)
		total, _, _ := Loss(f, target, w)
		return total, regime(sc, projectAll(sc, p), f, target)
	}
	checked := 0
	for i, v := range which.values {
		above, below := v+float32(step), v-float32(step)
		which.values[i] = above
		lossAbove, regimeAbove := at()
		which.values[i] = below
		lossBelow, regimeBelow := at()
		which.values[i] = v
		if !reflect.DeepEqual(regimeAbove, regimeBelow) {
			continue
		}
		checked++
		want := (lossAbove - lossBelow) / (float64(above) - float64(below))
		if math.Abs(grad[i]-want) > 2e-5*largest {
			t.Errorf("∂L/∂%s[%d] is %.9g, differences give %.9g (largest %.3g)", which.name, i, grad[i], want, largest)
		}
	}
	return checked
}

func TestGradientByDifferences(t *testing.T) {
	weights := []LossWeights{{L2: 1}, {L1: 1, SSIM: 0.1}, {SSIM: 1}}
	cases := []struct {
		sc Scene
		n  int
		c  int
	}{
		{Scene{W: 13, H: 9, K: 10, Cut: math.Inf(1)}, 16, 3}, // more splats than K
		{Scene{W: 9, H: 12, K: 3, Cut: 6.125}, 11, 1},         // σ cut of 3.5
		{Scene{W: 11, H: 7, K: 10, Cut: 8}, 6, 4},             // fewer splats than K
		{Scene{W: 5, H: 12, K: 5, Cut: 12.5}, 7, 12},
	}
	for k, c := range cases {
		for j, w := range weights {
			t.Run(fmt.Sprintf("%dx%d,%d channels,%+v", c.sc.W, c.sc.H, c.c, w), func(t *testing.T) {
				p, target := RandomScene(uint64(100+10*k+j), c.sc.W, c.sc.H, c.n, c.c)
				f := Forward(c.sc, p)
				_, _, v := Loss(f, target, w)
				g := Backward(c.sc, p, f, v)
				grads := [][]float64{g.XY, g.Scale, g.Rot, g.Feat}
				for k, which := range tensors(p) {
					step := 1e-4
					if which.name == "xy" {
						step /= float64(max(c.sc.W, c.sc.H)) // 1e-4 px
					}
					checked := differences(t, c.sc, p, target, w, which, grads[k], step)
					if checked*10 < len(which.values)*7 {
						t.Errorf("%s: only %d of %d parameters checked", which.name, checked, len(which.values))
					}
				}
			})
		}
	}
}

// The gradients by t1 and t2 differ. Swapping the axes together with a quarter turn swaps the gradients.
func TestSwappedAxesSwapGradients(t *testing.T) {
	sc := Scene{W: 17, H: 19, K: 4, Cut: math.Inf(1)}
	p, target := RandomScene(9, sc.W, sc.H, 12, 3)
	f := Forward(sc, p)
	_, _, v := Loss(f, target, LossWeights{L2: 1})
	g := Backward(sc, p, f, v)
	q := p.Clone()
	for i := range q.N {
		q.Scale[2*i], q.Scale[2*i+1] = p.Scale[2*i+1], p.Scale[2*i]
		q.Rot[i] += math.Pi / 2
	}
	turned := Backward(sc, q, Forward(sc, q), v)
	largest := 0.0
	for _, v := range g.Scale {
		largest = math.Max(largest, math.Abs(v))
	}
	apart := func(a, b float64) bool { return !(math.Abs(a-b) <= 1e-5*largest) }
	for i := range p.N {
		if apart(g.Scale[2*i], turned.Scale[2*i+1]) || apart(g.Scale[2*i+1], turned.Scale[2*i]) || apart(g.Rot[i], turned.Rot[i]) {
			t.Errorf("splat %d: %v %v turned %v %v", i, g.Scale[2*i:2*i+2], g.Rot[i], turned.Scale[2*i:2*i+2], turned.Rot[i])
		}
	}
}
