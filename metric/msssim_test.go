package metric

import (
	"math"
	"testing"

	"igs/imageio"
)

// formula returns a picture of waves, and the same picture with noise and a pattern. Both are defined by exact
// integers, so that other programs can make them:
//
//	a = (x² + 3y² + xy + 900c) / 64 mod 256
//	b = clip(a + 2·((31x + 17y + 5c) mod 23 − 11) + 9(c+1)·((x/16 + y/16) mod 2), 0, 255)
//
// x, y and c count from 0, and division rounds down. Both results are divided by 255.
func formula(w, h, c int) (a, b *imageio.Image) {
	a, b = imageio.New(w, h, c), imageio.New(w, h, c)
	for i := range a.Pix {
		x, y, c := i%w, i/w%h, i/w/h
		v := (x*x + 3*y*y + x*y + 900*c) / 64 % 256
		a.Pix[i] = float32(v) / 255
		v += 2*((31*x+17*y+5*c)%23-11) + 9*(c+1)*((x/16+y/16)%2)
		b.Pix[i] = float32(min(max(v, 0), 255)) / 255
	}
	return a, b
}

// The expected values come from an independent Python program in float64: scipy.signal.convolve2d(mode='valid') with a
// window of 11 × 11, and numpy.pad with side%2 zeros before means of 2 × 2. The same with torch in float32, with conv2d
// and avg_pool2d(2, padding=side%2) as in pytorch_msssim, agrees to 1e-6.
func TestMSSSIMAgainstOthers(t *testing.T) {
	for _, c := range []struct {
		w, h, c int
		want    float64
	}{
		{161, 161, 1, 0.9769405658200776},
		{177, 163, 3, 0.9658912634293485},
		{200, 176, 3, 0.9643550248011348},
	} {
		a, b := formula(c.w, c.h, c.c)
		if got := MSSSIM(a, b); math.Abs(got-c.want) > single {
			t.Errorf("%d x %d x %d: %.12f, want %.12f", c.w, c.h, c.c, got, c.want)
		}
	}
}

// naiveMSSSIM computes MS-SSIM by its definition, with 121 weighted samples per window and every scale as a whole
// picture.
func naiveMSSSIM(a, b *imageio.Image) float64 {
	all := 0.0
	for c := range a.C {
		one := func(m *imageio.Image) *imageio.Image {
			return &imageio.Image{W: m.W, H: m.H, C: 1, Pix: m.Plane(c)}
		}
		x, y, product := one(a), one(b), 1.0
		for i, weight := range []float64{0.0448, 0.2856, 0.3001, 0.2363, 0.1333} {
			structure, luminance := naiveTerms(x, y)
			mean := 0.0
			for j := range structure {
				if i == 4 {
					structure[j] *= luminance[j]
				}
				mean += structure[j] / float64(len(structure))
			}
			product *= math.Pow(math.Max(mean, 0), weight)
			x, y = naiveHalf(x), naiveHalf(y)
		}
		all += product / float64(a.C)
	}
	return all
}

func naiveTerms(a, b *imageio.Image) (structure, luminance []float64) {
	var weights [11][11]float64
	for j := range weights {
		for i := range weights {
			weights[j][i] = math.Exp(-float64((i-5)*(i-5)+(j-5)*(j-5)) / 4.5)
		}
	}
	for y := 5; y < a.H-5; y++ {
		for x := 5; x < a.W-5; x++ {
			var sum, ma, mb, aa, bb, ab float64
			for j := -5; j <= 5; j++ {
				for i := -5; i <= 5; i++ {
					w := weights[j+5][i+5]
					u, v := float64(a.At(0, y+j, x+i)), float64(b.At(0, y+j, x+i))
					sum, ma, mb, aa, bb, ab = sum+w, ma+w*u, mb+w*v, aa+w*u*u, bb+w*v*v, ab+w*u*v
				}
			}
			ma, mb = ma/sum, mb/sum
			variances := aa/sum - ma*ma + bb/sum - mb*mb
			structure = append(structure, (2*(ab/sum-ma*mb)+0.0009)/(variances+0.0009))
			luminance = append(luminance, (2*ma*mb+0.0001)/(ma*ma+mb*mb+0.0001))
		}
	}
	return structure, luminance
}

// naiveHalf returns the picture at half the size, as means of 2 × 2 samples.
func naiveHalf(m *imageio.Image) *imageio.Image {
	out := imageio.New((m.W+1)/2, (m.H+1)/2, 1)
	sums := make([]float64, len(out.Pix))
	for y := range m.H {
		for x := range m.W {
			sums[(y+m.H%2)/2*out.W+(x+m.W%2)/2] += float64(m.At(0, y, x)) / 4
		}
	}
	for i, s := range sums {
		out.Pix[i] = float32(s)
	}
	return out
}

func TestMSSSIMAgainstItsDefinition(t *testing.T) {
	for _, s := range [][3]int{{161, 162, 1}, {183, 165, 3}} {
		a, b := noise(1, s[0], s[1], s[2]), noise(2, s[0], s[1], s[2])
		for _, share := range []float32{0.05, 0.5} {
			m := mixed(a, b, share)
			if got, want := MSSSIM(a, m), naiveMSSSIM(a, m); math.Abs(got-want) > single {
				t.Errorf("%v, share %v: %.15f, the definition gives %.15f", s, share, got, want)
			}
		}
	}
}

func TestMSSSIMProperties(t *testing.T) {
	a, b := noise(3, 170, 161, 3), noise(4, 170, 161, 3)
	if got := MSSSIM(a, a); math.Abs(got-1) > 1e-9 {
		t.Errorf("of equal pictures: %v", got)
	}
	inverse := a.Clone()
	for i := range inverse.Pix {
		inverse.Pix[i] = 1 - inverse.Pix[i]
	}
	if got := MSSSIM(a, inverse); got != 0 { // the contrast term is negative at some scale
		t.Errorf("against the negative: %v", got)
	}
	if weak, strong := MSSSIM(a, mixed(a, b, 0.1)), MSSSIM(a, mixed(a, b, 0.4)); !(strong < weak && weak < 1) {
		t.Errorf("little noise gives %v, more %v", weak, strong)
	}
	b.Pix[5000] = float32(math.NaN())
	if !math.IsNaN(MSSSIM(a, b)) {
		t.Error("a NaN sample went unnoticed")
	}
}

// A side of 161 px has one window at the coarsest scale. A side of 160 px has none.
func TestMSSSIMNeedsRoom(t *testing.T) {
	for _, s := range [][2]int{{160, 300}, {300, 160}, {1, 1}} {
		if a := noise(1, s[0], s[1], 1); !math.IsNaN(MSSSIM(a, a)) {
			t.Errorf("%v: there is one", s)
		}
	}
	if a := noise(1, 161, 300, 1); math.IsNaN(MSSSIM(a, a)) {
		t.Error("161 x 300: there is none")
	}
	if !math.IsNaN(MSSSIM(noise(1, 200, 170, 1), noise(1, 170, 200, 1))) {
		t.Error("of unlike pictures: there is one")
	}
}

func BenchmarkMSSSIM(b *testing.B) {
	x, y := noise(1, 1024, 1024, 3), noise(2, 1024, 1024, 3)
	b.SetBytes(int64(len(x.Pix)))
	for b.Loop() {
		MSSSIM(x, y)
	}
}
