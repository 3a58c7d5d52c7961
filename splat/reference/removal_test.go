package reference

import (
	"math"
	"testing"

	"igs/imageio"
	"igs/splat"
)

func squaredErrors(f *Frame, target *imageio.Image) (sum float64) {
	for i, v := range f.Color {
		e := v - float64(target.Pix[i])
		sum += e * e
	}
	return sum
}

// without returns a copy of the splats without splat i.
func without(p *splat.Splats, i int) *splat.Splats {
	q := splat.New(0, p.C)
	for k := range p.N {
		if k == i {
			continue
		}
		one := splat.New(1, p.C)
		copy(one.XY, p.XY[2*k:])
		copy(one.Scale, p.Scale[2*k:])
		copy(one.Rot, p.Rot[k:])
		copy(one.Feat, p.Feat[k*p.C:])
		q.Append(one)
	}
	return q
}

// If all splats count at a pixel, no other splat replaces a removed one. A splat with t = 0 keeps every share below one
// half. The cost is then exact.
func TestRemovalCostIsTheChangeOfTheError(t *testing.T) {
	for _, sc := range []Scene{{W: 21, H: 16, K: 13, Cut: math.Inf(1)}, {W: 21, H: 16, K: 40, Cut: 8}} {
		for _, c := range []int{1, 3} {
			p, target := RandomScene(31, sc.W, sc.H, 12, c)
			flat := splat.New(1, c)
			flat.Feat[0] = 0.5
			p.Append(flat)
			f := Forward(sc, p)
			before := squaredErrors(f, target)
			cost := RemovalCost(sc, p, f, target)
			for i := range p.N - 1 {
				want := squaredErrors(Forward(sc, without(p, i)), target) - before
				if !(math.Abs(cost[i]-want) <= 1e-9*math.Abs(want)+1e-12*before) {
					t.Errorf("%+v: splat %d costs %.12g, its removal adds %.12g", sc, i, cost[i], want)
				}
			}
		}
	}
}

// For a splat that is alone at its pixel, the share of the others is taken as 0.02.
func TestRemovalCostOfALonelySplat(t *testing.T) {
	sc := Scene{W: 1, H: 1, K: 10, Cut: math.Inf(1)}
	p := oneSplat(1, 1, 0.5, 0.5, 0.8)
	target := imageio.New(1, 1, 1)
	target.Pix[0] = 0.25
	f := Forward(sc, p)
	w := 1 / (1 + 1e-4)
	color := float64(p.Feat[0]) * w
	change := w / 0.02 * (color - float64(p.Feat[0]))
	want := 2*(color-0.25)*change + change*change
	if got := RemovalCost(sc, p, f, target)[0]; !near(got, want, 1e-12) {
		t.Errorf("cost %v, want %v", got, want)
	}
}

// Only pixels where a splat is among the K nearest add to its cost. A splat that is not finite has the cost 0.
func TestRemovalCostsNothingWhereASplatDoesNotCount(t *testing.T) {
	sc := Scene{W: 8, H: 8, K: 1, Cut: math.Inf(1)}
	p := oneSplat(8, 8, 4, 4, 0.5)
	hidden, broken := oneSplat(8, 8, 4, 4, 1), oneSplat(8, 8, 4, 4, 1)
	hidden.Scale[0], hidden.Scale[1] = 1, 1
	broken.XY[0], broken.Scale[0], broken.Scale[1] = math.MaxFloat32, 0, 0 // s is 0, the centre no float32
	p.Append(hidden)
	p.Append(broken)
	cost := RemovalCost(sc, p, Forward(sc, p), imageio.New(8, 8, 1))
	if cost[0] == 0 || cost[1] != 0 || cost[2] != 0 {
		t.Errorf("costs %v", cost)
	}
}
