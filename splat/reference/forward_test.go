package reference

import (
	"math"
	"reflect"
	"sort"
	"testing"

	"igs/internal/parallel"
	"igs/splat"
)

// oneSplat returns an isotropic splat with σ 2 px at (x, y) px of a picture of w × h px.
func oneSplat(w, h int, x, y, feature float32) *splat.Splats {
	p := splat.New(1, 1)
	p.XY[0], p.XY[1] = x/float32(w), y/float32(h)
	p.Scale[0], p.Scale[1] = 0.5, 0.5
	p.Feat[0] = feature
	return p
}

func near(a, b, tolerance float64) bool {
	return a == b || math.Abs(a-b) <= tolerance*math.Max(1, math.Max(math.Abs(a), math.Abs(b)))
}

func TestForwardOfOneSplat(t *testing.T) {
	sc := Scene{W: 16, H: 8, K: 10, Cut: math.Inf(1)}
	f := Forward(sc, oneSplat(16, 8, 4.5, 2.5, 0.75))
	for row := range sc.H {
		for column := range sc.W {
			dx, dy := float64(column-4), float64(row-2)
			alpha := math.Exp(-(dx*dx + dy*dy) / 8)
			here := row*sc.W + column
			if want := 0.75 * alpha / (alpha + 1e-4); !near(f.Color[here], want, 1e-12) {
				t.Fatalf("colour at row %d column %d is %v, want %v", row, column, f.Color[here], want)
			}
			if !near(f.D[here], alpha+1e-4, 1e-12) || !math.IsInf(f.SK[here], 1) {
				t.Fatalf("D %v, SK %v", f.D[here], f.SK[here])
			}
		}
	}
}

func TestCutIsPerPixel(t *testing.T) {
	sc := Scene{W: 16, H: 8, K: 10, Cut: 2} // σ 2 px: s = 2 at 4 px
	f := Forward(sc, oneSplat(16, 8, 4.5, 2.5, 0.75))
	row := f.D[2*16 : 3*16]
	if !near(row[8], math.Exp(-2)+1e-4, 1e-12) {
		t.Errorf("at s = cut D is %v: the splat should count", row[8])
	}
	if row[9] != 1e-4 || f.Color[2*16+9] != 0 {
		t.Errorf("beyond the cut D is %v, colour %v: the splat should not count", row[9], f.Color[2*16+9])
	}
}

// Rotation turns the long axis from +x towards +y, which is down.
func TestRotationTurnsTowardsY(t *testing.T) {
	p := oneSplat(32, 32, 16, 16, 1)
	p.Scale[0], p.Scale[1], p.Rot[0] = 0.1, 1, math.Pi/4
	f := Forward(Scene{W: 32, H: 32, K: 1, Cut: math.Inf(1)}, p)
	if along, across := f.D[20*32+20], f.D[20*32+11]; along < 0.5 || across > 1e-3 {
		t.Errorf("D is %v along the axis and %v across it", along, across)
	}
}

func TestTiesAtTheLastPlaceAllCount(t *testing.T) {
	p := splat.New(0, 1)
	for i := range 12 {
		p.Append(oneSplat(9, 9, 4.5, 4.5, float32(i)))
	}
	p.Append(oneSplat(9, 9, 0.5, 0.5, 100))
	f := Forward(Scene{W: 9, H: 9, K: 10, Cut: math.Inf(1)}, p)
	here := 4*9 + 4
	if f.SK[here] != 0 || !near(f.D[here], 12+1e-4, 1e-12) || !near(f.Color[here], 66/(12+1e-4), 1e-12) {
		t.Errorf("SK %v, D %v, colour %v; all twelve should count and nothing else", f.SK[here], f.D[here], f.Color[here])
	}
}

