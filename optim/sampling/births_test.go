package sampling

import (
	"math"
	"slices"
	"testing"

	"igs/configs"
	"igs/imageio"
	"igs/internal/parallel"
	"igs/splat"
	"igs/splat/reference"
)

// oracle is a second, slow implementation of the birth rule in float64.
type oracle struct {
	m     *imageio.Image
	means map[int]float64 // by h: the mean trace of the tensors of the grid
}

func oracleOf(m *imageio.Samples) oracle { return oracle{m.Image(), map[int]float64{}} }

func (o oracle) at(c, y, x int) float64 {
	return float64(o.m.At(c, min(max(y, 0), o.m.H-1), min(max(x, 0), o.m.W-1)))
}

func (o oracle) tensor(x, y, h int) (xx, xy, yy float64) {
	// The coordinates of each sample are clamped to the picture, for the points and for their neighbours.
	for j := -3; j <= 3; j++ {
		for i := -3; i <= 3; i++ {
			for c := range o.m.C {
				gx := o.at(c, y+j*h, x+i*h+h) - o.at(c, y+j*h, x+i*h-h)
				gy := o.at(c, y+j*h+h, x+i*h) - o.at(c, y+j*h-h, x+i*h)
				xx, xy, yy = xx+gx*gx, xy+gx*gy, yy+gy*gy
			}
		}
	}
	return xx, xy, yy
}

func (o oracle) birth(x, y, n int, size float64) (t1, t2, angle float64) {
	pixels := float64(o.m.W * o.m.H)
	sigma := size * math.Sqrt(pixels/float64(n))
	h := max(1, int(math.Floor(sigma/3+0.5)))
	mean := o.mean(h)
	xx, xy, yy := o.tensor(x, y, h)
	root := math.Hypot(xx-yy, 2*xy)
	l1, l2 := (xx+yy+root)/2+2e-3, math.Max(0, (xx+yy-root)/2)+2e-3
	r := math.Min(9, math.Sqrt(l1/l2))
	ratio := 0.0
	if mean > 0 {
		ratio = (xx + yy) / mean
	}
	f := math.Sqrt(math.Min(8, math.Max(0.3, 0.3+0.7*ratio)))
	return f * math.Sqrt(r) / sigma, f / math.Sqrt(r) / sigma, math.Atan2(2*xy, xx-yy) / 2
}

func (o oracle) mean(h int) float64 {
	mean, known := o.means[h]
	if known {
		return mean
	}
	step := max(7, int(math.Ceil(math.Sqrt(float64(o.m.W*o.m.H)/16384))))
	sum, count := 0.0, 0.0
	for v := 0; v < o.m.H; v += step {
		for u := 0; u < o.m.W; u += step {
			xx, _, yy := o.tensor(u, v, h)
			sum, count = sum+xx+yy, count+1
		}
	}
	o.means[h] = sum / count
	return sum / count
}

func (o oracle) colour(px, py int, t1, t2, angle float64, c int) float64 {
	x, y, sum, weight := float64(px)+0.5, float64(py)+0.5, 0.0, 0.0
	for v := max(py-40, 0); v <= min(py+40, o.m.H-1); v++ {
		for u := max(px-40, 0); u <= min(px+40, o.m.W-1); u++ {
			dx, dy := float64(u)+0.5-x, float64(v)+0.5-y
			a, b := (math.Cos(angle)*dx+math.Sin(angle)*dy)*t1, (math.Cos(angle)*dy-math.Sin(angle)*dx)*t2
			if q := (a*a + b*b) / 2; q <= 3 {
				sum, weight = sum+math.Exp(-q)*o.at(c, v, u), weight+math.Exp(-q)
			}
		}
	}
	if weight <= 0.3 {
		return o.at(c, py, px)
	}
	return sum / weight
}

// scene is a picture of shapes and noise with 8 or 16 bits.
func scene(w, h, c, depth int) *imageio.Samples {
	_, m := reference.RandomScene(uint64(w*h+c), w, h, 0, c)
	return m.Samples(depth)
}

