package sampling

import (
	"math"
	"math/cmplx"
	"slices"
	"testing"

	"igs/configs"
	"igs/imageio"
)

// salientWeights returns all weights of mode "saliency".
func salientWeights(m, given *imageio.Samples) (all []float32) {
	newSaliency(m, given).weights(func(row []float32) { all = append(all, row...) })
	return all
}

// grey makes a map of 8 bits.
func grey(w, h int, v ...uint8) *imageio.Samples {
	m := imageio.NewSamples(w, h, 1, 8)
	for y := range h {
		copy(m.Row8(0, y), v[y*w:])
	}
	return m
}

// A map is interpolated between the centres of its pixels and constant beyond the outer centres.
func TestSaliencyStretchesAMap(t *testing.T) {
	m := imageio.NewSamples(6, 4, 3, 8)
	got := salientWeights(m, grey(3, 2, 0, 51, 255, 102, 153, 0))
	// By hand along each axis: the second pixel has the weights ¼ and ¾ on the two sides of a centre.
	above := []float64{0, 0.05, 0.15, 0.4, 0.8, 1}
	below := []float64{0.4, 0.45, 0.55, 0.45, 0.15, 0}
	for i, v := range got {
		share := []float64{0, 0.25, 0.75, 1}[i/6]
		if want := above[i%6] + share*(below[i%6]-above[i%6]); math.Abs(float64(v)-want) > 1e-6 {
			t.Errorf("row %d, column %d: %v, want %v", i/6, i%6, v, want)
		}
	}
	same := grey(2, 2, 1, 2, 3, 4)
	if got := salientWeights(imageio.NewSamples(2, 2, 1, 8), same); !slices.Equal(got, same.Image().Pix) {
		t.Errorf("a map of the size of the picture becomes %v", got)
	}
	if got := salientWeights(imageio.NewSamples(1, 1, 1, 8), same); math.Abs(float64(got[0])-2.5/255) > 1e-7 {
		t.Errorf("one pixel of it weighs %v", got)
	}
}

func TestSaliencyMapIsTheMeanOfChannels(t *testing.T) {
	m := imageio.NewSamples(2, 1, 3, 8)
	m.Row8(0, 0)[0], m.Row8(1, 0)[0], m.Row8(2, 0)[0] = 30, 60, 120
	m.Row8(2, 0)[1] = 255
	got := SaliencyMap(m)
	if want := []uint16{70 * 257, 85 * 257}; got.C != 1 || !slices.Equal(got.Row16(0, 0), want) {
		t.Errorf("%d channels, %v, want %v", got.C, got.Row16(0, 0), want)
	}
	if one := grey(1, 1, 9); SaliencyMap(one) != one {
		t.Error("a grey picture became another")
	}
}

// blob is a flat picture with a bright disc.
func blob(w, h, x, y, r int) *imageio.Samples {
	m := imageio.NewSamples(w, h, 3, 8)
	for c := range 3 {
		for i := range w * h {
			m.Row8(c, i/w)[i%w] = 60
			if dx, dy := i%w-x, i/w-y; dx*dx+dy*dy <= r*r {
				m.Row8(c, i/w)[i%w] = uint8(250 - 40*c)
			}
		}
	}
	return m
}

// near counts the splats with a centre less than r px from (x, y).
func near(m *imageio.Samples, in configs.Init, given *imageio.Samples, n int, x, y, r float64) (count int) {
	p := Seed(m, n, in, given, random(4))
	for i := range p.N {
		if math.Hypot(float64(p.XY[2*i])*float64(m.W)-x, float64(p.XY[2*i+1])*float64(m.H)-y) < r {
			count++
		}
	}
	return count
}

// With the built-in map the guided share lies on the salient disc, at any position.
func TestSeedSplatsFollowSaliency(t *testing.T) {
	in := configs.Init{Mode: "saliency", RandomRatio: 0.3, Scale: 5}
	for _, c := range []struct{ w, h, x, y, r int }{{256, 128, 60, 70, 12}, {100, 200, 70, 150, 10}, {90, 70, 40, 22, 8}} {
		m := blob(c.w, c.h, c.x, c.y, c.r)
		reach := 3.5 * float64(c.r)
		area := math.Pi * reach * reach / float64(c.w*c.h)
		got := float64(near(m, in, nil, 200, float64(c.x), float64(c.y), reach)) / 200
		if want := 0.7 + 0.3*area; math.Abs(got-want) > 0.1 {
			t.Errorf("%+v: %.2f of the splats on the blob, want about %.2f", c, got, want)
		}
	}
}

// Where a user's map is black, only the uniform share has splats.
func TestSeedSplatsFollowAMap(t *testing.T) {
	m := noisy(60, 40, 3)
	half := imageio.NewSamples(30, 20, 1, 8)
	for y := range 20 {
		for x := 15; x < 30; x++ {
			half.Row8(0, y)[x] = 200
		}
	}
	left := func(ratio float64) (count int) {
		p := Seed(m, 400, configs.Init{Mode: "saliency", RandomRatio: ratio, Scale: 5}, half, random(5))
		for i := range p.N {
			if p.XY[2*i]*60 < 29 { // the next column is interpolated between black and white
				count++
			}
		}
		return count
	}
	if n := left(0); n != 0 {
		t.Errorf("%d splats on black", n)
	}
	if n := left(0.5); n < 70 || n > 125 { // 200 splats are uniform, 97 ± 7 of them lie here
		t.Errorf("%d splats on black, half of 400 uniform", n)
	}
}

