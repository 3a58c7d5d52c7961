package sampling

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestHilbertCurve(t *testing.T) {
	if first, last := hilbert[0], hilbert[hilbertArea-1]; first != (spot{0, 0}) || last != (spot{hilbertSide - 1, 0}) {
		t.Errorf("from %v to %v, want from the top left to the top right", first, last)
	}
	for i, at := range hilbert {
		if int(onHilbert[int(at.y)*hilbertSide+int(at.x)]) != i {
			t.Fatalf("pixel %v is not at its place %d", at, i)
		}
		if i > 0 {
			dx, dy := int(at.x)-int(hilbert[i-1].x), int(at.y)-int(hilbert[i-1].y)
			if dx*dx+dy*dy != 1 {
				t.Fatalf("step %d goes from %v to %v", i, hilbert[i-1], at)
			}
		}
	}
}

// unruly returns weights of all magnitudes, some of which are not valid.
func unruly(n int, rng *rand.Rand) []float32 {
	w := make([]float32, n)
	for i := range w {
		w[i] = float32(rng.ExpFloat64())
		switch rng.IntN(30) {
		case 0:
			w[i] = float32(math.NaN())
		case 1:
			w[i] = float32(math.Inf(1))
		case 2:
			w[i] = -w[i]
		case 3:
			w[i] = 0
		}
	}
	return w
}

// Over many random phases each pixel is picked in proportion to its weight. The picture is larger than a square of the
// curve in both directions.
func TestSystematicFollowsTheWeights(t *testing.T) {
	const width, height, n, rounds = 150, 140, 1800, 600
	rng := random(1)
	w := unruly(width*height, rng)
	total := func() (sum float64) {
		for _, v := range w {
			if v > 0 && !math.IsInf(float64(v), 0) {
				sum += float64(v)
			}
		}
		return sum
	}
	w[5000] = float32(total() * 1.7 / n) // expects more than one pick
	sum := total()
	missing := n*float64(w[5000])/sum - 1
	hits := make([]int, width*height)
	for range rounds {
		picks := Systematic(rng, walk(w), n, width, height)
		if len(picks) != n {
			t.Fatalf("%d picks, want %d", len(picks), n)
		}
		distinct(t, picks, width*height)
		for _, i := range picks {
			hits[i]++
		}
	}
	for i, v := range w {
		p := 0.0
		if v > 0 && !math.IsInf(float64(v), 0) {
			p = min(1, n*float64(v)/sum)
		}
		p += (1 - p) * missing / (width * height)
		if sigma := math.Sqrt(rounds * p * (1 - p)); math.Abs(float64(hits[i])-rounds*p) > 5*sigma+4 {
			t.Errorf("pixel %d of weight %v was picked %d times, want %.0f ± %.0f", i, v, hits[i], rounds*p, sigma)
		}
	}
}

// With equal weights every block of 16 × 16 px gets 4 ± 1 picks. Independent draws would have a variance of 4.
func TestSystematicIsStratified(t *testing.T) {
	const side, n = 256, 256 * 256 / 64
	picks := Systematic(random(2), walk(slices.Repeat([]float32{0.3}, side*side)), n, side, side)
	var counts [256]float64
	for _, i := range picks {
		counts[i/side/16*16+i%side/16]++
	}
	variance := 0.0
	for _, c := range counts {
		variance += (c - 4) * (c - 4) / 256
	}
	if len(picks) != n || variance > 0.5 {
		t.Errorf("%d picks, variance %.2f in blocks", len(picks), variance)
	}
}

// A pixel is picked at most once. The picks above this limit go to all other pixels evenly.
func TestSystematicSpreadsWhatIsMissing(t *testing.T) {
	const width, height, n, rounds = 20, 10, 40, 4000
	w := slices.Repeat([]float32{1e-3}, width*height)
	w[57] = 1e6
	rng := random(3)
	hits := make([]int, width*height)
	for range rounds {
		picks := Systematic(rng, walk(w), n, width, height)
		if len(picks) != n {
			t.Fatalf("%d picks", len(picks))
		}
		distinct(t, picks, width*height)
		if !slices.IsSortedFunc(picks, func(a, b int) int { return onCurve(a, width) - onCurve(b, width) }) {
			t.Fatal("picks are not in the order of the curve")
		}
		for _, i := range picks {
			hits[i]++
		}
	}
	for i, h := range hits { // 39 picks over 199 pixels: 784 ± 25
		if want := 4000.0 * 39 / 199; i != 57 && math.Abs(float64(h)-want) > 5.5*25 || i == 57 && h != rounds {
			t.Errorf("pixel %d: %d times", i, h)
		}
	}
}

