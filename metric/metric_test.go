package metric

import (
	"math"
	"math/rand/v2"
	"testing"

	"igs/imageio"
	"igs/internal/parallel"
)

func noise(seed uint64, w, h, c int) *imageio.Image {
	rng := rand.New(rand.NewPCG(seed, 7))
	m := imageio.New(w, h, c)
	for i := range m.Pix {
		m.Pix[i] = rng.Float32()
	}
	return m
}

// mixed returns a mixture of a and b. share is the share of b.
func mixed(a, b *imageio.Image, share float32) *imageio.Image {
	m := a.Clone()
	for i := range m.Pix {
		m.Pix[i] += share * (b.Pix[i] - m.Pix[i])
	}
	return m
}

// naiveSSIM computes SSIM by its definition, with 121 weighted samples per pixel and plain variances.
func naiveSSIM(a, b *imageio.Image) float64 {
	var window [11][11]float64
	sum := 0.0
	for i := range window {
		for j := range window {
			window[i][j] = math.Exp(-(math.Pow(float64(i)-5, 2) + math.Pow(float64(j)-5, 2)) / 4.5)
			sum += window[i][j]
		}
	}
	mean := func(y, x int, f func(y, x int) float64) float64 {
		m := 0.0
		for i := range window {
			for j := range window {
				if yy, xx := y+i-5, x+j-5; yy >= 0 && yy < a.H && xx >= 0 && xx < a.W {
					m += window[i][j] / sum * f(yy, xx)
				}
			}
		}
		return m
	}
	all := 0.0
	for c := range a.C {
		fa := func(y, x int) float64 { return float64(a.At(c, y, x)) }
		fb := func(y, x int) float64 { return float64(b.At(c, y, x)) }
		for y := range a.H {
			for x := range a.W {
				ma, mb := mean(y, x, fa), mean(y, x, fb)
				va := mean(y, x, func(y, x int) float64 { return fa(y, x) * fa(y, x) }) - ma*ma
				vb := mean(y, x, func(y, x int) float64 { return fb(y, x) * fb(y, x) }) - mb*mb
				cov := mean(y, x, func(y, x int) float64 { return fa(y, x) * fb(y, x) }) - ma*mb
				all += (2*ma*mb + 0.0001) * (2*cov + 0.0009) / ((ma*ma + mb*mb + 0.0001) * (va + vb + 0.0009))
			}
		}
	}
	return all / float64(a.W*a.H*a.C)
}

// single is the error of SSIM and MS-SSIM in float32.
const single = 5e-7

func TestSSIMAgainstItsDefinition(t *testing.T) {
	for _, s := range [][3]int{{1, 1, 1}, {1, 30, 1}, {30, 1, 3}, {3, 4, 1}, {10, 11, 3}, {23, 17, 3}, {40, 29, 1}} {
		a, b := noise(1, s[0], s[1], s[2]), noise(2, s[0], s[1], s[2])
		for _, share := range []float32{0.05, 0.5, 1, 1.5} { // the last one gives samples outside 0..1
			m := mixed(a, b, share)
			got, want := SSIM(a, m), naiveSSIM(a, m)
			if math.Abs(got-want) > single {
				t.Errorf("%v, share %v: %.15f, the definition gives %.15f", s, share, got, want)
			}
		}
	}
}

func TestSSIMProperties(t *testing.T) {
	a, b := noise(3, 33, 21, 3), noise(4, 33, 21, 3)
	const rounding = 1e-12
	if got := SSIM(a, a); math.Abs(got-1) > rounding {
		t.Errorf("of equal pictures: %v", got)
	}
	if math.Abs(SSIM(a, b)-SSIM(b, a)) > rounding {
		t.Error("not symmetric")
	}
	last := 1.0
	for _, share := range []float32{0.1, 0.3, 0.6, 1} {
		next := SSIM(a, mixed(a, b, share))
		if next >= last {
			t.Errorf("share %v of noise: %v, not below %v", share, next, last)
		}
		last = next
	}
	// For flat black and flat white all variances are 0 in the middle, and the luminance term is c1/(1+c1). Zero
	// padding changes both near the border.
	white, black := imageio.New(64, 64, 1), imageio.New(64, 64, 1)
	for i := range white.Pix {
		white.Pix[i] = 1
	}
	if got := SSIM(white, black); !(got > 0 && got < 2e-4) {
		t.Errorf("black against white: %v", got)
	}
	// Zero padding does not change the SSIM of two equal flat pictures.
	if got := SSIM(white, white.Clone()); math.Abs(got-1) > rounding {
		t.Errorf("white against white: %v", got)
	}
	inverse := a.Clone()
	for i := range inverse.Pix {
		inverse.Pix[i] = 1 - inverse.Pix[i]
	}
	if got := SSIM(a, inverse); got >= 0 {
		t.Errorf("against the negative: %v, want below 0", got)
	}
}