// Forward equals another implementation: the distance along the rotated axes, a full sort, and the first K splats.
func TestForwardAgainstSorting(t *testing.T) {
	for _, sc := range []Scene{{W: 37, H: 23, K: 10, Cut: math.Inf(1)}, {W: 37, H: 23, K: 3, Cut: 4.5}, {W: 23, H: 37, K: 1, Cut: 12}} {
		p, _ := RandomScene(5, sc.W, sc.H, 60, 3)
		f := Forward(sc, p)
		type entry struct {
			s float64
			i int
		}
		for row := range sc.H {
			for column := range sc.W {
				var list []entry
				for i := range p.N {
					dx := float64(column) + 0.5 - float64(p.XY[2*i])*float64(sc.W)
					dy := float64(row) + 0.5 - float64(p.XY[2*i+1])*float64(sc.H)
					sin, cos := math.Sincos(float64(p.Rot[i]))
					u := float64(p.Scale[2*i]) * (cos*dx + sin*dy)
					v := float64(p.Scale[2*i+1]) * (cos*dy - sin*dx)
					if s := (u*u + v*v) / 2; s <= sc.Cut {
						list = append(list, entry{s, i})
					}
				}
				sort.Slice(list, func(a, b int) bool { return list[a].s < list[b].s })
				sk, next := math.Inf(1), math.Inf(1)
				if len(list) > sc.K {
					next = list[sc.K].s
				}
				if len(list) >= sc.K {
					list = list[:sc.K]
					sk = list[sc.K-1].s
				}
				d, color := 1e-4, make([]float64, 3)
				for _, e := range list {
					alpha := math.Exp(-e.s)
					d += alpha
					for c := range color {
						color[c] += alpha * float64(p.Feat[3*e.i+c])
					}
				}
				here := row*sc.W + column
				if !near(f.D[here], d, 1e-9) || !near(f.SK[here], sk, 1e-9) || !near(f.Next[here], next, 1e-9) {
					t.Fatalf("%+v row %d column %d: D %v SK %v next %v, want %v %v %v", sc, row, column, f.D[here], f.SK[here], f.Next[here], d, sk, next)
				}
				for c := range color {
					if got := f.Color[c*sc.W*sc.H+here]; !near(got, color[c]/d, 1e-9) {
						t.Fatalf("%+v row %d column %d: colour %v, want %v", sc, row, column, got, color[c]/d)
					}
				}
			}
		}
	}
}

func TestResultDoesNotDependOnCores(t *testing.T) {
	sc := Scene{W: 31, H: 17, K: 5, Cut: 9}
	p, target := RandomScene(6, sc.W, sc.H, 40, 3)
	compute := func() (*Frame, []float64, *Gradients) {
		f := Forward(sc, p)
		_, _, grad := Loss(f, target, LossWeights{L1: 1, L2: 0.5, SSIM: 0.1})
		return f, grad, Backward(sc, p, f, grad)
	}
	defer func(n int) { parallel.Workers = n }(parallel.Workers)
	parallel.Workers = 1
	f1, grad1, g1 := compute()
	parallel.Workers = 7
	f7, grad7, g7 := compute()
	if !reflect.DeepEqual(f1, f7) || !reflect.DeepEqual(grad1, grad7) || !reflect.DeepEqual(g1, g7) {
		t.Error("one core and seven give different bits")
	}
}

// A splat with a centre or conic that is not finite must not be visible and must not change the others.
func TestBrokenSplatsCountNowhere(t *testing.T) {
	sc := Scene{W: 21, H: 15, K: 4, Cut: math.Inf(1)}
	clean, target := RandomScene(7, sc.W, sc.H, 20, 3)
	want := Forward(sc, clean)
	_, _, grad := Loss(want, target, LossWeights{L1: 1, L2: 1, SSIM: 1})
	wantG := Backward(sc, clean, want, grad)
	for _, bad := range []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), math.MaxFloat32} {
		for _, place := range []string{"x", "y", "t1", "t2", "rot"} {
			broken := splat.New(1, 3)
			broken.XY[0], broken.XY[1], broken.Scale[0], broken.Scale[1] = 0.5, 0.5, 1, 1
			for c := range broken.Feat {
				broken.Feat[c] = 1
			}
			switch place {
			case "x":
				broken.XY[0] = bad
			case "y":
				broken.XY[1] = bad
			case "t1":
				broken.Scale[0] = bad
			case "t2":
				broken.Scale[1] = bad
			case "rot":
				if bad == math.MaxFloat32 {
					continue // a valid angle
				}
				broken.Rot[0] = bad
			}
			p := clean.Clone()
			p.Append(broken)
			f := Forward(sc, p)
			if !reflect.DeepEqual(f, want) {
				t.Fatalf("%s = %v changes the picture", place, bad)
			}
			g := Backward(sc, p, f, grad)
			if !reflect.DeepEqual(g.XY[:40], wantG.XY) || !reflect.DeepEqual(g.Feat[:60], wantG.Feat) {
				t.Fatalf("%s = %v changes gradients of the others", place, bad)
			}
			own := append(append(append(g.XY[40:], g.Scale[40:]...), g.Rot[20:]...), g.Feat[60:]...)
			for _, v := range own {
				if v != 0 {
					t.Fatalf("%s = %v has gradient %v", place, bad, own)
				}
			}
		}
	}
}

