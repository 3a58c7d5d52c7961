package engine

import (
	"encoding/binary"
	"testing"

	"igs/splat/reference"
	"igs/vk/vktest"
)

// Every list is in the order of its keys and holds each splat once: short lists, which bin_sort sorts alone, and long
// lists, which bin_merge merges.
func TestListsAreSorted(t *testing.T) {
	dev := vktest.Open(t)
	for _, n := range []int{60, 500, 1500, 6000} {
		p, target := reference.RandomScene(4, 64, 48, n, 1)
		set := SetupFor(dev.Info(), 10)
		e := opened(t, dev, target.Samples(8), p, RequestFor(target, p), set)
		for {
			needed := binFirstBand(t, e)
			if needed <= e.plan.Pairs {
				break
			}
			if err := e.Lengthen(needed); err != nil {
				t.Fatal(err)
			}
		}
		b := e.bands[0]
		tiles := e.plan.Shape.TilesX() * (b.ListEnd - b.ListBegin)
		starts, list := make([]byte, 4*(tiles+1)), make([]byte, 8*e.plan.Pairs)
		if err := dev.Read(e.bin.tileStart, 0, starts); err != nil {
			t.Fatal(err)
		}
		if err := dev.Read(e.bin.list, 0, list); err != nil {
			t.Fatal(err)
		}
		longest, keys := 0, map[uint32]bool{}
		for tile := range tiles {
			begin, end := int(binary.LittleEndian.Uint32(starts[4*tile:])), int(binary.LittleEndian.Uint32(starts[4*tile+4:]))
			longest = max(longest, end-begin)
			for i := begin; i < end; i++ {
				entry := binary.LittleEndian.Uint32(list[8*i:])
				keys[entry>>24] = true
				if i > begin && entry <= binary.LittleEndian.Uint32(list[8*i-8:]) {
					t.Fatalf("%d splats: entry %d of the %d of tile %d is out of order", n, i-begin, end-begin, tile)
				}
			}
		}
		t.Logf("%d splats: the longest list has %d entries; %d keys", n, longest, len(keys))
		if n >= 1500 && (longest < 900 || len(keys) < 20) {
			t.Errorf("%d splats: lists of %d entries and %d keys show too little", n, longest, len(keys))
		}
	}
}
