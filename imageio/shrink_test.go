package imageio

import (
	"math"
	"testing"
)

// mean is the definition: the mean of m over a rectangle, with fractions of pixels.
func mean(m *Image, c int, x0, y0, x1, y1 float64) float64 {
	sum := 0.0
	for y := range m.H {
		for x := range m.W {
			w := min(float64(x+1), x1) - max(float64(x), x0)
			h := min(float64(y+1), y1) - max(float64(y), y0)
			if w > 0 && h > 0 {
				sum += w * h * float64(m.At(c, y, x))
			}
		}
	}
	return sum / ((x1 - x0) * (y1 - y0))
}

func TestShrinkIsTheMeanOfWhatAPixelCovers(t *testing.T) {
	m := New(23, 17, 3)
	for i := range m.Pix {
		m.Pix[i] = float32(i*i%97) / 96
	}
	m.Layers = []Layer{{"a", 3, 8, 0, 1, false}}
	for _, ratio := range []float64{1.01, 1.5, 2, 2.3, 3, 7.9, 16, 100} {
		s := m.Shrink(ratio)
		w, h := max(1, int(math.Round(23/ratio))), max(1, int(math.Round(17/ratio)))
		if s.W != w || s.H != h || s.C != 3 || len(s.Pix) != 3*w*h || len(s.Layers) != 1 {
			t.Fatalf("ratio %g: %d x %d x %d", ratio, s.W, s.H, s.C)
		}
		for i, v := range s.Pix {
			c, y, x := i/(w*h), i/w%h, i%w
			fx, fy := 23/float64(w), 17/float64(h)
			want := mean(m, c, float64(x)*fx, float64(y)*fy, float64(x+1)*fx, float64(y+1)*fy)
			if math.Abs(float64(v)-want) > 1e-6 {
				t.Fatalf("ratio %g, channel %d, row %d, column %d: %v, want %v", ratio, c, y, x, v, want)
			}
		}
	}
	for _, ratio := range []float64{1, 0, -3, math.NaN()} {
		if s := m.Shrink(ratio); s.W != 23 || s.H != 17 || &s.Pix[0] == &m.Pix[0] {
			t.Errorf("ratio %g: %d x %d", ratio, s.W, s.H)
		}
	}
}

// ReadTarget gives the same result row by row.
func TestTargetIsShrunk(t *testing.T) {
	m := New(23, 17, 3)
	for i := range m.Pix {
		m.Pix[i] = float32(i*i%97) / 96
	}
	m = m.Samples(8).Image()
	path := t.TempDir() + "/a.png"
	if err := WritePNG(path, m, 8); err != nil {
		t.Fatal(err)
	}
	s, err := ReadTarget(path, Options{Downsample: 2.3})
	if err != nil {
		t.Fatal(err)
	}
	want := m.Shrink(2.3).Samples(16)
	if s.W != want.W || s.H != want.H || s.Depth != 16 {
		t.Fatalf("%d x %d of %d bits", s.W, s.H, s.Depth)
	}
	for i, v := range s.words {
		if v != want.words[i] {
			t.Fatalf("sample %d is %d, want %d", i, v, want.words[i])
		}
	}
}
