package metric

import (
	"math"
	"math/rand/v2"
	"testing"
)

// plainly calls f with the plain loops in the place of vectors.
func plainly(t *testing.T, f func()) {
	t.Helper()
	if !vectors {
		t.Skip("the CPU has no vectors of eight float32")
	}
	vectors = false
	defer func() { vectors = true }()
	f()
}

// randomLine is a row of random numbers from low to high. Its padding is NaN, which must not reach the columns.
func randomLine(rng *rand.Rand, n int, low, high float64) []float32 {
	line := newLine(n)
	for x := range line {
		line[x] = float32(low + (high-low)*rng.Float64())
	}
	for x := range line[n:cap(line)] {
		line[n:cap(line)][x] = float32(math.NaN())
	}
	return line
}

func near(t *testing.T, what string, got, want []float32, most float64) {
	t.Helper()
	for x, v := range want {
		if !(math.Abs(float64(got[x]-v)) <= most) {
			t.Fatalf("%s, column %d of %d: %g with vectors, %g without", what, x, len(want), got[x], v)
		}
	}
}

// Vectors give the results of the plain loops, for every number of columns, and write nothing behind the padding.
func TestWeighAndCombine(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 7, 8, 9, 63, 64, 65, 200} {
		for taps := range 23 {
			rows, weights := make([][]float32, taps+1), make([]float32, taps+1)
			for k := range rows {
				rows[k], weights[k] = randomLine(rng, n, 0, 1), rng.Float32()-0.5
			}
			got, want := make([]float32, padded(n)+1), make([]float32, n)
			got[padded(n)] = 7
			weigh(got[:n], rows, weights)
			plainly(t, func() { weigh(want, rows, weights) })
			near(t, "weigh", got, want, 1e-6)
			other, two := make([]float32, padded(n)+1), make([][2]float32, taps+1)
			other[padded(n)] = 7
			for k, w := range weights {
				two[k] = [2]float32{w, rng.Float32()}
			}
			weighTwice(got[:n], other[:n], rows, two)
			near(t, "weighTwice", got, want, 1e-6)
			plainly(t, func() { weighTwice(make([]float32, n), want, rows, two) })
			near(t, "weighTwice", other, want, 2e-6)
			if got[padded(n)] != 7 || other[padded(n)] != 7 {
				t.Fatalf("%d columns: the one behind the padding has changed", n)
			}
		}
		row := randomLine(rng, padded(n)+2*lanes, -1, 1)
		blurred, plain := newLine(n), newLine(n)
		blur(blurred, row, &windowHalf)
		plainly(t, func() { blur(plain, row, &windowHalf) })
		near(t, "blur", blurred, plain, 1e-6)
		var along [size][]float32
		for i := range along {
			along[i] = row[i:]
		}
		plainly(t, func() { weigh(plain, along[:], window[:]) })
		near(t, "blur", blurred, plain, 1e-6)
		var got, want [moments][]float32
		for k := range moments {
			got[k], want[k] = newLine(n), newLine(n)
		}
		a, b := randomLine(rng, n, 0, 1), randomLine(rng, n, 0, 1)
		combine(&got, a, b)
		plainly(t, func() { combine(&want, a, b) })
		for k := range moments {
			near(t, "combine", got[k], want[k], 0)
		}
	}
}

// Sums of squares and means of neighbours are the same with vectors, for every number of columns.
func TestSquaresAndHalve(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 16))
	for _, n := range []int{1, 7, 8, 17, 40} {
		a, b := randomLine(rng, 2*n, 0, 1), randomLine(rng, 2*n, 0, 1)
		got, want := make([]float32, n+1), make([]float32, n)
		got[n] = 7
		halve(a, b, got[:n])
		found := squares(a[:n], b)
		plainly(t, func() {
			halve(a, b, want)
			if plain := squares(a[:n], b); math.Abs(found-plain) > 1e-12 {
				t.Errorf("%d columns: squares of %g with vectors, %g without", n, found, plain)
			}
		})
		near(t, "halve", got[:n], want, 0)
		if mean := (a[0] + a[1] + b[0] + b[1]) / 4; math.Abs(float64(got[0]-mean)) > 1e-6 || got[n] != 7 {
			t.Errorf("%d columns: %g for a mean of %g, and %g behind them", n, got[0], mean, got[n])
		}
	}
}

