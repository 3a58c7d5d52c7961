// Package symbols owns the integers of a model file of format version 2 and their entropy coder. A model is a set of
// symbols: for each splat the levels of its position, size, aspect, angle and colour. Package splat converts splats to
// symbols and back.
//
// Every decoder gets the same symbols, because this package computes with integers only. All of them are below 2^53,
// so a language whose numbers are float64 computes the same. docs/format.md specifies the operations.
package symbols

import (
	"cmp"
	"fmt"
	"slices"
)

// Grid is the four step sizes of a set. The fields are the integers of the file.
type Grid struct {
	Position uint32 // step of x and y, 2⁻²⁰ px
	Size     uint32 // step of σ^⅔, 2⁻²⁰ px^⅔, where σ² = σ₁σ₂
	Angle    uint32 // π times the ratio of the steps of size and angle, 2⁻¹⁶
	Colour   uint32 // step of a colour channel for a splat of size level 1, 2⁻²⁰
}

// The largest values of the fields of a grid and of symbols.
const (
	MaxPositionStep = 1<<28 - 1
	MaxSizeStep     = 1<<24 - 1
	MaxAngleStep    = 1<<22 - 1

	MaxPlace    = 1 << 22   // magnitude of the level of a position: float32 tells such levels apart
	MaxSize     = 1<<16 - 1 // level of a size
	MaxAspect   = 1 << 20   // level of an aspect
	MaxLevel    = 1 << 20   // magnitude of the level of a colour
	MaxChannels = 16

	sideBits = 24 // the positions of a set lie in a square of 2^sideBits levels
)

// Set is the symbols of N splats of C channels. Each slice has N elements; Colour has C for each splat.
type Set struct {
	Grid
	C      int
	X, Y   []int32 // position / step
	Size   []int32 // σ^⅔ / step, from 1
	Aspect []int32 // level of ln(σ₂/σ₁): its step is 3 / Size
	Angle  []int32 // level of θ: its step is π / Angles
	Colour []int32 // levels of the colour channels
}

// New returns a set of n splats with all symbols zero.
func New(g Grid, n, c int) *Set {
	return &Set{
		Grid: g, C: c, X: make([]int32, n), Y: make([]int32, n), Size: make([]int32, n),
		Aspect: make([]int32, n), Angle: make([]int32, n), Colour: make([]int32, n*c),
	}
}

// N is the number of splats.
func (s *Set) N() int { return len(s.X) }

// Clone returns a copy that shares no memory.
func (s *Set) Clone() *Set {
	return &Set{s.Grid, s.C, slices.Clone(s.X), slices.Clone(s.Y), slices.Clone(s.Size), slices.Clone(s.Aspect), slices.Clone(s.Angle), slices.Clone(s.Colour)}
}

// Validate returns an error if the set cannot be encoded.
func (s *Set) Validate() error {
	if err := s.Grid.Validate(); err != nil {
		return err
	}
	if n := s.N(); s.C < 1 || s.C > MaxChannels || len(s.Y) != n || len(s.Size) != n || len(s.Aspect) != n || len(s.Angle) != n || len(s.Colour) != n*s.C {
		return fmt.Errorf("%d splats of %d channels, whose symbols differ in number", n, s.C)
	}
	for i := range s.X {
		if err := s.check(i); err != nil {
			return err
		}
	}
	return nil
}

// Validate returns an error if a step is out of the range of a file.
func (g Grid) Validate() error {
	if min(g.Position, g.Size, g.Angle, g.Colour) < 1 || g.Position > MaxPositionStep || g.Size > MaxSizeStep || g.Angle > MaxAngleStep {
		return fmt.Errorf("steps %v are out of range", g)
	}
	return nil
}

// check returns an error if a symbol of splat i is out of range.
func (s *Set) check(i int) error {
	switch {
	case max(magnitude(s.X[i]), magnitude(s.Y[i])) > MaxPlace:
		return errOf("position", i)
	case s.Size[i] < 1 || s.Size[i] > MaxSize:
		return errOf("size", i)
	case s.Aspect[i] < 0 || s.Aspect[i] > MaxAspect:
		return errOf("aspect", i)
	case s.Angle[i] < 0 || s.Angle[i] >= s.Angles(s.Size[i], s.Aspect[i]):
		return errOf("angle", i)
	}
	for _, v := range s.Colour[i*s.C : (i+1)*s.C] {
		if magnitude(v) > MaxLevel {
			return errOf("colour", i)
		}
	}
	return nil
}

func errOf(what string, i int) error { return fmt.Errorf("%s of splat %d is out of range", what, i) }

// extents returns the lowest and the highest levels of the positions.
func (s *Set) extents() (low, high [2]int32) {
	for i := range s.X {
		p := [2]int32{s.X[i], s.Y[i]}
		for k, v := range p {
			if i == 0 {
				low[k], high[k] = v, v
			}
			low[k], high[k] = min(low[k], v), max(high[k], v)
		}
	}
	return low, high
}

// Sort puts the splats in the order of a file: along a Hilbert curve. Splats at the same place are sorted by their other
// symbols, so the order depends on the symbols only. Sort returns the place that each splat had before.
func (s *Set) Sort() (at []int) {
	low, high := s.extents()
	bits := bitsFor(low, high)
	keys := make([]uint64, s.N())
	at = make([]int, s.N())
	for i := range at {
		at[i], keys[i] = i, hilbert(s.X[i]-low[0], s.Y[i]-low[1], bits)
	}
	slices.SortFunc(at, func(a, b int) int {
		return cmp.Or(cmp.Compare(keys[a], keys[b]), cmp.Compare(s.Size[a], s.Size[b]), cmp.Compare(s.Aspect[a], s.Aspect[b]),
			cmp.Compare(s.Angle[a], s.Angle[b]), slices.Compare(s.Colour[a*s.C:(a+1)*s.C], s.Colour[b*s.C:(b+1)*s.C]))
	})
	old := s.Clone()
	for i, j := range at {
		s.X[i], s.Y[i], s.Size[i], s.Aspect[i], s.Angle[i] = old.X[j], old.Y[j], old.Size[j], old.Aspect[j], old.Angle[j]
		copy(s.Colour[i*s.C:(i+1)*s.C], old.Colour[j*s.C:])
	}
	return at
}

func magnitude(v int32) int32 { return max(v, -v) }
