package sampling

import (
	"math"
	"slices"
	"testing"

	"igs/configs"
	"igs/imageio"
	"igs/splat/reference"
)

// noisy is a picture of smooth shapes and noise.
func noisy(w, h, c int) *imageio.Samples {
	_, m := reference.RandomScene(31, w, h, 0, c)
	return m.Samples(8)
}

// gradientWeights returns all weights of mode "gradient".
func gradientWeights(m *imageio.Image) (all []float32) {
	newGradient(m.Samples(8)).weights(func(row []float32) { all = append(all, row...) })
	return all
}

func TestGradientWeightsByHand(t *testing.T) {
	m := imageio.New(4, 3, 1)
	copy(m.Pix, []float32{
		0, 0, 0, 0,
		0, 0, 1, 0,
		0, 0, 0, 0,
	})
	// The Sobel gradient by hand, with the last row and column repeated beyond the border.
	gx := []float64{
		0, 1, 0, -1,
		0, 2, 0, -2,
		0, 1, 0, -1,
	}
	gy := []float64{
		0, 1, 2, 1,
		0, 0, 0, 0,
		0, -1, -2, -1,
	}
	w := gradientWeights(m)
	for i := range w {
		if want := (gx[i]*gx[i] + gy[i]*gy[i]) / 4; math.Abs(float64(w[i])-want) > 1e-6 {
			t.Errorf("row %d column %d weighs %v, want %v", i/4, i%4, w[i], want)
		}
	}
}

func TestGradientWeightsAtTheBorder(t *testing.T) {
	m := imageio.New(3, 1, 1) // a ramp: the gradient is 4·2 steps in the middle and half of it at the ends
	copy(m.Pix, []float32{0, 127.0 / 255, 254.0 / 255})
	if w := gradientWeights(m); !slices.Equal(w, []float32{0.25, 1, 0.25}) {
		t.Errorf("weights %v", w)
	}
	m = imageio.New(1, 3, 1)
	copy(m.Pix, []float32{0, 127.0 / 255, 254.0 / 255})
	if w := gradientWeights(m); !slices.Equal(w, []float32{0.25, 1, 0.25}) {
		t.Errorf("weights %v", w)
	}
}

func TestGradientWeightsJoinChannels(t *testing.T) {
	m := imageio.New(9, 1, 3)
	m.Plane(0)[1] = 60.0 / 255 // gradients of 3 and 4 parts, at separate pixels and at one pixel
	m.Plane(1)[4] = 80.0 / 255
	m.Plane(0)[7], m.Plane(1)[7] = 60.0/255, 80.0/255
	w := gradientWeights(m)
	for i, want := range map[int]float64{2: 9.0 / 25, 3: 16.0 / 25, 5: 16.0 / 25, 6: 1, 1: 0} {
		if math.Abs(float64(w[i])-want) > 1e-6 {
			t.Errorf("column %d weighs %v, want %v", i, w[i], want)
		}
	}
}

func TestGradientWeightsOfAFlatPicture(t *testing.T) {
	m := imageio.New(5, 4, 3)
	for i := range m.Pix {
		m.Pix[i] = 0.7
	}
	if w := gradientWeights(m); slices.ContainsFunc(w, func(v float32) bool { return v != 0 }) {
		t.Errorf("weights %v", w)
	}
}

func TestSeedSplats(t *testing.T) {
	m := noisy(40, 30, 3)
	for _, mode := range []configs.InitMode{"gradient", "random"} {
		p := Seed(m, 300, configs.Init{Mode: mode, RandomRatio: 0.3, Scale: 5}, nil, random(1))
		if err := p.Validate(); err != nil || p.N != 300 || p.C != 3 {
			t.Fatalf("%d splats of %d channels: %v", p.N, p.C, err)
		}
		var pixels []int
		for i := range p.N {
			x, y := float64(p.XY[2*i])*40, float64(p.XY[2*i+1])*30
			column, row := int(x), int(y)
			if math.Abs(x-float64(column)-0.5) > 1e-4 || math.Abs(y-float64(row)-0.5) > 1e-4 {
				t.Fatalf("splat %d at %v, %v is on no pixel centre", i, x, y)
			}
			pixels = append(pixels, row*40+column)
			if p.Scale[2*i] != 0.2 || p.Scale[2*i+1] != 0.2 || p.Rot[i] != 0 {
				t.Fatalf("splat %d: scale %v, rot %v", i, p.Scale[2*i:2*i+2], p.Rot[i])
			}
			for c := range 3 {
				if p.Feat[3*i+c] != m.At(c, row, column) {
					t.Fatalf("splat %d is not in the colour of its pixel", i)
				}
			}
		}
		distinct(t, pixels, 1200)
	}
}

// In a picture with one edge the guided share lies at the edge, and the other splats lie anywhere.
func TestSeedSplatsFollowTheGradient(t *testing.T) {
	m := imageio.New(200, 100, 1)
	for i := range m.Pix {
		if i%200 >= 150 {
			m.Pix[i] = 1
		}
	}
	onEdge := func(in configs.Init) (n int) {
		p := Seed(m.Samples(8), 100, in, nil, random(2))
		for i := range p.N {
			if column := int(p.XY[2*i] * 200); column == 149 || column == 150 {
				n++
			}
		}
		return n
	}
	if n := onEdge(configs.Init{Mode: "gradient", RandomRatio: 0.3, Scale: 5}); n < 70 || n > 75 {
		t.Errorf("%d of 100 on the edge, 70 guided", n)
	}
	if n := onEdge(configs.Init{Mode: "gradient", RandomRatio: 0, Scale: 5}); n != 100 {
		t.Errorf("%d of 100 on the edge, all guided", n)
	}
	if n := onEdge(configs.Init{Mode: "random", RandomRatio: 0.3, Scale: 5}); n > 8 {
		t.Errorf("%d of 100 on the edge, none guided", n)
	}
}

// Seed returns the requested number of different splats, even if there are fewer pixels or fewer pixels with a
// gradient.
func TestSeedSplatsOfTinyPictures(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {3, 2}, {5, 5}} {
		for _, ratio := range []float64{0, 0.3, 1} {
			m := imageio.NewSamples(size[0], size[1], 1, 8)
			p := Seed(m, 30, configs.Init{Mode: "gradient", RandomRatio: ratio, Scale: 5}, nil, random(3))
			if err := p.Validate(); err != nil || p.N != 30 {
				t.Fatalf("%d splats, %v", p.N, err)
			}
			seen := map[[2]float32]bool{}
			for i := range p.N {
				at := [2]float32{p.XY[2*i], p.XY[2*i+1]}
				if seen[at] || at[0] < 0 || at[0] > 1 || at[1] < 0 || at[1] > 1 {
					t.Fatalf("%v: splat %d at %v", size, i, at)
				}
				seen[at] = true
			}
		}
	}
}