// Whole vectors fit into the rows of an observer, wherever its columns end.
func TestRowsOfAnObserverHoldVectors(t *testing.T) {
	for w := range 2 * block {
		for _, left := range []int{0, 3, 50} {
			e := newObserver(1000, 100, left, w+1)
			before := max(filterReach-left, 0)
			if last, room := before+padded(w+1+2*filterReach-before), cap(e.rows[0][0]); last > room {
				t.Fatalf("%d columns from %d: vectors end at %d of %d", w+1, left, last, room)
			}
			if last, room := filterReach-reach+padded(w+1)+2*lanes, cap(e.down[0]); last > room {
				t.Fatalf("%d columns: vectors along x end at %d of %d", w+1, last, room)
			}
		}
	}
}

func TestSimilarityOfRows(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	rows := [moments][]float32{randomLine(rng, 100, 0, 2), randomLine(rng, 100, -1, 1), randomLine(rng, 100, 4, 5), randomLine(rng, 100, 1, 2)}
	for _, part := range [][2]int{{0, 100}, {0, 8}, {3, 30}, {97, 100}, {5, 5}} {
		index, contrast := similarity(&rows, part[0], part[1])
		plainly(t, func() {
			i, c := similarity(&rows, part[0], part[1])
			if math.Abs(index-i) > 1e-5 || math.Abs(contrast-c) > 1e-5 {
				t.Errorf("%v: %g and %g with vectors, %g and %g without", part, index, contrast, i, c)
			}
		})
	}
}

// The vectors convert colours as the tables do, to a hundred-thousandth of the range of L*.
func TestColoursOfRows(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{3, 8, 13, 500} {
		var got, want [3][]float32
		for c := range got {
			got[c], want[c] = randomLine(rng, n, 0, 1), newLine(n)
			copy(got[c], []float32{0, 1, 0.003})
			copy(want[c], got[c])
		}
		opponents(&got, n)
		plainly(t, func() { opponents(&want, n) })
		for c := range got {
			near(t, "opponents", got[c], want[c], 2e-7)
			copy(got[c], want[c])
		}
		perceive(&got)
		plainly(t, func() { perceive(&want) })
		for c := range got {
			near(t, "perceive", got[c], want[c], 1e-3)
		}
	}
}

func TestCompareViews(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	const n = 300
	view := func(share float64) *view {
		v := new(view)
		for c := range v.colour {
			v.colour[c] = randomLine(rng, n, 0, 100*share)
		}
		for i := range v.edge {
			v.edge[i], v.point[i] = randomLine(rng, n, -share, share), randomLine(rng, n, -share, share)
		}
		return v
	}
	for _, share := range []float64{1e-6, 1e-3, 0.1, 0.7, 1} {
		a, b := view(share), view(share)
		got, want := newLine(n), newLine(n)
		compare(got, a, b)
		plainly(t, func() { compare(want, a, b) })
		near(t, "compare", got, want, 3e-6)
		if compare(got, a, a); got[0] != 0 || got[n-1] != 0 {
			t.Errorf("equal views differ by %g", got[0])
		}
	}
}

// All scores are the same without vectors.
func TestScoresWithoutVectors(t *testing.T) {
	a, b := formula(200, 163, 3)
	ssim, multiple, flip := SSIM(a, b), MSSSIM(a, b), FLIP(a, b)
	plainly(t, func() {
		for _, pair := range [][2]float64{{ssim, SSIM(a, b)}, {multiple, MSSSIM(a, b)}, {flip, FLIP(a, b)}} {
			if math.Abs(pair[0]-pair[1]) > 1e-6 {
				t.Errorf("%.9f with vectors, %.9f without", pair[0], pair[1])
			}
		}
	})
}

func TestPolynomial(t *testing.T) {
	for x, want := range map[float64]float64{-1: 5, 0: 1, 2: 29} { // 1 + 2x + 6x²: -1 → 5, 2 → 29
		p := polynomial(func(x float64) float64 { return 1 + 2*x + 6*x*x }, -1, 2, 4)
		got := p[0] + x*(p[1]+x*(p[2]+x*(p[3]+x*p[4])))
		if math.Abs(got-want) > 1e-12 {
			t.Errorf("at %g: %g, want %g", x, got, want)
		}
	}
}

func TestLogarithmAndExponential(t *testing.T) {
	for v := 1e-300; v < 1e4; v *= 1.37 {
		if got, want := logarithm(v), math.Log(v); math.Abs(got-want) > 4e-8 {
			t.Errorf("logarithm of %g: %g, want %g", v, got, want)
		}
		if got, want := exponential(-v), math.Exp(-v); math.Abs(got-want) > 3e-8*want {
			t.Errorf("e to the %g: %g, want %g", -v, got, want)
		}
	}
	if exponential(0) != 1 || exponential(-math.MaxFloat64) != 0 || !math.IsNaN(exponential(math.NaN())) {
		t.Error("exponential of 0, of a very negative number or of NaN")
	}
}
