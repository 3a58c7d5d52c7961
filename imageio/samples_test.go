package imageio

import (
	"image/color"
	"math"
	"path/filepath"
	"slices"
	"testing"
)

func TestSamplesKeepEveryStep(t *testing.T) {
	for _, depth := range []int{8, 16} {
		top := 1<<depth - 1
		s := NewSamples(256, 1<<depth/256, 1, depth)
		for i := range s.Pixels() {
			if depth == 8 {
				s.Row8(0, i/256)[i%256] = uint8(i)
			} else {
				s.Row16(0, i/256)[i%256] = uint16(i)
			}
		}
		row := make([]float32, 300)
		m := s.Image()
		for i := range s.Pixels() {
			want := float32(i) / float32(top)
			y, x := i/256, i%256
			if got := s.At(0, y, x); got != want || m.At(0, y, x) != want || s.Row(0, y, row)[x] != want {
				t.Fatalf("depth %d, step %d: %v, %v, %v, want %v", depth, i, got, m.At(0, y, x), row[x], want)
			}
		}
		if m.Depth != depth || len(s.Row(0, 0, row)) != 256 {
			t.Errorf("depth %d became %d", depth, m.Depth)
		}
		again := m.Samples(depth)
		if !slices.Equal(again.bytes, s.bytes) || !slices.Equal(again.words, s.words) {
			t.Errorf("depth %d: not the same after float32", depth)
		}
	}
}

func TestSamplesLayout(t *testing.T) {
	m := New(3, 2, 3)
	m.Notes = []string{"a"}
	for i := range m.Pix {
		m.Pix[i] = float32(i) / 255
	}
	for _, depth := range []int{8, 16} {
		s := m.Samples(depth)
		if s.W != 3 || s.H != 2 || s.C != 3 || s.Depth != depth || s.Pixels() != 6 || !slices.Equal(s.Notes, m.Notes) {
			t.Fatalf("%+v", s)
		}
		for c := range 3 {
			for y := range 2 {
				for x := range 3 {
					if s.At(c, y, x) != m.At(c, y, x) {
						t.Errorf("depth %d: channel %d, row %d, column %d is %v, want %v", depth, c, y, x, s.At(c, y, x), m.At(c, y, x))
					}
				}
			}
		}
	}
	if s := m.Samples(8); cap(s.Row8(1, 1)) != 3 || s.Row8(1, 1)[2] != 11 {
		t.Errorf("row %v of capacity %d", s.Row8(1, 1), cap(s.Row8(1, 1)))
	}
}

// Halves are rounded away from zero, values outside 0..1 are clamped, and NaN is black. The kernels do the same with a
// target.
func TestSamplesAreRounded(t *testing.T) {
	inf := float32(math.Inf(1))
	m := New(9, 1, 1)
	m.Pix = []float32{-1, 2, inf, -inf, inf - inf, 0.5, 1.4e-45, 0.9999999, 100.4 / 255}
	if got := m.Samples(8).Row8(0, 0); !slices.Equal(got, []uint8{0, 255, 255, 0, 0, 128, 0, 255, 100}) {
		t.Errorf("8 bits: %v", got)
	}
	if got := m.Samples(16).Row16(0, 0); !slices.Equal(got, []uint16{0, 65535, 65535, 0, 0, 32768, 0, 65535, 25803}) {
		t.Errorf("16 bits: %v", got)
	}
}

// Reading gives the samples that the file stores, in both depths.
func TestReadSamples(t *testing.T) {
	for _, depth := range []int{8, 16} {
		s := NewSamples(7, 5, 3, depth)
		for i := range s.bytes {
			s.bytes[i] = uint8(i * 37)
		}
		for i := range s.words {
			s.words[i] = uint16(i * 8191)
		}
		path := filepath.Join(t.TempDir(), "out.png")
		if err := WritePNG(path, s.Image(), depth); err != nil {
			t.Fatal(err)
		}
		got, err := ReadSamples(path)
		if err != nil {
			t.Fatal(err)
		}
		if got.W != 7 || got.H != 5 || got.C != 3 || got.Depth != depth || !slices.Equal(got.bytes, s.bytes) || !slices.Equal(got.words, s.words) {
			t.Errorf("depth %d read back as %d x %d x %d of %d bits, other samples", depth, got.W, got.H, got.C, got.Depth)
		}
	}
}

// A stack is shown as its first picture: three grey pictures are not red, green and blue.
func TestPictureOfAStack(t *testing.T) {
	s := NewSamples(1, 1, 3, 8)
	copy(s.bytes, []uint8{64, 128, 255})
	for _, k := range []struct {
		channels []int
		gamma    float64
		want     color.RGBA
	}{
		{nil, 1, color.RGBA{64, 128, 255, 255}}, {[]int{3}, 1, color.RGBA{64, 128, 255, 255}}, {[]int{1, 1, 1}, 1, color.RGBA{64, 64, 64, 255}},
		{[]int{1, 1, 1}, 0.5, color.RGBA{16, 16, 16, 255}}, {[]int{3}, 0.5, color.RGBA{16, 64, 255, 255}},
	} {
		s.Layers = nil
		for _, c := range k.channels {
			s.Layers = append(s.Layers, Layer{C: c})
		}
		if got := s.Picture(k.gamma).At(0, 0); got != k.want {
			t.Errorf("pictures of %d channels, gamma %g: %v, want %v", k.channels, k.gamma, got, k.want)
		}
	}
}
