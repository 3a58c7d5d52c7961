package reference

import "testing"

// A lattice holds the pixels of the whole picture, and the gradient of a loss at these pixels is that of the whole picture
// with no gradient elsewhere.
func TestLatticeIsAPartOfThePicture(t *testing.T) {
	p, _ := RandomScene(5, 23, 18, 30, 2)
	whole := Scene{W: 23, H: 18, K: 4, Cut: 12}
	part := Scene{W: 7, H: 6, K: 4, Cut: 12, Lattice: Lattice{Spacing: 3, X: 2, Y: 0, W: 23, H: 18}}
	f, g := Forward(whole, p), Forward(part, p)
	gradient, sparse := make([]float64, len(g.Color)), make([]float64, len(f.Color))
	for c := range 2 {
		for y := range part.H {
			for x := range part.W {
				from, to := (c*whole.H+3*y)*whole.W+3*x+2, (c*part.H+y)*part.W+x
				if f.Color[from] != g.Color[to] {
					t.Fatalf("channel %d, pixel (%d, %d): %v, in the picture %v", c, x, y, g.Color[to], f.Color[from])
				}
				gradient[to] = float64(1+to%7) / 10
				sparse[from] = gradient[to]
			}
		}
	}
	want, got := Backward(whole, p, f, sparse), Backward(part, p, g, gradient)
	for name, pair := range map[string][2][]float64{"xy": {got.XY, want.XY}, "scale": {got.Scale, want.Scale}, "rot": {got.Rot, want.Rot}, "feat": {got.Feat, want.Feat}} {
		for i, v := range pair[1] {
			if pair[0][i] != v {
				t.Errorf("gradient of %s, %d: %v, in the picture %v", name, i, pair[0][i], v)
			}
		}
	}
}
