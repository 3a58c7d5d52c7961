package splat

import (
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

func TestCloneAndAppendShareNothing(t *testing.T) {
	a := randomSplats(1, 5, 3)
	b := a.Clone()
	if !reflect.DeepEqual(a, b) {
		t.Fatal("the clone differs")
	}
	b.XY[0]++
	b.Feat[14]++
	if a.XY[0] == b.XY[0] || a.Feat[14] == b.Feat[14] {
		t.Error("the clone shares memory")
	}
	other := randomSplats(2, 4, 3)
	a.Append(other)
	if err := a.Validate(); err != nil || a.N != 9 {
		t.Fatalf("after appending: %d splats, %v", a.N, err)
	}
	if a.XY[10] != other.XY[0] || a.Scale[11] != other.Scale[1] || a.Rot[8] != other.Rot[3] || a.Feat[26] != other.Feat[11] {
		t.Error("appended splats are not behind the others")
	}
	if a.Append(New(0, 3)); a.N != 9 {
		t.Error("appending nothing changed the count")
	}
}

func TestAppendRefusesOtherChannels(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("splats of 1 channel went behind splats of 3")
		}
	}()
	New(1, 3).Append(New(1, 1))
}

func TestValidateNamesWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		spoil func(p *Splats)
		says  string
	}{
		{func(p *Splats) { p.C = 0 }, "0 channels"},
		{func(p *Splats) { p.N = -1 }, "-1 splats"},
		{func(p *Splats) { p.XY = p.XY[1:] }, "xy holds 7 numbers, 4 splats need 8"},
		{func(p *Splats) { p.Feat = append(p.Feat, 0) }, "feat holds 13"},
		{func(p *Splats) { p.Scale[5] = float32(math.NaN()) }, "scale of splat 2 is NaN"},
		{func(p *Splats) { p.Rot[3] = float32(math.Inf(-1)) }, "rot of splat 3 is -Inf"},
	} {
		p := randomSplats(3, 4, 3)
		c.spoil(p)
		if err := p.Validate(); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("got %v, want it to say %q", err, c.says)
		}
	}
	if err := New(0, 1).Validate(); err != nil {
		t.Errorf("no splats: %v", err)
	}
}

// randomSplats returns the same splats for the same seed.
func randomSplats(seed uint64, n, c int) *Splats {
	return Random(rand.New(rand.NewPCG(seed, 0x7363656e65)), n, c)
}
