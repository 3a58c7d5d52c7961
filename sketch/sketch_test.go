package sketch

import (
	"errors"
	"math"
	"slices"
	"testing"

	"igs/splat"
	"igs/splat/reference"
)

// picture is a part of a picture, in three planes.
type picture struct {
	w      int
	planes [3][]float32
}

func (p picture) at(c, y, x int) float32 { return p.planes[c][y*p.w+x] }

// drawn collects rows, and checks their order.
func drawn(t *testing.T, a Area, rows Rows) picture {
	t.Helper()
	m := picture{w: a.W}
	next := a.Top
	err := rows(func(y int, row [][]float32) error {
		if y != next {
			t.Fatalf("row %d, want %d", y, next)
		}
		for c, line := range row {
			m.planes[c] = append(m.planes[c], line...)
		}
		next++
		return nil
	})
	if err != nil || next != a.Bottom {
		t.Fatalf("%d rows, %v", next-a.Top, err)
	}
	return m
}

func whole(w, h int) Area { return Area{w, h, 0, h} }

// one is a model of a single splat with σ of 8 and 4 px, in a picture of 100 × 80 px, turned by π/8.
func one() *splat.Model {
	p := splat.New(1, 3)
	copy(p.XY, []float32{0.5, 0.4})
	copy(p.Scale, []float32{1.0 / 8, 1.0 / 4})
	copy(p.Feat, []float32{1, 0.25, 0})
	p.Rot[0] = math.Pi / 8
	return &splat.Model{Splats: p, W: 100, H: 80, TopK: 10, Layers: splat.Plain(3, 8), Gamma: 1, Bits: splat.Lossless}
}

// A pixel has the colour of the splat if and only if it is within Sigmas of the splat, at the size of the training and
// at three times that size. At the edge, a pixel has a mixed colour.
func TestEllipseIsWhereTheSplatIs(t *testing.T) {
	m := one()
	for _, zoom := range []int{1, 3} {
		a := whole(100*zoom, 80*zoom)
		got := drawn(t, a, Ellipses(m, a))
		sin, cos := math.Sincos(math.Pi / 8)
		inside := 0
		for y := range a.H {
			for x := range a.W {
				dx, dy := float64(x)+0.5-50*float64(zoom), float64(y)+0.5-32*float64(zoom)
				u, v := (dx*cos+dy*sin)/8, (dy*cos-dx*sin)/4
				r := math.Hypot(u, v) / float64(zoom) // σ
				edge := 0.75 / (4 * float64(zoom))    // 0.75 px
				want := [3]float32{128. / 255, 128. / 255, 128. / 255}
				if r < Sigmas {
					inside++
					want = [3]float32{1, 64. / 255, 0}
				}
				if math.Abs(r-Sigmas) < edge {
					continue
				}
				for c := range 3 {
					if math.Abs(float64(got.at(c, y, x)-want[c])) > 1.5/255 {
						t.Fatalf("zoom %d: channel %d, row %d, column %d is %v at %.2f σ", zoom, c, y, x, got.at(c, y, x), r)
					}
				}
			}
		}
		if area := math.Pi * Sigmas * Sigmas * 32 * float64(zoom*zoom); math.Abs(float64(inside)-area) > 0.05*area {
			t.Errorf("zoom %d: %d pixels inside, an ellipse has %.0f", zoom, inside, area)
		}
	}
}

