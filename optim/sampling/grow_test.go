package sampling

import (
	"errors"
	"math"
	"testing"

	"igs/imageio"
)

// Draws are in proportion to the squared mean error. The render is clamped to [0,1] before.
func TestGrowSplatsFollowTheError(t *testing.T) {
	target, render := imageio.New(6, 2, 3), imageio.New(6, 2, 3)
	for i := range target.Pix {
		target.Pix[i], render.Pix[i] = 128.0/255, 128.0/255
	}
	for c := range 3 {
		render.Plane(c)[1] = 8.0 / 255 // mean error 120/255
		target.Plane(c)[3] = 1         // the render is 2, clamped to 1: no error
		render.Plane(c)[3] = 2         //
		target.Plane(c)[4] = 0         // and the same at the other end
		render.Plane(c)[4] = -3        //
	}
	target.Plane(2)[8] = 240.0 / 255
	render.Plane(2)[8] = -1 // mean error 80/255, in one channel
	truth := BlurTarget(target.Samples(8))
	hits := map[int]int{}
	const rounds = 20000
	rng := random(1)
	for range rounds {
		p, err := Grow(truth, rowsOf(render), 1, 5, rng)
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
	// 120² to 80² is 9 to 4.
	want, sigma := rounds*9.0/13, math.Sqrt(rounds*9.0/13*4/13)
	if hits[1]+hits[8] != rounds || math.Abs(float64(hits[1])-want) > 5*sigma {
		t.Errorf("hits %v, want %.0f ± %.0f at pixel 1 and the rest at 8", hits, want, sigma)
	}
}

// rowsOf returns the rows of a picture, as the trainer does for a render.
func rowsOf(m *imageio.Image) RowSource {
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

// With a perfect render, or one of NaN, Grow still returns the requested number of splats.
func TestGrowSplatsWithoutAnError(t *testing.T) {
	m := noisy(20, 10, 1)
	if p, err := Grow(BlurTarget(m), rowsOf(m.Image()), 7, 5, random(2)); err != nil || p.N != 7 || p.Validate() != nil {
		t.Errorf("grew %d, %v, %v", p.N, p.Validate(), err)
	}
	broken := m.Image()
	for i := range broken.Pix {
		broken.Pix[i] = float32(math.NaN())
	}
	if p, err := Grow(BlurTarget(m), rowsOf(broken), 7, 5, random(2)); err != nil || p.N != 7 {
		t.Errorf("grew %d, %v", p.N, err)
	}
}

// Grow returns the error of the render.
func TestGrowSplatsPassesOnTheErrorOfTheRender(t *testing.T) {
	lost := errors.New("device lost")
	p, err := Grow(BlurTarget(noisy(20, 10, 1)), func(take func(y int, row [][]float32) error) error { return lost }, 7, 5, random(2))
	if !errors.Is(err, lost) || p != nil {
		t.Errorf("grew %v, %v", p, err)
	}
}