func TestCompleteDropsSurplusAtRandom(t *testing.T) {
	rng := random(4)
	var hits [10]int
	for range 10000 {
		picks := complete(rng, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 7, [2]int{128, 1})
		if len(picks) != 7 || !slices.IsSorted(picks) {
			t.Fatalf("picks %v", picks)
		}
		for _, i := range picks {
			hits[i]++
		}
	}
	for i, h := range hits {
		if math.Abs(float64(h)-7000) > 5*46 {
			t.Errorf("pick %d was kept %d times of 10000", i, h)
		}
	}
}

// For all weights, Systematic returns n pixels, and none twice unless there are fewer than n.
func TestSystematicAtTheEnds(t *testing.T) {
	nan := float32(math.NaN())
	for _, size := range [][2]int{{1, 1}, {3, 2}, {200, 3}, {2, 300}, {129, 129}} {
		pixels := size[0] * size[1]
		for _, weight := range []float32{0, 1, nan, -1, float32(math.Inf(1)), math.MaxFloat32, math.SmallestNonzeroFloat32} {
			for _, n := range []int{0, 1, pixels - 1, pixels, pixels + 5, 3 * pixels} {
				picks := Systematic(random(5), walk(slices.Repeat([]float32{weight}, pixels)), n, size[0], size[1])
				if len(picks) != n {
					t.Fatalf("%v, weight %v: %d picks, want %d", size, weight, len(picks), n)
				}
				once := slices.Compact(slices.Sorted(slices.Values(picks)))
				if len(once) != min(n, pixels) || n > 0 && (once[0] < 0 || once[len(once)-1] >= pixels) {
					t.Fatalf("%v, weight %v: %d pixels of %d picks", size, weight, len(once), n)
				}
			}
		}
	}
	// Weights that end early, as those of a failed render do, still give n picks. Weights beyond the picture do not
	// count.
	if picks := Systematic(random(6), walk(slices.Repeat([]float32{1}, 40)), 20, 5, 5); len(picks) != 20 || slices.Max(picks) >= 25 {
		t.Errorf("picks %v of a long walk", picks)
	}
	if picks := Systematic(random(6), walk([]float32{1, 2, 3}), 4, 5, 5); len(picks) != 4 {
		t.Errorf("%d picks of a short walk", len(picks))
	}
}

// The picks are the same on every machine and for every length of rows.
func TestSystematicIsFixed(t *testing.T) {
	w := unruly(150*140, random(7))
	whole := func(take func(row []float32)) { take(slices.Clone(w)) }
	picks := Systematic(random(8), walk(w), 500, 150, 140)
	if !slices.Equal(picks, Systematic(random(8), whole, 500, 150, 140)) {
		t.Error("picks depend on how rows are cut")
	}
	if slices.Equal(picks, Systematic(random(9), walk(w), 500, 150, 140)) {
		t.Error("picks do not depend on the phase")
	}
	places := make([]int32, len(picks))
	for i, p := range picks {
		places[i] = int32(p)
	}
	if got, want := hashOf(places), "f12400d4ee0e0355"; got != want {
		t.Errorf("picks have the hash %s, want %s", got, want)
	}
}

func TestPowered(t *testing.T) {
	nan, e := float32(math.NaN()), []float32{0, 0.25, 2, -1, 9}
	for power, want := range map[float64][]float32{1.5: {0, 0.125, 2.828427, 0, 27}, 2: {0, 0.0625, 4, 0, 81}, 1: {0, 0.25, 2, 0, 9}, 0.5: {0, 0.5, 1.4142135, 0, 3}} {
		var got []float32
		Powered(walk(append(slices.Clone(e), nan)), power)(func(row []float32) { got = append(got, row...) })
		if !slices.Equal(got, append(want, 0)) {
			t.Errorf("power %v: %v, want %v", power, got, want)
		}
	}
}

func benchmarkSystematic(b *testing.B, width, height, n int) {
	w, rng := make([]float32, width*height), random(10)
	for i := range w {
		w[i] = float32(rng.Float64() * rng.Float64())
	}
	rows := func(take func(row []float32)) {
		for row := range slices.Chunk(w, width) {
			take(row)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		Systematic(rng, rows, n, width, height)
	}
}

func BenchmarkSystematic(b *testing.B)   { benchmarkSystematic(b, 768, 512, 3000) }
func BenchmarkSystematic8K(b *testing.B) { benchmarkSystematic(b, 7680, 4320, 15000) }
