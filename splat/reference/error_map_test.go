package reference

import (
	"math"
	"testing"

	"igs/imageio"
)

func TestErrorOfClampedColours(t *testing.T) {
	target := imageio.New(2, 1, 3)
	copy(target.Pix, []float32{0.25, 0, 0.5, 0.5, 1, 1})
	f := &Frame{W: 2, H: 1, C: 3, Color: []float64{0.5, -3, 0.5, 7, 0.5, 1}}
	sharp, blurred := ErrorWeights(f, target, 0)
	for i, want := range []float64{0.0625 + 0 + 0.25, 0 + 0.25 + 0} {
		if sharp[i] != want || blurred[i] != want {
			t.Errorf("pixel %d: %v and %v, want %v", i, sharp[i], blurred[i], want)
		}
	}
}

// The blur equals one sum over a square of weights, with a border that is reflected step by step.
func TestBlurOfTheErrorAgainstSums(t *testing.T) {
	for _, size := range [][2]int{{13, 9}, {4, 17}, {31, 6}} {
		for _, sigma := range []float64{0.4, 1, 1.3} {
			_, target := RandomScene(41, size[0], size[1], 0, 3)
			f := colours(42, target)
			sharp, blurred := ErrorWeights(f, target, sigma)
			radius := int(math.Ceil(3 * sigma))
			bounce := func(i, n int) int { // walks from 0 and reverses at the edges
				at, way := 0, 1
				if i < 0 {
					i, way = -i-1, 1
				}
				for range i {
					if at+way < 0 || at+way >= n {
						way = -way
						continue
					}
					at += way
				}
				return at
			}
			for row := range f.H {
				for column := range f.W {
					sum, norm := 0.0, 0.0
					for i := -radius; i <= radius; i++ {
						for j := -radius; j <= radius; j++ {
							weight := math.Exp(-float64(i*i+j*j) / (2 * sigma * sigma))
							sum += weight * sharp[bounce(row+i, f.H)*f.W+bounce(column+j, f.W)]
							norm += weight
						}
					}
					if got := blurred[row*f.W+column]; !near(got, sum/norm, 1e-12) {
						t.Fatalf("%v σ %v row %d column %d: %v, want %v", size, sigma, row, column, got, sum/norm)
					}
				}
			}
		}
	}
}

func TestMirrored(t *testing.T) {
	for _, c := range [][3]int{
		{-1, 5, 0}, {-2, 5, 1}, {0, 5, 0}, {4, 5, 4}, {5, 5, 4}, {6, 5, 3},
		{-3, 1, 0}, {3, 1, 0}, {-3, 2, 1}, {-4, 2, 0}, {4, 2, 0}, {9, 2, 0}, // smaller than the blur
	} {
		if got := mirrored(c[0], c[1]); got != c[2] {
			t.Errorf("sample %d of %d is %d, want %d", c[0], c[1], got, c[2])
		}
	}
}

// The blur does not change a constant, because the taps have the sum 1 and the border is reflected. This holds in tiny
// pictures too.
func TestBlurKeepsConstants(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {2, 3}, {1, 9}, {20, 4}} {
		target := imageio.New(size[0], size[1], 1)
		f := colours(1, target)
		for i := range f.Color {
			f.Color[i] = 0.5
		}
		_, blurred := ErrorWeights(f, target, 1.5)
		for i, v := range blurred {
			if !near(v, 0.25, 1e-14) {
				t.Fatalf("%v: pixel %d is %v", size, i, v)
			}
		}
	}
}
