package engine

import (
	"bytes"
	"fmt"
	"testing"

	"igs/imageio"
	"igs/splat/reference"
	"igs/vk"
	"igs/vk/vktest"
)

// Splats that cover all tiles of a large picture get the same lists and the same slots of records, whether an
// invocation walks alone or a workgroup of 64 or 128 shares the splats.
func TestWalkersComeToTheSameLists(t *testing.T) {
	dev := vktest.OpenPlain(t)
	const side = 2912 // 33 124 tiles
	p, _ := reference.RandomScene(9, 1, 1, 300, 1)
	for i := range p.N {
		p.Scale[2*i], p.Scale[2*i+1] = 0.02, 0.03
		if i%100 == 7 {
			p.Scale[2*i], p.Scale[2*i+1] = 0.0002, 0.0004
		}
	}
	target := imageio.NewSamples(side, side, 1, 8)
	if size := (Setup{Tuning: GPU, Group: 256}).walkers(480 * 270); size != 256 {
		t.Errorf("workgroups of %d at 8K", size)
	}
	var first [2][]byte
	for n, walk := range []struct {
		split uint32
		group int
		size  uint32
	}{{1, 256, 64}, {4, 0, 64}, {4, 256, 128}} {
		t.Run(fmt.Sprintf("%+v", walk), func(t *testing.T) {
			set := SetupFor(dev.Info(), 10)
			set.Tuning.Split, set.Group, set.Limits.ListBytes = walk.split, walk.group, 1<<30
			request := RequestFor(&imageio.Image{W: side, H: side, C: 1, Depth: 8}, p)
			request.Shape.Pointwise, request.Shape.Half = true, true
			e := opened(t, dev, target, p, request, set)
			if size := set.walkers(e.bin.tiles(e.plan)); size != walk.size || len(e.bands) != 1 {
				t.Fatalf("workgroups of %d, want %d; %d bands", size, walk.size, len(e.bands))
			}
			lists := listsOf(t, dev, e)
			if n == 0 {
				first = lists
			}
			if !bytes.Equal(lists[0], first[0]) || !bytes.Equal(lists[1], first[1]) {
				t.Error("the lists differ from those of single invocations")
			}
		})
	}
}

// listsOf returns the lists of the first band: the start of the list of each tile, and the entries.
func listsOf(t *testing.T, dev *vk.Device, e *Engine) (lists [2][]byte) {
	t.Helper()
	needed := binFirstBand(t, e)
	if tiles := e.bin.tiles(e.plan); needed > e.plan.Pairs || needed < 3*tiles {
		t.Fatalf("%d pairs in room for %d; %d tiles", needed, e.plan.Pairs, tiles)
	}
	lists = [2][]byte{make([]byte, 4*(e.bin.tiles(e.plan)+1)), make([]byte, 8*needed)}
	for i, from := range []*vk.Buffer{e.bin.tileStart, e.bin.list} {
		if err := dev.Read(from, 0, lists[i]); err != nil {
			t.Fatal(err)
		}
	}
	return lists
}

// binFirstBand makes the lists of the first band, and returns how many splat-tile pairs they need.
func binFirstBand(t *testing.T, e *Engine) (needed int) {
	t.Helper()
	if err := e.run(func(r *vk.Recorder) {
		e.control.clear(r, e.plan)
		e.projectRounded(r, RoundNone)
		e.bin.record(r, e.work, e.bands[0])
	}); err != nil {
		t.Fatal(err)
	}
	needed, err := e.pairsNeeded()
	if err != nil {
		t.Fatal(err)
	}
	return needed
}
