package splat

import (
	"errors"
	"math"
	"testing"
)

// differing returns a search whose error grows with the squared differences of the parameters.
func differing(m *Model) *Search {
	weights := []float64{40 * 40, 30 * 30, 9, 9, 3, 1, 1, 1}
	before := m.Splats.planes()
	return &Search{Model: m, Measure: func(p *Splats) (float64, error) {
		sum := 20.0
		for k, plane := range p.planes() {
			for i := range p.N {
				d := float64(*plane.at(i)) - float64(*before[k].at(i))
				if k == planeRot {
					t := m.Splats.Scale[2*i:]
					d = math.Sin(d) * float64(t[0]-t[1]) // half a turn is no difference, nor is any for a round splat
				}
				sum += weights[k] * d * d
			}
		}
		return sum, nil
	}}
}

// canonical returns a model whose splats a file stores without turning them round.
func canonical() *Model {
	m := someModel(400, 3)
	p := m.Splats
	for i := range p.N {
		if t := p.Scale[2*i:]; t[0] < t[1] {
			t[0], t[1] = t[1], t[0]
		}
		p.Rot[i] = float32(math.Mod(math.Abs(float64(p.Rot[i])), math.Pi))
	}
	return m
}

// Find uses nearly all of the error that may be added, and no more.
func TestSearchFindsTheCoarsestSteps(t *testing.T) {
	m := canonical()
	var before int64
	for _, added := range []float64{.002, .05, .4} {
		r, err := differing(m).Find(added)
		if err != nil || r == nil || r.Added > added || r.Added < .9*added {
			t.Fatalf("%v may be added: %+v, %v", added, r, err)
		}
		coded := *m
		coded.Grid = r.Symbols.Grid
		size, err := FileBytes(&coded)
		if err != nil || before > 0 && size > before {
			t.Errorf("a file of %d bytes, and of %d for less error (%v)", size, before, err)
		}
		before = size
	}
}

// Fit uses nearly all bytes that a file may have, and no more.
func TestSearchFitsAFile(t *testing.T) {
	m := canonical()
	for _, most := range []int64{1500, 2500, 5000} {
		r, err := differing(m).Fit(most)
		if err != nil || r == nil {
			t.Fatal(r, err)
		}
		coded := *m
		coded.Grid = r.Symbols.Grid
		if size, err := FileBytes(&coded); err != nil || size > most || size < most*98/100 {
			t.Errorf("a file of %d bytes may have %d (%v)", size, most, err)
		}
	}
	if r, err := differing(m).Fit(100); r != nil || err != nil {
		t.Errorf("400 splats in 100 bytes: %+v, %v", r, err)
	}
}

// A model without error has none to add to, and an error of the measurement ends the search.
func TestSearchWithoutMeasure(t *testing.T) {
	m := canonical()
	perfect := &Search{Model: m, Measure: func(*Splats) (float64, error) { return 0, nil }}
	if r, err := perfect.Find(.1); r != nil || err != nil {
		t.Errorf("got %+v, %v", r, err)
	}
	lost, count := errors.New("lost"), 0
	failing := &Search{Model: m, Measure: func(*Splats) (float64, error) {
		if count++; count > 4 {
			return 0, lost
		}
		return 1, nil
	}}
	if r, err := failing.Find(.1); r != nil || !errors.Is(err, lost) || count != 5 {
		t.Errorf("got %+v, %v after %d measurements", r, err, count)
	}
}
