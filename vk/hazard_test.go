package vk

import (
	"reflect"
	"testing"

	"igs/shaders"
)

const (
	reads  = shaders.ReadOnly
	writes = shaders.WriteOnly
	both   = shaders.ReadWrite
)

func TestHazards(t *testing.T) {
	at := func(buffer uint64, begin, end int64, a shaders.Access) touch {
		return touch{buffer, span{begin, end}, a}
	}
	cases := []struct {
		name     string
		commands [][]touch
		want     []bool
	}{
		{"read after write", [][]touch{{at(1, 0, 8, writes)}, {at(1, 0, 8, reads)}}, []bool{false, true}},
		{"write after read", [][]touch{{at(1, 0, 8, reads)}, {at(1, 0, 8, writes)}}, []bool{false, true}},
		{"write after write", [][]touch{{at(1, 0, 8, writes)}, {at(1, 0, 8, writes)}}, []bool{false, true}},
		{"read after read", [][]touch{{at(1, 0, 8, reads)}, {at(1, 0, 8, reads)}}, []bool{false, false}},
		{"in place twice", [][]touch{{at(1, 0, 8, both)}, {at(1, 0, 8, both)}}, []bool{false, true}},
		{"other buffer", [][]touch{{at(1, 0, 8, writes)}, {at(2, 0, 8, reads)}}, []bool{false, false}},
		{"neighbours", [][]touch{{at(1, 0, 8, writes)}, {at(1, 8, 16, writes)}}, []bool{false, false}},
		{"one byte shared", [][]touch{{at(1, 0, 9, writes)}, {at(1, 8, 16, reads)}}, []bool{false, true}},
		{"inside", [][]touch{{at(1, 0, 64, writes)}, {at(1, 8, 16, reads)}}, []bool{false, true}},
		{"within one command", [][]touch{{at(1, 0, 8, reads), at(1, 0, 8, writes)}}, []bool{false}},
		{"a barrier orders everything", [][]touch{
			{at(1, 0, 8, writes), at(2, 0, 8, writes)},
			{at(1, 0, 8, reads)}, // barrier
			{at(2, 0, 8, reads)}, // covered by it
		}, []bool{false, true, false}},
		{"what came with the barrier counts", [][]touch{
			{at(1, 0, 8, writes)},
			{at(1, 0, 8, reads), at(2, 0, 8, writes)},
			{at(2, 0, 8, reads)},
		}, []bool{false, true, true}},
		{"bands joined, gap kept", [][]touch{
			{at(1, 0, 8, writes)}, {at(1, 16, 24, writes)}, {at(1, 8, 16, reads)}, {at(1, 4, 20, reads)},
		}, []bool{false, false, false, true}},
		{"read of a band, then the whole written", [][]touch{
			{at(1, 0, 8, reads)}, {at(1, 100, 200, reads)}, {at(1, 50, 150, writes)},
		}, []bool{false, false, true}},
	}
	for _, c := range cases {
		var h hazards
		var got []bool
		for _, touches := range c.commands {
			got = append(got, h.next(touches))
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: barriers %v, want %v", c.name, got, c.want)
		}
	}
}

// TestHazardsAgainstBytes compares the spans with a record of every single byte, for random accesses.
func TestHazardsAgainstBytes(t *testing.T) {
	const size = 24
	seed := uint32(1)
	draw := func(n int64) int64 {
		seed = seed*1664525 + 1013904223
		return int64(seed>>8) % n
	}
	for round := range 2000 {
		var h hazards
		var read, written [2][size]bool
		for step := range 12 {
			var touches []touch
			for range 1 + draw(3) {
				begin := draw(size)
				touches = append(touches, touch{uint64(draw(2)), span{begin, begin + 1 + draw(size-begin)}, shaders.Access(draw(3))})
			}
			want := false
			for _, t := range touches {
				for i := t.at.begin; i < t.at.end; i++ {
					want = want || written[t.buffer][i] || t.access.Writes() && read[t.buffer][i]
				}
			}
			if want {
				read, written = [2][size]bool{}, [2][size]bool{}
			}
			for _, t := range touches {
				for i := t.at.begin; i < t.at.end; i++ {
					read[t.buffer][i] = read[t.buffer][i] || t.access.Reads()
					written[t.buffer][i] = written[t.buffer][i] || t.access.Writes()
				}
			}
			if got := h.next(touches); got != want {
				t.Fatalf("round %d, step %d: barrier %v, want %v for %v", round, step, got, want, touches)
			}
		}
	}
}