// Draws are in proportion to the map, not to its square.
func TestSaliencyWeighsInProportion(t *testing.T) {
	m := imageio.NewSamples(200, 200, 1, 8)
	given := imageio.NewSamples(200, 200, 1, 8)
	for y := range 200 {
		for x := range 200 {
			given.Row8(0, y)[x] = uint8(50 + 150*(x/100))
		}
	}
	p := Seed(m, 2000, configs.Init{Mode: "saliency", Scale: 5}, given, random(6))
	right := 0
	for i := range p.N {
		if p.XY[2*i] > 0.5 {
			right++
		}
	}
	if right < 1540 || right > 1640 { // a share of 200/250 is 1600 ± 18; squares would give 1882
		t.Errorf("%d of 2000 on the brighter half", right)
	}
}

// naiveResidual computes the spectral residual by sums over all pixels instead of an FFT.
func naiveResidual(m *imageio.Image) []float64 {
	w, h := m.W, m.H
	wave := func(sign float64, v []complex128) []complex128 {
		out := make([]complex128, w*h)
		for k := range out {
			for i, c := range v {
				angle := 2 * math.Pi * (float64(k%w*(i%w))/float64(w) + float64(k/w*(i/w))/float64(h))
				out[k] += c * cmplx.Rect(1, sign*angle)
			}
		}
		return out
	}
	v := make([]complex128, w*h)
	for i := range v {
		for c := range m.C {
			v[i] += complex(float64(m.Plane(c)[i])/float64(m.C), 0)
		}
	}
	v = wave(-1, v)
	logs := func(x, y int) float64 { return math.Log(cmplx.Abs(v[(y+h)%h*w+(x+w)%w]) + float64(w*h)/255000) }
	out := make([]complex128, w*h)
	for i := range out {
		x, y, mean := i%w, i/w, 0.0
		for j := range 9 {
			mean += logs(x+j%3-1, y+j/3-1) / 9
		}
		out[i] = v[i] / complex(math.Exp(logs(x, y)), 0) * complex(math.Exp(logs(x, y)-mean), 0)
	}
	out = wave(1, out)
	blurred, greatest := make([]float64, w*h), 0.0
	for i := range blurred {
		sum := 0.0
		for dy := -8; dy <= 8; dy++ {
			for dx := -8; dx <= 8; dx++ {
				at := min(max(i/w+dy, 0), h-1)*w + min(max(i%w+dx, 0), w-1)
				weight := math.Exp(-float64(dx*dx+dy*dy) / 12.5)
				sum, blurred[i] = sum+weight, blurred[i]+weight*math.Pow(cmplx.Abs(out[at]), 2)
			}
		}
		blurred[i] /= sum
		greatest = math.Max(greatest, blurred[i])
	}
	for i := range blurred {
		blurred[i] /= greatest
	}
	return blurred
}

func TestSpectralResidualAgainstItsDefinition(t *testing.T) {
	for _, s := range [][3]int{{1, 1, 1}, {24, 1, 1}, {2, 17, 3}, {31, 22, 3}} {
		m := noisy(s[0], s[1], s[2])
		got, want := spectralResidual(m).Image(), naiveResidual(m.Image())
		for i, v := range want {
			if math.Abs(float64(got.Pix[i])-v) > 1e-5 { // a step is 1.5e-5
				t.Fatalf("%v: pixel %d is %v, the definition gives %v", s, i, got.Pix[i], v)
			}
		}
	}
}

// The map of a flat picture does not show the rounding noise of the transform. The transforms of a very long picture
// have a limited length.
func TestSpectralResidualAtTheEnds(t *testing.T) {
	flat := imageio.NewSamples(130, 70, 3, 8)
	if got := slices.Max(salientWeights(flat, nil)); got != 0 {
		t.Errorf("black weighs %v", got)
	}
	for c := range 3 {
		for y := range 70 {
			for x := range 130 {
				flat.Row8(c, y)[x] = 77
			}
		}
	}
	if got := slices.Min(salientWeights(flat, nil)); got < 0.999 {
		t.Errorf("a flat picture weighs 1 here and %v there", got)
	}
	for _, s := range [][4]int{{1, 1, 1, 1}, {5000, 3, 1024, 3}, {70, 9000, 64, 1024}, {400, 200, 128, 64}, {30, 20, 30, 20}} {
		if m := spectralResidual(noisy(s[0], s[1], 1)); m.W != s[2] || m.H != s[3] {
			t.Errorf("%d x %d px: a spectrum of %d x %d", s[0], s[1], m.W, m.H)
		}
	}
}

// These maps are the same on every machine. If they change, the results of runs with mode "saliency" change.
func TestSpectralResidualIsFixed(t *testing.T) {
	m := spectralResidual(blob(256, 128, 60, 70, 12))
	sum := 0
	for y := range m.H {
		for x, v := range m.Row16(0, y) {
			sum += int(v) * (x + 3*y + 1)
		}
	}
	const want = 1852628754
	if sum != want {
		t.Errorf("the map sums to %d, want %d", sum, want)
	}
}

func TestSaliencyRowsShowTheMap(t *testing.T) {
	m := noisy(40, 30, 3)
	for _, given := range []*imageio.Samples{nil, grey(2, 1, 10, 200)} {
		row, want := SaliencyRows(m, given), salientWeights(m, given)
		for y := range 30 {
			line := make([]float32, 40)
			if err := row(y, [][]float32{line}); err != nil || !slices.Equal(line, want[y*40:(y+1)*40]) {
				t.Fatalf("row %d: %v, %v, want %v", y, err, line, want[y*40:(y+1)*40])
			}
		}
	}
}
