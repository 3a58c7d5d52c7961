package reference

import (
	"math"
	"math/rand/v2"
	"testing"

	"igs/imageio"
)

// colours returns a frame of random colours near the target. Some are outside [0,1].
func colours(seed uint64, target *imageio.Image) *Frame {
	rng := rand.New(rand.NewPCG(seed, 1))
	f := &Frame{W: target.W, H: target.H, C: target.C, Color: make([]float64, len(target.Pix))}
	for i := range f.Color {
		f.Color[i] = float64(target.Pix[i]) + 0.4*(rng.Float64()-0.5)
	}
	return f
}

// slowSSIM computes SSIM with the 121 weights of every window, without using that the window is separable.
func slowSSIM(f *Frame, target *imageio.Image) float64 {
	var weight [11][11]float64
	norm := 0.0
	for i := range weight {
		for j := range weight {
			weight[i][j] = math.Exp(-float64((i-5)*(i-5)+(j-5)*(j-5)) / 4.5)
			norm += weight[i][j]
		}
	}
	total := 0.0
	for c := range f.C {
		for row := range f.H {
			for column := range f.W {
				var m1, m2, e1, e2, e12 float64
				for i := range weight {
					for j := range weight {
						y, x := row+i-5, column+j-5
						if y < 0 || x < 0 || y >= f.H || x >= f.W {
							continue
						}
						k := weight[i][j] / norm
						a, b := f.Color[(c*f.H+y)*f.W+x], float64(target.At(c, y, x))
						m1, m2, e1, e2, e12 = m1+k*a, m2+k*b, e1+k*a*a, e2+k*b*b, e12+k*a*b
					}
				}
				v1, v2, v12 := e1-m1*m1, e2-m2*m2, e12-m1*m2
				total += (2*m1*m2 + 1e-4) * (2*v12 + 9e-4) / ((m1*m1 + m2*m2 + 1e-4) * (v1 + v2 + 9e-4))
			}
		}
	}
	return total / float64(len(f.Color))
}

func TestLossValues(t *testing.T) {
	for _, size := range [][3]int{{17, 13, 3}, {5, 31, 1}, {1, 1, 1}, {12, 3, 4}} {
		_, target := RandomScene(1, size[0], size[1], 0, size[2])
		f := colours(2, target)
		var l1, l2 float64
		for i, v := range f.Color {
			e := math.Abs(v - float64(target.Pix[i]))
			l1, l2 = l1+e/float64(len(f.Color)), l2+e*e/float64(len(f.Color))
		}
		ssim := slowSSIM(f, target)
		total, got, _ := Loss(f, target, LossWeights{L1: 0.7, L2: 0.3, SSIM: 0.2})
		if !near(got.L1, l1, 1e-12) || !near(got.L2, l2, 1e-12) || !near(got.SSIM, ssim, 1e-12) {
			t.Errorf("%v: l1 %v l2 %v ssim %v, want %v %v %v", size, got.L1, got.L2, got.SSIM, l1, l2, ssim)
		}
		if want := 0.7*l1 + 0.3*l2 + 0.2*(1-ssim); !near(total, want, 1e-12) {
			t.Errorf("%v: total %v, want %v", size, total, want)
		}
	}
}

func TestLossOfEqualPictures(t *testing.T) {
	_, target := RandomScene(3, 14, 9, 0, 3)
	f := colours(0, target)
	for i, v := range target.Pix {
		f.Color[i] = float64(v)
	}
	total, means, grad := Loss(f, target, LossWeights{L1: 1, L2: 1, SSIM: 1})
	if !near(total, 0, 1e-12) || !near(means.SSIM, 1, 1e-12) {
		t.Errorf("total %v, ssim %v", total, means.SSIM)
	}
	for i, g := range grad {
		if math.Abs(g) > 1e-12 {
			t.Fatalf("gradient %v at %d", g, i)
		}
	}
}

func TestNaNShowsInTheLoss(t *testing.T) {
	_, target := RandomScene(3, 14, 9, 0, 1)
	f := colours(0, target)
	f.Color[20] = math.NaN()
	total, _, grad := Loss(f, target, LossWeights{L1: 1})
	if !math.IsNaN(total) || !math.IsNaN(grad[20]) {
		t.Errorf("total %v, gradient %v", total, grad[20])
	}
}

// The gradients of each term and of all terms together agree with central differences at every sample.
func TestLossGradientByDifferences(t *testing.T) {
	const h = 1e-5
	for _, w := range []LossWeights{{L1: 1}, {L2: 1}, {SSIM: 1}, {L1: 1, L2: 0.5, SSIM: 0.1}} {
		for _, size := range [][3]int{{7, 13, 1}, {13, 5, 3}, {6, 5, 4}, {3, 4, 12}} {
			_, target := RandomScene(4, size[0], size[1], 0, size[2])
			f := colours(5, target)
			_, _, grad := Loss(f, target, w)
			largest := 0.0
			for _, g := range grad {
				largest = math.Max(largest, math.Abs(g))
			}
			checked := 0
			for i, v := range f.Color {
				if math.Abs(v-float64(target.Pix[i])) <= 2*h {
					continue // |C−T| has no derivative here
				}
				f.Color[i] = v + h
				above, _, _ := Loss(f, target, w)
				f.Color[i] = v - h
				below, _, _ := Loss(f, target, w)
				f.Color[i] = v
				if want := (above - below) / (2 * h); math.Abs(grad[i]-want) > 1e-6*largest {
					t.Fatalf("%+v %v: gradient %d is %v, differences give %v", w, size, i, grad[i], want)
				}
				checked++
			}
			if checked*100 < len(grad)*99 {
				t.Errorf("%+v %v: only %d of %d samples checked", w, size, checked, len(grad))
			}
		}
	}
}
