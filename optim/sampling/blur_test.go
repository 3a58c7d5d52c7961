package sampling

import (
	"math"
	"testing"

	"igs/imageio"
)

func TestBlurTargetWindow(t *testing.T) {
	for _, c := range []struct{ w, h, taps int }{{500, 319, 1}, {500, 320, 3}, {1280, 1280, 3}, {1600, 1600, 5}, {2400, 2000, 5}} {
		m := imageio.NewSamples(c.w, c.h, 1, 8)
		m.Row8(0, c.h/2)[c.w/2] = 255
		out := BlurTarget(m)
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

// The blur equals a plain double sum over a picture that is extended by reflection.
func TestBlurAgainstTheDoubleSum(t *testing.T) {
	for _, c := range []struct{ w, h, ch, k int }{{17, 11, 3, 3}, {9, 14, 1, 5}, {8, 8, 2, 7}, {2, 1, 1, 5}, {5, 3 * blockRows, 2, 9}, {6, blockRows + 1, 1, 13}, {4, 5, 1, 1}} {
		m := noisy(c.w, c.h, c.ch)
		smooth := blur(m, c.k)
		got := imageio.New(c.w, c.h, c.ch)
		for y := range 2 * c.h { // reads the picture twice from the top
			for ch, line := range smooth.row(y % c.h) {
				copy(got.Plane(ch)[y%c.h*c.w:], line)
			}
		}
		sigma := 0.3*(float64(c.k-1)/2-1) + 0.8
		at := func(ch, y, x int) float64 {
			for y < 0 || y >= c.h { // reflects until the index is inside
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