// Drawing a part gives the same rows as drawing the whole, although the bands differ.
func TestPartIsThatPartOfTheWhole(t *testing.T) {
	before := bandBytes
	bandBytes = 4 * 200 * 210 // of 210 rows
	t.Cleanup(func() { bandBytes = before })
	p, _ := reference.RandomScene(6, 30, 500, 90, 3)
	p.Scale[0], p.Scale[1], p.Scale[2] = 0, 0, 1e-9 // one splat covers the picture, another is as long as the picture
	p.XY[6], p.XY[8] = 1e30, -4
	m := &splat.Model{Splats: p, W: 30, H: 500, TopK: 10, Layers: splat.Plain(3, 8), Gamma: 1, Bits: splat.Lossless}
	a := whole(200, 500)
	part := Area{200, 500, 199, 240}
	for name, rows := range map[string]func(*splat.Model, Area) Rows{"ellipses": Ellipses, "positions": Positions} {
		all, some := drawn(t, a, rows(m, a)), drawn(t, part, rows(m, part))
		for c := range 3 {
			cut := all.planes[c][part.Top*a.W : part.Bottom*a.W]
			for i, v := range some.planes[c] {
				if math.Abs(float64(v-cut[i])) > 4./255 { // outlines are relative to the corner of a band, so they are rounded differently
					t.Fatalf("%s: channel %d, sample %d is %v, in the whole %v", name, c, i, v, cut[i])
				}
			}
		}
		if slices.Equal(all.planes[0], all.planes[2]) == (name == "ellipses") {
			t.Errorf("%s: the wrong colours", name)
		}
	}
}

// Each splat has a dot. Dots grow with the picture.
func TestPositions(t *testing.T) {
	m := one()
	for _, zoom := range []int{1, 4} {
		a := whole(100*zoom, 80*zoom)
		got := drawn(t, a, Positions(m, a))
		dark := 0
		for _, v := range got.planes[1] {
			if v < 0.5 {
				dark++
			}
		}
		radius := 0.1 * math.Sqrt(8000) * float64(zoom)
		if want := math.Pi * radius * radius; math.Abs(float64(dark)-want) > 0.1*want {
			t.Errorf("zoom %d: %d dark pixels, want %.0f", zoom, dark, want)
		}
		if got.at(0, 32*zoom, 50*zoom) != 0 || got.at(0, 0, 0) != 1 {
			t.Errorf("zoom %d: %v in the middle, %v in the corner", zoom, got.at(0, 32*zoom, 50*zoom), got.at(0, 0, 0))
		}
	}
}

// Colours are display colours, and those of a stack are colours of its first picture.
func TestEllipseColours(t *testing.T) {
	m := one()
	m.Splats.C, m.Splats.Feat, m.Gamma = 4, []float32{0.25, 1, 0, 0.5}, 2
	m.Layers = append(splat.Plain(1, 8), splat.Plain(3, 8)...)
	a := whole(100, 80)
	got := drawn(t, a, Ellipses(m, a))
	for c := range 3 {
		if v := got.at(c, 32, 50); v != 128./255 { // √0.25, rounded
			t.Errorf("channel %d is %v", c, v)
		}
	}
}

// The colour of a splat in Identities depends on its index and on the norm of its feature. The model does not change.
func TestIdentities(t *testing.T) {
	p, _ := reference.RandomScene(8, 60, 40, 50, 12)
	m := &splat.Model{Splats: p, W: 60, H: 40, TopK: 10, Layers: splat.Plain(12, 8), Gamma: 2.2, Bits: splat.Lossless}
	before := slices.Clone(p.Feat)
	a, b := Identities(m), Identities(m)
	if err := a.Validate(); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(a.Splats.Feat, b.Splats.Feat) || !slices.Equal(before, p.Feat) || p.C != 12 || a.Gamma != 1 {
		t.Error("not the same every time, or the model was changed")
	}
	for i := range p.Feat[:12] {
		p.Feat[i] *= 3
	}
	brighter := Identities(m)
	for c := range 3 {
		if v, want := brighter.Splats.Feat[c], 3*a.Splats.Feat[c]; math.Abs(float64(v-want)) > 1e-5 {
			t.Errorf("three times the feature gives %v, want %v", v, want)
		}
		if a.Splats.Feat[c] == a.Splats.Feat[3+c] {
			t.Error("two splats share a colour")
		}
	}
}

func TestErrorOfTakeEndsIt(t *testing.T) {
	full := errors.New("disk full")
	rows := 0
	err := Ellipses(one(), whole(100, 80))(func(y int, row [][]float32) error {
		if rows++; y == 3 {
			return full
		}
		return nil
	})
	if !errors.Is(err, full) || rows != 4 {
		t.Errorf("%v after %d rows", err, rows)
	}
}