func TestMSEAndPSNR(t *testing.T) {
	a := imageio.New(100, 70, 3)
	b := a.Clone()
	for i := range b.Pix {
		b.Pix[i] = 0.25
	}
	if MSE(a, b) != 0.0625 {
		t.Errorf("MSE = %v", MSE(a, b))
	}
	if got, want := PSNR(a, b), 20*math.Log10(4); math.Abs(got-want) > 1e-12 {
		t.Errorf("PSNR = %v, want %v", got, want)
	}
	if got := PSNR(a, a); !math.IsInf(got, 1) {
		t.Errorf("of equal pictures: %v", got)
	}
	b = a.Clone()
	b.Pix[len(b.Pix)-1] = 3 // samples are not clamped, and the last sample counts
	if got, want := MSE(a, b), 9.0/21000; math.Abs(got-want) > 1e-15 {
		t.Errorf("MSE = %v, want %v", got, want)
	}
	// With more samples than one piece the result equals a plain loop.
	x, y := noise(5, 301, 257, 3), noise(6, 301, 257, 3)
	want := 0.0
	for i := range x.Pix {
		want += math.Pow(float64(x.Pix[i])-float64(y.Pix[i]), 2)
	}
	want /= float64(len(x.Pix))
	if got := MSE(x, y); math.Abs(got-want) > 1e-12 {
		t.Errorf("MSE = %v, want %v", got, want)
	}
}

func TestNoDistanceBetweenUnlikePictures(t *testing.T) {
	a := noise(1, 8, 6, 3)
	for _, b := range []*imageio.Image{noise(1, 6, 8, 3), noise(1, 8, 6, 1), noise(1, 8, 18, 1), imageio.New(0, 0, 3)} {
		if !math.IsNaN(MSE(a, b)) || !math.IsNaN(PSNR(a, b)) || !math.IsNaN(SSIM(a, b)) {
			t.Errorf("8 x 6 x 3 against %d x %d x %d has a distance", b.W, b.H, b.C)
		}
	}
	empty := imageio.New(0, 0, 3)
	if !math.IsNaN(MSE(empty, empty)) || !math.IsNaN(SSIM(empty, empty)) {
		t.Error("no pixels, yet a distance")
	}
}

func TestNaNShows(t *testing.T) {
	a := noise(1, 8, 6, 1)
	b := a.Clone()
	b.Pix[40] = float32(math.NaN())
	if !math.IsNaN(PSNR(a, b)) || !math.IsNaN(SSIM(a, b)) {
		t.Error("a NaN sample went unnoticed")
	}
}

func TestSameOnAnyNumberOfProcessors(t *testing.T) {
	a, b := noise(8, 170, 203, 3), noise(9, 170, 203, 3)
	defer func(n int) { parallel.Workers = n }(parallel.Workers)
	parallel.Workers = 1
	all := func() [4]float64 { return [4]float64{MSE(a, b), SSIM(a, b), MSSSIM(a, b), FLIP(a, b)} }
	one := all()
	for _, parallel.Workers = range []int{2, 3, 7, 64} {
		if many := all(); many != one {
			t.Errorf("%d processors: %v, one: %v", parallel.Workers, many, one)
		}
	}
}

func BenchmarkSSIM(b *testing.B) {
	x, y := noise(1, 1024, 1024, 3), noise(2, 1024, 1024, 3)
	b.SetBytes(int64(len(x.Pix)))
	for b.Loop() {
		SSIM(x, y)
	}
}

func BenchmarkPSNR(b *testing.B) {
	x, y := noise(1, 1024, 1024, 3), noise(2, 1024, 1024, 3)
	b.SetBytes(int64(len(x.Pix)))
	for b.Loop() {
		PSNR(x, y)
	}
}