func alike(a, b float64) bool { return math.Abs(a-b) <= 1e-4*math.Max(math.Abs(a), math.Abs(b))+1e-6 }

// sameAxis compares angles modulo half a turn.
func sameAxis(a, b float64) bool { return math.Abs(math.Sin(a-b)) < 1e-3 }

func TestBirthsAgainstTheRule(t *testing.T) {
	for _, k := range []struct{ w, h, c, depth, n int }{
		{60, 45, 3, 8, 300}, {60, 45, 3, 8, 9}, {33, 70, 1, 16, 40}, {40, 40, 2, 8, 100}, {50, 20, 4, 16, 30},
		{30, 30, 12, 8, 50}, {1, 1, 3, 8, 1}, {3, 2, 1, 16, 2}, {2, 3, 3, 8, 100}, {600, 450, 1, 8, 2500},
	} {
		m, rng := scene(k.w, k.h, k.c, k.depth), random(1)
		o, births := oracleOf(m), NewBirths(m, BirthRule{Size: 0.3})
		picks := drawUniform(rng, k.w*k.h, 8)
		for _, shrink := range []float64{0.8, 0.5} {
			p := births.Add(picks, k.n, shrink)
			if err := p.Validate(); err != nil || p.N != len(picks) || p.C != k.c {
				t.Fatalf("%+v: %d splats of %d channels, %v", k, p.N, p.C, err)
			}
			for i, pick := range picks {
				x, y := pick%k.w, pick/k.w
				if float64(p.XY[2*i]) != float64(float32((float64(x)+0.5)/float64(k.w))) || p.XY[2*i+1] != float32((float64(y)+0.5)/float64(k.h)) {
					t.Errorf("%+v: splat %d is not on the centre of its pixel", k, i)
				}
				t1, t2, angle := o.birth(x, y, k.n, 0.3)
				s1, s2 := math.Max(shrink/t1, 0.15), math.Max(shrink/t2, 0.15)
				if !alike(float64(p.Scale[2*i]), 1/s1) || !alike(float64(p.Scale[2*i+1]), 1/s2) || t1 > 1.001*t2 && !sameAxis(float64(p.Rot[i]), angle) {
					t.Errorf("%+v: splat %d at %d, %d: t %v, angle %v, want %v, %v, %v", k, i, x, y, p.Scale[2*i:2*i+2], p.Rot[i], 1/s1, 1/s2, angle)
				}
				for c := range min(k.c, 3) {
					if got, want := float64(p.Feat[i*k.c+c]), o.colour(x, y, 1/s1, 1/s2, angle, c); math.Abs(got-want) > 1e-4 {
						t.Errorf("%+v: splat %d: channel %d is %v, want %v", k, i, c, got, want)
					}
				}
			}
		}
	}
}

// Splats on an edge are long along the edge and narrow across it.
func TestBirthsLieAlongAnEdge(t *testing.T) {
	m := imageio.NewSamples(90, 80, 3, 8)
	for c := range 3 {
		for y := range 80 {
			for x := range 90 {
				// A soft edge with a gradient in the direction (1, 2).
				m.Row8(c, y)[x] = uint8(100 + 100*math.Tanh(float64(x+2*y-120)/10))
			}
		}
	}
	p := NewBirths(m, BirthRule{Size: 0.3}).Add([]int{40*90 + 40, 38*90 + 44}, 100, 1)
	for i := range p.N {
		if p.Scale[2*i] < 8*p.Scale[2*i+1] || math.Abs(float64(p.Rot[i])-math.Atan2(2, 1)) > 0.02 {
			t.Errorf("splat %d: t %v, angle %v, want a long one with its first axis at %v", i, p.Scale[2*i:2*i+2], p.Rot[i], math.Atan2(2, 1))
		}
	}
	for y := range 80 { // a hard vertical edge, which gives the maximum aspect ratio
		row := m.Row8(0, y)
		clear(row[:45])
		copy(row[45:], slices.Repeat([]byte{255}, 45))
		clear(m.Row8(1, y))
		clear(m.Row8(2, y))
	}
	p = NewBirths(m, BirthRule{Size: 0.3}).Add([]int{40*90 + 44}, 100, 1)
	if math.Abs(float64(p.Scale[0]/p.Scale[1])-9) > 1e-4 || p.Rot[0] != 0 {
		t.Errorf("t %v, angle %v, want 9 to 1 at angle 0", p.Scale, p.Rot)
	}
}

