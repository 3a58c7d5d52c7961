package reference

import (
	"math"
	"reflect"
	"testing"
)

func TestRandomSceneIsVariedAndRepeats(t *testing.T) {
	p, m := RandomScene(11, 64, 40, 400, 3)
	again, n := RandomScene(11, 64, 40, 400, 3)
	if !reflect.DeepEqual(p, again) || !reflect.DeepEqual(m, n) {
		t.Fatal("the same seed gives another scene")
	}
	if other, _ := RandomScene(12, 64, 40, 400, 3); reflect.DeepEqual(p, other) {
		t.Fatal("another seed gives the same scene")
	}
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	outside, aspect := 0, 0.0
	for i := range p.N {
		x, y, t1, t2 := p.XY[2*i], p.XY[2*i+1], float64(p.Scale[2*i]), float64(p.Scale[2*i+1])
		if x < 0 || x > 1 || y < 0 || y > 1 {
			outside++
		}
		if min(t1, t2) < 1.0/8 || max(t1, t2) > 1 {
			t.Fatalf("splat %d has scales %v %v", i, t1, t2)
		}
		aspect = max(aspect, t1/t2, t2/t1)
	}
	if outside < 10 || outside > 100 || aspect < 5 {
		t.Errorf("%d of 400 outside, largest aspect %v", outside, aspect)
	}
	levels := map[float32]bool{}
	for _, v := range m.Pix {
		if e := 255*float64(v) - math.Round(255*float64(v)); v < 0 || v > 1 || math.Abs(e) > 1e-4 {
			t.Fatalf("sample %v is not an 8-bit step", v)
		}
		levels[v] = true
	}
	if len(levels) < 100 {
		t.Errorf("only %d levels", len(levels))
	}
}