// Extreme splats are valid and give finite results: splats with t = 0 cover the whole picture, tiny and distant ones
// nothing.
func TestExtremeSplatsStayFinite(t *testing.T) {
	sc := Scene{W: 13, H: 11, K: 3, Cut: math.Inf(1)}
	_, target := RandomScene(8, sc.W, sc.H, 0, 1)
	for _, scale := range []float32{0, 1e-30, -0.5, 1e-3, 1e3, 1e18} {
		for _, x := range []float32{0, 0.5, -3, 1e6, -1e30} {
			p := oneSplat(sc.W, sc.H, 6.2, 5.1, 0.5)
			p.Append(oneSplat(sc.W, sc.H, 3.3, 2.2, 0.25))
			p.XY[0], p.Scale[0] = x, scale
			f := Forward(sc, p)
			_, _, grad := Loss(f, target, LossWeights{L1: 1, SSIM: 0.1})
			g := Backward(sc, p, f, grad)
			for _, list := range [][]float64{f.Color, f.D, g.XY, g.Scale, g.Rot, g.Feat} {
				for _, v := range list {
					if math.IsNaN(v) || math.IsInf(v, 0) {
						t.Fatalf("scale %v at x %v gives %v", scale, x, v)
					}
				}
			}
		}
	}
	flat := oneSplat(sc.W, sc.H, 1, 1, 0.5)
	flat.Scale[0], flat.Scale[1] = 0, 0
	for i, d := range Forward(sc, flat).D {
		if d != 1+1e-4 {
			t.Fatalf("pixel %d of a flat splat has D %v", i, d)
		}
	}
}

// A splat whose values overflow float32 counts at no pixel, as on a device.
func TestBeyondFloat32CountsNowhere(t *testing.T) {
	sc := Scene{W: 21, H: 15, K: 1, Cut: math.Inf(1)}
	far := oneSplat(sc.W, sc.H, 1, 1, 0.5)
	far.XY[0] = 1e30 // s is about 1e60
	flat := oneSplat(sc.W, sc.H, 1, 1, 0.5)
	flat.XY[0], flat.Scale[0], flat.Scale[1] = math.MaxFloat32, 0, 0 // s is 0, the centre 21 times too large
	for _, p := range []*splat.Splats{far, flat} {
		if f := Forward(sc, p); f.D[0] != 1e-4 || !math.IsInf(f.SK[0], 1) {
			t.Errorf("%+v: D %v, SK %v", p, f.D[0], f.SK[0])
		}
	}
}

func TestNoSplatsGiveBlack(t *testing.T) {
	sc := Scene{W: 3, H: 2, K: 10, Cut: 5}
	f := Forward(sc, splat.New(0, 3))
	for i, d := range f.D {
		if d != 1e-4 || f.Color[i] != 0 || !math.IsInf(f.SK[i], 1) {
			t.Fatalf("D %v, colour %v, SK %v", d, f.Color[i], f.SK[i])
		}
	}
	if g := Backward(sc, splat.New(0, 3), f, make([]float64, 18)); len(g.XY) != 0 {
		t.Error("gradients of nothing")
	}
}
