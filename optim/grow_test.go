package optim

import (
	"math"
	"testing"

	"igs/imageio"
)

// One wrong pixel of each size of error: the draws follow the squared mean error, and a
// render outside [0,1] counts as it is shown.
func TestGrowSplatsFollowTheError(t *testing.T) {
	target, render := imageio.New(6, 2, 3), imageio.New(6, 2, 3)
	for i := range target.Pix {
		target.Pix[i], render.Pix[i] = 0.5, 0.5
	}
	for c := range 3 {
		render.Plane(c)[1] = 0.25 // mean error 0.25
		target.Plane(c)[3] = 1    // 1 below a render of 2 that shows as 1: no error
		render.Plane(c)[3] = 2    //
		target.Plane(c)[4] = 0    // and the same at the other end
		render.Plane(c)[4] = -3   //
	}
	render.Plane(2)[8] = -1 // mean error 0.5/3, in one channel
	hits := map[int]int{}
	const rounds = 20000
	rng := random(1)
	for range rounds {
		p := growSplats(target, render, 1, 5, rng)
		if p.N != 1 || p.C != 3 || p.Scale[0] != 0.2 || p.Scale[1] != 0.2 || p.Rot[0] != 0 {
			t.Fatalf("grew %+v", p)
		}
		x, y := float64(p.XY[0])*6, float64(p.XY[1])*2
		if math.Abs(x-math.Floor(x)-0.5) > 1e-5 || math.Abs(y-math.Floor(y)-0.5) > 1e-5 {
			t.Fatalf("at %v, %v", x, y)
		}
		pixel := int(y)*6 + int(x)
		hits[pixel]++
		for c, v := range p.Feat {
			if v != target.Plane(c)[pixel] {
				t.Fatalf("pixel %d channel %d is painted %v", pixel, c, v)
			}
		}
	}
	// 0.25² against (0.5/3)²: 9 to 4.
	want, sigma := rounds*9.0/13, math.Sqrt(rounds*9.0/13*4/13)
	if hits[1]+hits[8] != rounds || math.Abs(float64(hits[1])-want) > 5*sigma {
		t.Errorf("hits %v, want %.0f ± %.0f at pixel 1 and the rest at 8", hits, want, sigma)
	}
}

// A perfect render, or one of NaN, still gives the number asked for.
func TestGrowSplatsWithoutAnError(t *testing.T) {
	m := noisy(20, 10, 1)
	if p := growSplats(m, m, 7, 5, random(2)); p.N != 7 || p.Validate() != nil {
		t.Errorf("grew %d, %v", p.N, p.Validate())
	}
	broken := m.Clone()
	for i := range broken.Pix {
		broken.Pix[i] = float32(math.NaN())
	}
	if p := growSplats(m, broken, 7, 5, random(2)); p.N != 7 {
		t.Errorf("grew %d", p.N)
	}
}

func TestBlurTargetWindow(t *testing.T) {
	small := imageio.New(500, 319, 1) // 399.4²
	if blurTarget(small) != small {
		t.Error("a picture under 400² is blurred")
	}
	for _, c := range []struct{ w, h, taps int }{{500, 320, 3}, {1280, 1280, 3}, {1600, 1600, 5}, {2400, 2000, 5}} {
		m := imageio.New(c.w, c.h, 1)
		m.Pix[(c.h/2)*c.w+c.w/2] = 1
		out := blurTarget(m)
		width := 0
		for _, v := range out.Pix[(c.h/2)*c.w : (c.h/2+1)*c.w] {
			if v != 0 {
				width++
			}
		}
		if width != c.taps {
			t.Errorf("%d×%d: %d taps, want %d", c.w, c.h, width, c.taps)
		}
		if m.Pix[(c.h/2)*c.w+c.w/2] != 1 {
			t.Error("the target itself was blurred")
		}
	}
}

// Against the plain double sum over a picture that is first extended by reflection.
func TestBlurAgainstTheDoubleSum(t *testing.T) {
	for _, c := range []struct{ w, h, ch, k int }{{17, 11, 3, 3}, {9, 14, 1, 5}, {8, 8, 2, 7}, {2, 1, 1, 5}} {
		m := noisy(c.w, c.h, c.ch)
		got := blur(m, c.k)
		sigma := 0.3*(float64(c.k-1)/2-1) + 0.8
		at := func(ch, y, x int) float64 {
			for y < 0 || y >= c.h { // bounce until inside
				if c.h == 1 {
					y = 0
				} else if y < 0 {
					y = -y
				} else {
					y = 2*c.h - 2 - y
				}
			}
			for x < 0 || x >= c.w {
				if x < 0 {
					x = -x
				} else {
					x = 2*c.w - 2 - x
				}
			}
			return float64(m.At(ch, y, x))
		}
		for ch := range c.ch {
			for y := range c.h {
				for x := range c.w {
					sum, norm := 0.0, 0.0
					for dy := -c.k / 2; dy <= c.k/2; dy++ {
						for dx := -c.k / 2; dx <= c.k/2; dx++ {
							g := math.Exp(-float64(dx*dx+dy*dy) / (2 * sigma * sigma))
							sum, norm = sum+g*at(ch, y+dy, x+dx), norm+g
						}
					}
					if v := float64(got.At(ch, y, x)); math.Abs(v-sum/norm) > 5e-7 {
						t.Fatalf("%+v: channel %d row %d column %d is %v, want %v", c, ch, y, x, v, sum/norm)
					}
				}
			}
		}
	}
}
