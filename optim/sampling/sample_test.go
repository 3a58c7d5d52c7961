package sampling

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func random(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

// walk returns Weights with rows of three.
func walk(w []float32) Weights {
	return func(take func(row []float32)) {
		for row := range slices.Chunk(slices.Clone(w), 3) {
			take(row)
		}
	}
}

// distinct fails the test for repeated picks and for picks outside 0 … pop-1.
func distinct(t *testing.T, picks []int, pop int) {
	t.Helper()
	seen := make(map[int]bool, len(picks))
	for _, i := range picks {
		if i < 0 || i >= pop || seen[i] {
			t.Fatalf("pick %d of %d: outside or twice", i, pop)
		}
		seen[i] = true
	}
}

func TestDrawUniform(t *testing.T) {
	const pop, n, rounds = 12, 5, 30000
	rng := random(1)
	var at [n][pop]int
	for range rounds {
		picks := drawUniform(rng, pop, n)
		if len(picks) != n {
			t.Fatalf("%d picks", len(picks))
		}
		distinct(t, picks, pop)
		for k, i := range picks {
			at[k][i]++
		}
	}
	// Every index is equally likely at every position of the draw: mean 2500, σ 48.
	for k := range at {
		for i, hits := range at[k] {
			if math.Abs(float64(hits)-rounds/pop) > 5*48 {
				t.Errorf("index %d came %d times at place %d, expected %d", i, hits, k, rounds/pop)
			}
		}
	}
}

func TestDrawUniformAtTheEnds(t *testing.T) {
	rng := random(2)
	for _, c := range [][3]int{{10, 10, 10}, {10, 25, 10}, {10, 0, 0}, {0, 3, 0}, {1, 1, 1}} {
		picks := drawUniform(rng, c[0], c[1])
		if len(picks) != c[2] {
			t.Errorf("%d of %d gave %d", c[1], c[0], len(picks))
		}
		distinct(t, picks, c[0])
	}
}

// The probabilities of the first and the second pick are known from successive draws.
func TestDrawWeightedFollowsTheWeights(t *testing.T) {
	w := []float32{5, 1, 0, 3, 0.5, 2.5, -1, float32(math.NaN())}
	const rounds = 200000
	rng := random(3)
	var first, second [8]float64
	for range rounds {
		picks := drawWeighted(rng, walk(w), 2)
		first[picks[0]]++
		second[picks[1]]++
	}
	total := 12.0
	for i := range w {
		p1, p2 := 0.0, 0.0
		if w[i] > 0 {
			p1 = float64(w[i]) / total
			for j := range w {
				if j != i && w[j] > 0 {
					p2 += float64(w[j]) / total * float64(w[i]) / (total - float64(w[j]))
				}
			}
		}
		for k, c := range []struct{ hits, p float64 }{{first[i], p1}, {second[i], p2}} {
			sigma := math.Sqrt(rounds * c.p * (1 - c.p))
			if math.Abs(c.hits-rounds*c.p) > 5*sigma {
				t.Errorf("index %d came %v times as pick %d, expected %.0f ± %.0f", i, c.hits, k+1, rounds*c.p, sigma)
			}
		}
	}
}

// With many indices the queue drops tickets many times and skips most logarithms. The probabilities must stay the same.
func TestDrawWeightedOfMany(t *testing.T) {
	const pop, n, rounds = 4000, 40, 2000
	w := make([]float32, pop)
	for i := range w {
		w[i] = float32(1 + i%4) // 1, 2, 3, 4 in turn
	}
	rng := random(4)
	var class [4]float64
	var half float64
	for range rounds {
		picks := drawWeighted(rng, walk(w), n)
		if len(picks) != n {
			t.Fatalf("%d picks", len(picks))
		}
		distinct(t, picks, pop)
		for _, i := range picks {
			class[i%4]++
			if i < pop/2 {
				half++
			}
		}
	}
	for k, hits := range class {
		// 40 draws of 4000 change the remaining weights little: at most 0.3 % off the ratio 1:2:3:4.
		want := n * rounds * float64(k+1) / 10
		if math.Abs(hits-want) > 0.01*n*rounds*0.4 {
			t.Errorf("weight %d was drawn %v times, expected %.0f", k+1, hits, want)
		}
	}
	if math.Abs(half/(n*rounds)-0.5) > 0.01 {
		t.Errorf("%.3f of the picks lie in the first half", half/(n*rounds))
	}
}

func TestDrawWeightedAtTheEnds(t *testing.T) {
	w := []float32{0, 2, 0, 0, 1, 0}
	counts := make([]int, 6)
	rng := random(5)
	for range 3000 {
		picks := drawWeighted(rng, walk(w), 4)
		distinct(t, picks, 6)
		if len(picks) != 4 || w[picks[0]] == 0 || w[picks[1]] == 0 {
			t.Fatalf("%v: zeros come last", picks)
		}
		for _, i := range picks {
			counts[i]++
		}
	}
	for _, i := range []int{0, 2, 3, 5} { // each round draws 2 of 4 zeros: 1500 ± 27
		if counts[i] < 1360 || counts[i] > 1640 {
			t.Errorf("index %d of weight 0 came %d of 3000 times", i, counts[i])
		}
	}
	for _, c := range []struct {
		w    []float32
		n    int
		want int
	}{
		{w, 99, 6}, {w, 0, 0}, {w, -3, 0}, {nil, 4, 0}, {make([]float32, 5), 3, 3},
		{[]float32{-1, float32(math.NaN()), 0, 1}, 4, 2},
		{[]float32{float32(math.Inf(1)), 1, 1e-45, math.MaxFloat32}, 3, 3},
	} {
		picks := drawWeighted(rng, walk(c.w), c.n)
		distinct(t, picks, len(c.w))
		if len(picks) != c.want {
			t.Errorf("%d of %v gave %v", c.n, c.w, picks)
		}
	}
}

// These picks are the same on every machine and in every version of igs. If they change, the results of all runs
// change.
func TestDrawsAreFixed(t *testing.T) {
	w := make([]float32, 1000)
	for i := range w {
		w[i] = float32(i%17) * 0.37
	}
	got := fmt.Sprint(drawUniform(random(123), 1000, 8), drawWeighted(random(123), walk(w), 8))
	const want = "[132 979 454 971 51 837 839 151] [849 313 482 489 519 534 764 133]"
	if got != want {
		t.Errorf("drew %s, want %s", got, want)
	}
	if !slices.Equal(drawWeighted(random(7), walk(w), 500), drawWeighted(random(7), walk(w), 500)) {
		t.Error("the same seed draws differently")
	}
	if slices.Equal(drawWeighted(random(7), walk(w), 500), drawWeighted(random(8), walk(w), 500)) {
		t.Error("two seeds draw the same")
	}
}

// The first picks do not depend on the number of picks, so dropping tickets from the queue changes nothing. Only
// positive weights use a random number, so all draws have the same times.
func TestDrawWeightedIsAPrefixOfALongerDraw(t *testing.T) {
	w := make([]float32, 5000)
	rng := random(9)
	for i := range w {
		w[i] = float32(rng.Float64() * rng.Float64())
	}
	all := drawWeighted(random(10), walk(w), 5000)
	for _, n := range []int{1, 2, 7, 100, 2499, 2500, 2501, 4999} {
		if !slices.Equal(drawWeighted(random(10), walk(w), n), all[:n]) {
			t.Errorf("drawing %d differs from the first %d of all", n, n)
		}
	}
}

// The result does not depend on the length of rows. Taken indices are never drawn, even if no others remain.
func TestDrawWeightedWithoutTheTaken(t *testing.T) {
	w := make([]float32, 1000)
	for i := range w {
		w[i] = float32(i%5) * 0.37
	}
	taken := drawUniform(random(1), 1000, 300)
	for length := range 12 {
		rows := func(take func(row []float32)) {
			for row := range slices.Chunk(slices.Clone(w), 1+length*length*length) {
				take(row)
			}
		}
		picks := drawWeighted(random(2), Weights(rows).without(taken), 2000)
		distinct(t, append(picks, taken...), 1000)
		marked := slices.Clone(w)
		for _, i := range taken {
			marked[i] = -1
		}
		if whole := drawWeighted(random(2), walk(marked), 2000); len(picks) != 700 || !slices.Equal(picks, whole) {
			t.Errorf("rows of %d: %d picks, or others than from one row", 1+length*length*length, len(picks))
		}
	}
}

func TestExponential(t *testing.T) {
	rng := random(11)
	worst := 0.0
	check := func(v float64) {
		if want := -math.Log1p(-v); want > 0 {
			worst = math.Max(worst, math.Abs(exponential(v)/want-1))
		}
	}
	for range 100000 {
		v := rng.Float64()
		check(v)
		check(1 - v/1e6)
		check(float64(1<<53-1) / (1 << 53))
		check(math.Floor(v*1e9) / (1 << 53))
	}
	if worst > 1e-14 {
		t.Errorf("off by %.3g", worst)
	}
	if exponential(0) != 0 {
		t.Errorf("at 0 it is %v", exponential(0))
	}
}

func BenchmarkDrawWeighted8K(b *testing.B) {
	w := make([]float32, 7680*4320)
	rng := random(12)
	for i := range w {
		w[i] = float32(rng.Float64() * rng.Float64())
	}
	b.ReportAllocs()
	for b.Loop() {
		drawWeighted(rng, func(take func(row []float32)) { take(w) }, 15000)
	}
}