// In a flat picture all splats are round and have the maximum size of the rule.
func TestBirthsOfAFlatPictureAreRound(t *testing.T) {
	m := imageio.NewSamples(64, 64, 3, 8)
	for y := range 64 {
		m.Row8(1, y)[y] = 0
	}
	b := NewBirths(m, BirthRule{Size: 0.3})
	want := 0.3 * 64 / math.Sqrt(50) / math.Sqrt(0.3)
	for _, p := range []*splat.Splats{b.Add([]int{0, 100, 4095}, 50, 1), b.Seed(50, configs.Init{Mode: "gradient", RandomRatio: 0.3}, nil, random(1))} {
		for i, v := range p.Scale {
			if math.Abs(1/float64(v)-want) > 1e-4 {
				t.Errorf("scale %d is 1/%v, want 1/%v", i, 1/v, want)
			}
		}
	}
}

func TestBirthsKeepTheBounds(t *testing.T) {
	m := scene(60, 45, 3, 8)
	free := NewBirths(m, BirthRule{Size: 0.3}).Add([]int{5, 700, 2000}, 40, 0.5)
	low, high := slices.Min(free.Scale)*1.2, slices.Max(free.Scale)*0.8
	kept := NewBirths(m, BirthRule{Size: 0.3, ScaleMin: float64(low), ScaleMax: float64(high)}).Add([]int{5, 700, 2000}, 40, 0.5)
	for i, v := range free.Scale {
		if want := min(max(v, low), high); kept.Scale[i] != want {
			t.Errorf("scale %d is %v, %v without bounds, want %v", i, kept.Scale[i], v, want)
		}
	}
	if p := NewBirths(m, BirthRule{Size: 0.3}).Add([]int{5}, 1e6, 0.5); p.Scale[0] != float32(1/0.15) {
		t.Errorf("a splat of %v px", 1/p.Scale[0])
	}
}

// Splats on one bright pixel in a flat picture are small, but not smaller than the minimum.
func TestBirthsOnASpot(t *testing.T) {
	m := imageio.NewSamples(200, 200, 1, 8)
	m.Row8(0, 98)[98] = 255 // a point of the grid of the mean
	p := NewBirths(m, BirthRule{Size: 0.3}).Add([]int{98*200 + 98}, 1000, 1)
	sigma := 0.3 * math.Sqrt(40)
	if got := float64(p.Scale[0]*p.Scale[1]) * sigma * sigma; math.Abs(got-8) > 1e-4 {
		t.Errorf("t %v: %v of the mean, want 8", p.Scale, got)
	}
}

// A very narrow splat has the colour of one pixel. The colour of a long splat depends only on pixels within 40 px.
func TestBirthColourAtTheEnds(t *testing.T) {
	m := scene(300, 120, 2, 16)
	o, sums, to := oracleOf(m), make([]float64, 2), make([]float32, 2)
	for _, s := range []shape{{6, 6, 0}, {0.02, 0.02, 0.3}, {0.5, 0.01, 1}, {2, 0.05, -0.5}} {
		for _, at := range [][2]int{{150, 60}, {0, 0}, {299, 119}, {7, 110}} {
			s.meanColour(m, float64(at[0])+0.5, float64(at[1])+0.5, sums, to)
			for c, got := range to {
				if want := o.colour(at[0], at[1], s.t1, s.t2, s.angle, c); math.Abs(float64(got)-want) > 1e-6 {
					t.Errorf("%+v at %v: channel %d is %v, want %v", s, at, c, got, want)
				}
			}
		}
	}
	// Between pixel centres the weights of a narrow splat have the sum 0.28.
	shape{3.2, 3.2, 0}.meanColour(m, 10.05, 20.05, sums, to)
	if to[0] != m.At(0, 20, 10) || to[1] != m.At(1, 20, 10) {
		t.Errorf("colour %v", to)
	}
}

