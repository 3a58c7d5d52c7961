package symbols

import (
	"bytes"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
)

// random returns n splats with symbols like those of a training.
func random(seed uint64, n, c int) *Set {
	rng := rand.New(rand.NewPCG(seed, 1))
	s := New(Grid{Position: 90_000, Size: 25_000, Angle: 55_000, Colour: 3_800_000}, n, c)
	for i := range n {
		s.X[i], s.Y[i] = rng.Int32N(9000)-200, rng.Int32N(6000)-100
		s.Size[i] = int32(60 + 20*math.Abs(rng.NormFloat64()))
		s.Aspect[i] = rng.Int32N(2) * rng.Int32N(50)
		s.Angle[i] = rng.Int32N(s.Angles(s.Size[i], s.Aspect[i]))
		for k := range c {
			s.Colour[i*c+k] = int32(20 * rng.NormFloat64())
		}
	}
	return s
}

// extremes returns sets at the limits of their symbols.
func extremes() map[string]*Set {
	equal := random(1, 300, 3)
	for i := range equal.X {
		equal.X[i], equal.Y[i] = 7, -7
	}
	line := random(2, 300, 1)
	for i := range line.X {
		line.X[i] = 0
	}
	wide := random(3, 200, MaxChannels)
	for i := range wide.X {
		wide.X[i], wide.Y[i] = int32(i)*(1<<14), -MaxPlace+int32(i*i)
		wide.Size[i] = []int32{1, 2, 300, MaxSize}[i%4]
		wide.Aspect[i] = []int32{0, 1, MaxAspect}[i%3]
		wide.Angle[i] = wide.Angles(wide.Size[i], wide.Aspect[i]) - 1
		wide.Colour[i] = []int32{MaxLevel, -MaxLevel, 0, 1}[i%4]
	}
	coarsest := random(4, 50, 3)
	coarsest.Grid = Grid{MaxPositionStep, MaxSizeStep, 1, math.MaxUint32}
	finest := random(5, 50, 3)
	finest.Grid = Grid{1, 1, MaxAngleStep, 1}
	for i := range coarsest.Angle {
		coarsest.Angle[i] = 0
	}
	return map[string]*Set{"none": random(1, 0, 3), "one": random(1, 1, 1), "two": random(1, 2, 3), "equal": equal, "line": line, "wide": wide, "coarsest": coarsest, "finest": finest}
}

// A decoder returns the symbols that were encoded, sorted. Their order before does not matter.
func TestDecodedSymbols(t *testing.T) {
	sets := extremes()
	sets["many"] = random(6, 3000, 3)
	sets["stack"] = random(7, 500, 12)
	for name, s := range sets {
		if err := s.Validate(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		shuffled := s.Clone()
		rand.New(rand.NewPCG(1, 1)).Shuffle(s.N(), shuffled.swap)
		data := s.Encode()
		if !bytes.Equal(shuffled.Encode(), data) {
			t.Errorf("%s: another order gives other bytes", name)
		}
		back, err := Decode(data, s.N(), s.C)
		if err != nil || !reflect.DeepEqual(back, s) {
			t.Errorf("%s: other symbols come back (%v)", name, err)
		}
		if bits := s.EstimateBits().Total(); math.Abs(bits/8+float64(len(s.appendHead(rules{colour: make([][3]int64, s.C)}, [2]int32{}, [2]int32{})))-float64(len(data))) > 20+0.002*bits/8 {
			t.Errorf("%s: %.0f bits estimated, the code has %d bytes", name, bits, len(data))
		}
	}
}

func (s *Set) swap(i, j int) {
	for _, v := range [][]int32{s.X, s.Y, s.Size, s.Aspect, s.Angle} {
		v[i], v[j] = v[j], v[i]
	}
	for c := range s.C {
		s.Colour[i*s.C+c], s.Colour[j*s.C+c] = s.Colour[j*s.C+c], s.Colour[i*s.C+c]
	}
}

// A set out of the range of a file is refused.
func TestRefusedSets(t *testing.T) {
	for name, spoil := range map[string]func(s *Set){
		"a step of 0":     func(s *Set) { s.Grid.Size = 0 },
		"a missing level": func(s *Set) { s.Size = s.Size[1:] },
		"size 0":          func(s *Set) { s.Size[3] = 0 },
		"a wrong angle":   func(s *Set) { s.Angle[3] = s.Angles(s.Size[3], s.Aspect[3]) },
		"a far place":     func(s *Set) { s.X[3] = MaxPlace + 1 },
		"a bright colour": func(s *Set) { s.Colour[3] = MaxLevel + 1 },
	} {
		s := random(1, 10, 3)
		if spoil(s); s.Validate() == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}
