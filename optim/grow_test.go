package optim

import (
	"errors"
	"math"
	"testing"

	"igs/imageio"
)

// One wrong pixel of each size of error: the draws follow the squared mean error, and a
// render outside [0,1] counts as it is shown.
func TestGrowSplatsFollowTheError(t *testing.T) {
	target, render := imageio.New(6, 2, 3), imageio.New(6, 2, 3)
	for i := range target.Pix {
		target.Pix[i], render.Pix[i] = 128.0/255, 128.0/255
	}
	for c := range 3 {
		render.Plane(c)[1] = 8.0 / 255 // mean error 120/255
		target.Plane(c)[3] = 1         // 1 below a render of 2 that shows as 1: no error
		render.Plane(c)[3] = 2         //
		target.Plane(c)[4] = 0         // and the same at the other end
		render.Plane(c)[4] = -3        //
	}
	target.Plane(2)[8] = 240.0 / 255
	render.Plane(2)[8] = -1 // mean error 80/255, in one channel
	truth := blurTarget(target.Samples(8))
	hits := map[int]int{}
	const rounds = 20000
	rng := random(1)
	for range rounds {
		p, err := growSplats(truth, rowsOf(render), 1, 5, rng)
		if err != nil {
			t.Fatal(err)
		}
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
	// 120² against 80²: 9 to 4.
	want, sigma := rounds*9.0/13, math.Sqrt(rounds*9.0/13*4/13)
	if hits[1]+hits[8] != rounds || math.Abs(float64(hits[1])-want) > 5*sigma {
		t.Errorf("hits %v, want %.0f ± %.0f at pixel 1 and the rest at 8", hits, want, sigma)
	}
}

// rowsOf hands over a picture as the trainer does a render.
func rowsOf(m *imageio.Image) rowSource {
	return func(take func(y int, row [][]float32) error) error {
		row := make([][]float32, m.C)
		for y := range m.H {
			for c := range row {
				row[c] = m.Plane(c)[y*m.W : (y+1)*m.W]
			}
			if err := take(y, row); err != nil {
				return err
			}
		}
		return nil
	}
}

// A perfect render, or one of NaN, still gives the number asked for.
func TestGrowSplatsWithoutAnError(t *testing.T) {
	m := noisy(20, 10, 1)
	if p, err := growSplats(blurTarget(m), rowsOf(m.Image()), 7, 5, random(2)); err != nil || p.N != 7 || p.Validate() != nil {
		t.Errorf("grew %d, %v, %v", p.N, p.Validate(), err)
	}
	broken := m.Image()
	for i := range broken.Pix {
		broken.Pix[i] = float32(math.NaN())
	}
	if p, err := growSplats(blurTarget(m), rowsOf(broken), 7, 5, random(2)); err != nil || p.N != 7 {
		t.Errorf("grew %d, %v", p.N, err)
	}
}

// A render that cannot be drawn gives no splats.
func TestGrowSplatsPassesOnTheErrorOfTheRender(t *testing.T) {
	lost := errors.New("device lost")
	p, err := growSplats(blurTarget(noisy(20, 10, 1)), func(take func(y int, row [][]float32) error) error { return lost }, 7, 5, random(2))
	if !errors.Is(err, lost) || p != nil {
		t.Errorf("grew %v, %v", p, err)
	}
}

func TestBlurTargetWindow(t *testing.T) {
	for _, c := range []struct{ w, h, taps int }{{500, 319, 1}, {500, 320, 3}, {1280, 1280, 3}, {1600, 1600, 5}, {2400, 2000, 5}} {
		m := imageio.NewSamples(c.w, c.h, 1, 8)
		m.Row8(0, c.h/2)[c.w/2] = 255
		out := blurTarget(m)
		width, height := 0, 0
		for y := range c.h {
			row := out.row(y)[0]
			if row[c.w/2] != 0 {
				height++
			}
			for x, v := range row {
				if v != 0 && y == c.h/2 {
					width++
				}
				if v != 0 && v != out.at(0, y, x) {
					t.Errorf("%d×%d, row %d, column %d: %v in its row, %v alone", c.w, c.h, y, x, v, out.at(0, y, x))
				}
			}
		}
		if width != c.taps || height != c.taps {
			t.Errorf("%d×%d: %d × %d taps, want %d", c.w, c.h, width, height, c.taps)
		}
	}
}

// Against the plain double sum over a picture that is first extended by reflection.
func TestBlurAgainstTheDoubleSum(t *testing.T) {
	for _, c := range []struct{ w, h, ch, k int }{{17, 11, 3, 3}, {9, 14, 1, 5}, {8, 8, 2, 7}, {2, 1, 1, 5}, {5, 3 * blockRows, 2, 9}, {6, blockRows + 1, 1, 13}, {4, 5, 1, 1}} {
		m := noisy(c.w, c.h, c.ch)
		smooth := blur(m, c.k)
		got := imageio.New(c.w, c.h, c.ch)
		for y := range 2 * c.h { // from the top and, once more, from the top
			for ch, line := range smooth.row(y % c.h) {
				copy(got.Plane(ch)[y%c.h*c.w:], line)
			}
		}
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
					if alone := smooth.at(ch, y, x); alone != got.At(ch, y, x) {
						t.Fatalf("%+v: channel %d row %d column %d is %v in its row, %v alone", c, ch, y, x, got.At(ch, y, x), alone)
					}
					if v := float64(got.At(ch, y, x)); math.Abs(v-sum/norm) > 5e-7 {
						t.Fatalf("%+v: channel %d row %d column %d is %v, want %v", c, ch, y, x, v, sum/norm)
					}
				}
			}
		}
	}
}