func TestBirthsSeed(t *testing.T) {
	for _, k := range []struct{ w, h, c, depth, n int }{{60, 45, 3, 8, 300}, {1, 1, 1, 8, 5}, {3, 2, 4, 16, 40}, {140, 20, 12, 8, 100}, {20, 20, 2, 8, 399}} {
		m := scene(k.w, k.h, k.c, k.depth)
		o := oracleOf(m)
		for _, mode := range []configs.InitMode{"gradient", "random", "saliency"} {
			in := configs.Init{Mode: mode, RandomRatio: 0.3}
			p := NewBirths(m, BirthRule{Size: 0.3}).Seed(k.n, in, nil, random(2))
			if err := p.Validate(); err != nil || p.N != k.n || p.C != k.c {
				t.Fatalf("%+v: %d splats of %d channels, %v", k, p.N, p.C, err)
			}
			seen := map[[2]float32]bool{}
			for i := range p.N {
				x, y := int(float64(p.XY[2*i])*float64(k.w)), int(float64(p.XY[2*i+1])*float64(k.h))
				if at := [2]float32(p.XY[2*i : 2*i+2]); seen[at] {
					t.Errorf("%+v: two splats at %v", k, at)
				} else {
					seen[at] = true
				}
				t1, t2, _ := o.birth(x, y, k.n, 0.3)
				if !alike(float64(p.Scale[2*i]), min(t1, 1/0.15)) || !alike(float64(p.Scale[2*i+1]), min(t2, 1/0.15)) {
					t.Fatalf("%+v: splat %d at %d, %d: t %v, want %v, %v", k, i, x, y, p.Scale[2*i:2*i+2], t1, t2)
				}
				for c := range k.c {
					if p.Feat[i*k.c+c] != m.At(c, y, x) {
						t.Fatalf("%+v: splat %d has not the colour of its pixel", k, i)
					}
				}
			}
			again := NewBirths(m, BirthRule{Size: 0.3}).Seed(k.n, in, nil, random(2))
			if hashOfSplats(p) != hashOfSplats(again) {
				t.Errorf("%+v: two seeds of one number differ", k)
			}
		}
	}
}

// Positions are uniform within the pixel, in both directions.
func TestBirthsSeedJitters(t *testing.T) {
	m := scene(80, 80, 1, 8)
	p := NewBirths(m, BirthRule{Size: 0.3}).Seed(3000, configs.Init{Mode: "random"}, nil, random(3))
	for axis := range 2 {
		mean, square := 0.0, 0.0
		for i := range p.N {
			_, f := math.Modf(float64(p.XY[2*i+axis]) * 80)
			mean, square = mean+f/3000, square+(f-0.5)*(f-0.5)/3000
		}
		if math.Abs(mean-0.5) > 0.03 || math.Abs(square-1.0/12) > 0.01 {
			t.Errorf("axis %d: mean %v, variance %v", axis, mean, square)
		}
	}
}

// The random share is spread evenly, and the other splats follow the squared gradient or a map.
func TestBirthsSeedFollowsItsMode(t *testing.T) {
	m := imageio.NewSamples(200, 100, 1, 8)
	given := imageio.NewSamples(200, 100, 1, 8)
	for y := range 100 {
		for x := range 200 {
			if x >= 150 {
				m.Row8(0, y)[x] = 100 // an edge of height 100
			}
			if x < 50 {
				m.Row8(0, y)[x] = 50 // an edge of height 50, with a quarter of the energy
				given.Row8(0, y)[x] = 200
			}
		}
	}
	within := func(in configs.Init, left, right int) (n int) {
		p := NewBirths(m, BirthRule{Size: 0.3}).Seed(100, in, given, random(4))
		for i := range p.N {
			if x := int(p.XY[2*i] * 200); x >= left && x < right {
				n++
			}
		}
		return n
	}
	for _, k := range []struct {
		mode              configs.InitMode
		ratio             float64
		left, right, want int
	}{
		{"gradient", 0, 149, 151, 80}, {"gradient", 0, 49, 51, 20}, {"gradient", 0.5, 149, 151, 41}, {"random", 0, 149, 151, 1},
		{"saliency", 0, 0, 50, 100}, {"saliency", 0.4, 0, 50, 70}, {"gradient", 1, 149, 151, 1},
	} {
		if got := within(configs.Init{Mode: k.mode, RandomRatio: k.ratio}, k.left, k.right); got < k.want-3 || got > k.want+3 {
			t.Errorf("%+v: %d splats", k, got)
		}
	}
}

// The result does not depend on the number of cores or on earlier calls.
func TestBirthsAreDeterministic(t *testing.T) {
	m, picks := scene(100, 80, 3, 8), drawUniform(random(5), 8000, 300)
	births := NewBirths(m, BirthRule{Size: 0.3})
	births.Add(picks, 10, 0.8) // computes the mean for another spacing
	want := hashOfSplats(births.Add(picks, 500, 0.8))
	defer func(n int) { parallel.Workers = n }(parallel.Workers)
	for _, parallel.Workers = range []int{1, 3, 8} {
		if got := hashOfSplats(NewBirths(m, BirthRule{Size: 0.3}).Add(picks, 500, 0.8)); got != want {
			t.Errorf("%d workers: other splats", parallel.Workers)
		}
	}
}

func TestStandardDeviation(t *testing.T) {
	for _, k := range []struct{ w, h, c, depth int }{{31, 20, 3, 8}, {9, 40, 4, 16}, {1, 1, 1, 8}, {3, 2, 12, 16}} {
		m, variance := scene(k.w, k.h, k.c, k.depth), 0.0
		for c := range k.c {
			mean, square := 0.0, 0.0
			for _, v := range m.Image().Plane(c) {
				mean += float64(v) / float64(k.w*k.h)
			}
			for _, v := range m.Image().Plane(c) {
				square += (float64(v) - mean) * (float64(v) - mean) / float64(k.w*k.h)
			}
			variance += square / float64(k.c)
		}
		if got := StandardDeviation(m); math.Abs(got-math.Sqrt(variance)) > 1e-6 {
			t.Errorf("%+v: %v, want %v", k, got, math.Sqrt(variance))
		}
	}
	white := imageio.NewSamples(700, 500, 2, 16) // one white and one black channel have no contrast
	for y := range 500 {
		for x := range 700 {
			white.Row16(0, y)[x] = 65535
		}
	}
	if got := StandardDeviation(white); got != 0 {
		t.Errorf("flat channels have %v", got)
	}
}

func BenchmarkBirths(b *testing.B) {
	m := scene(768, 512, 3, 8)
	picks := drawUniform(random(6), m.Pixels(), 1000)
	b.Run("first", func(b *testing.B) { // includes the mean over the target
		for b.Loop() {
			NewBirths(m, BirthRule{Size: 0.3}).Add(picks, 4000, 0.8)
		}
	})
	b.Run("later", func(b *testing.B) {
		births := NewBirths(m, BirthRule{Size: 0.3})
		for b.Loop() {
			births.Add(picks, 4000, 0.8)
		}
	})
	b.Run("seed", func(b *testing.B) {
		for b.Loop() {
			NewBirths(m, BirthRule{Size: 0.3}).Seed(3000, configs.Init{Mode: "gradient", RandomRatio: 0.3}, nil, random(7))
		}
	})
	b.Run("contrast", func(b *testing.B) {
		for b.Loop() {
			StandardDeviation(m)
		}
	})
}
