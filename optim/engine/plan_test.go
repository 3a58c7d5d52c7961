package engine

import (
	"testing"

	"igs/internal/fault"
	"igs/memory"
	"igs/vk"
)

// roomy has the limits of a device with room for everything and the tuning of a CPU.
var roomy = memory.Limits{
	Binding: 1 << 40, Allocation: 1 << 40, Staging: vk.StagingBytes, LossBytes: 32 << 20, ListBytes: 64 << 20, BandTiles: 1024, BandRows: 8,
	Columns: lossColumns(), Declare: Declare,
}

// eightK requests 30 000 splats on 7680 x 4320.
func eightK(mode memory.Mode, half bool) memory.Request {
	return memory.Request{Shape: memory.Shape{W: 7680, H: 4320, C: 3, Splats: 30000, Depth: 8, Half: half}, Mode: mode, Pairs: 2_000_000}
}

// of returns the named buffer of a plan.
func of(t *testing.T, p memory.Plan, name string) memory.Buffer {
	t.Helper()
	for _, b := range p.Buffers {
		if b.Name == name {
			return b
		}
	}
	t.Fatalf("no buffer %q in the plan", name)
	return memory.Buffer{}
}

// The maps of each block end within their buffer.
func TestMapsOfBlocksHaveRoom(t *testing.T) {
	l := roomy
	l.LossBytes = 1
	for _, w := range []int{1, 7, 64, 65, 77, 500, 7680} {
		p, err := memory.Choose(memory.Request{Shape: memory.Shape{W: w, H: 300, C: 3, Splats: 10, Depth: 8}, Pairs: 100}, l)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range p.Blocks() {
			if end := 16*p.MapsBegin(b) + p.Shape.WindowBytes(p.ChunkRows, p.BlockColumns); end > of(t, p, "window_maps").Bytes {
				t.Fatalf("w=%d: maps of %+v end at %d of %d", w, b, end, of(t, p, "window_maps").Bytes)
			}
		}
	}
}

// When it only renders, the device keeps the pixels of one band, which fit into one binding.
func TestDrawingBindsItsPixels(t *testing.T) {
	l := roomy
	l.Binding = 128 << 20
	for _, channels := range []int{1, 3, 12} {
		shape := memory.Shape{W: 7680, H: 4320, C: channels, Splats: 30000, Depth: 8, RenderOnly: true}
		for _, p := range memory.Ladder(memory.Request{Shape: shape, Pairs: 3_000_000}, l) {
			if size := of(t, p, "pixels").Bytes; size > l.Binding || size != int64(p.Ring)*p.Shape.TileRowBytes() {
				t.Errorf("%d channels: pixels of %d bytes for a ring of %d", channels, size, p.Ring)
			}
		}
	}
}

// A drawing takes the memory of what it writes: no thresholds, and one word a pixel where samples have 8 bits.
func TestDrawingTakesWhatItWrites(t *testing.T) {
	for channels, exact := range map[int]int64{1: 16, 3: 16, 4: 32} { // bytes of a pixel
		for _, bytes := range []bool{false, true} {
			shape := memory.Shape{W: 640, H: 480, C: channels, Splats: 100, Depth: 8, RenderOnly: true, Bytes: bytes}
			p, err := memory.Choose(memory.Request{Shape: shape, Pairs: 3000}, roomy)
			if err != nil {
				t.Fatal(err)
			}
			want := int64(p.Ring) * memory.TileSize * 640 * exact
			if bytes {
				want = int64(p.Ring) * memory.TileSize * 640 * 4
			}
			if size, others := of(t, p, "pixels").Bytes, of(t, p, "threshold").Bytes+of(t, p, "tile_used").Bytes; size != want || others > 8 {
				t.Errorf("%d channels, 8 bits %v: pixels take %d bytes, want %d, and what nothing writes %d", channels, bytes, size, want, others)
			}
		}
	}
}

// No buffer that is bound as a whole is larger than a binding, and no window of the other buffers is.
func TestPlansKeepWithinABinding(t *testing.T) {
	l := roomy
	l.Binding, l.Allocation = 128<<20, 2<<30
	for _, p := range memory.Ladder(eightK(memory.Stored, false), l) {
		for _, b := range p.Buffers {
			if !b.Windowed && b.Bytes > l.Binding {
				t.Errorf("%s: %s needs %d bytes", p, b.Name, b.Bytes)
			}
		}
		if window := int64(min(p.BandRows+1, p.Shape.TilesY())) * p.Shape.TileRowBytes(); window > l.Binding {
			t.Errorf("%s: a band binds %d bytes of pixels", p, window)
		}
	}
}

// A plan keeps the budget. It is the first rung that fits. If it differs from the request, it says why.
func TestChooseTakesTheFirstRungThatFits(t *testing.T) {
	for _, test := range []struct {
		budget int64
		want   string
	}{
		{0, "float32, stored"},
		{2 << 30, "float32, stored"},
		{700 << 20, "float16, stored"},
		{300 << 20, "float16, recompute in bands of 128 rows"},
		{96 << 20, "float16, recompute in bands of 128 rows, target streamed"},
	} {
		r := eightK(memory.Stored, false)
		r.Budget = test.budget
		p, err := memory.Choose(r, roomy)
		if err != nil || p.String() != test.want || test.budget > 0 && p.Bytes() > test.budget {
			t.Errorf("budget %d: %s of %d bytes, %v; want %s", test.budget, p, p.Bytes(), err, test.want)
		}
		if (p.Why == "") != (p.Rung == 0) {
			t.Errorf("budget %d: rung %d because %q", test.budget, p.Rung, p.Why)
		}
	}
	l := roomy
	l.Free = 96 << 20 // without a budget the free memory of the device is the limit
	if p, err := memory.Choose(eightK(memory.Stored, true), l); err != nil || p.Bytes() > l.Free {
		t.Errorf("%s of %d bytes, %v", p, p.Bytes(), err)
	}
}

// Narrow makes lower bands without longer lists: it needs no memory, and ends at one tile row.
func TestNarrowKeepsTheBuffers(t *testing.T) {
	p, err := memory.Choose(eightK(memory.Stored, true), roomy)
	if err != nil {
		t.Fatal(err)
	}
	bytes := p.Bytes()
	for p.BandRows > 1 {
		next, ok := p.Narrow(2 * p.Pairs)
		if !ok || next.BandRows >= p.BandRows || next.Bytes() != bytes {
			t.Fatalf("bands of %d tile rows become %d, %d bytes %d", p.BandRows, next.BandRows, bytes, next.Bytes())
		}
		errors := 0
		for _, b := range next.Bands() {
			for _, c := range b.Loss {
				for _, k := range next.Blocks() {
					errors += div(k.End-k.Begin, lossColumns()) * div(c.GradEnd-c.GradBegin, next.Strip) * div(next.Shape.C, 4)
				}
			}
		}
		if room := int(of(t, next, "partial_error").Bytes / 8); errors > room {
			t.Fatalf("%d sums of errors in room for %d", errors, room)
		}
		p = next
	}
	if _, ok := p.Narrow(2 * p.Pairs); ok {
		t.Error("a band of one tile row became lower")
	}
	// Longer lists then need only the additional bytes, within the budget.
	longer, err := p.Lengthen(2*p.Pairs, roomy)
	if more := longer.Bytes() - bytes; err != nil || more < int64(p.Pairs)*(p.Shape.RecordBytes()+8)-2*256 || more > int64(p.Pairs)*(p.Shape.RecordBytes()+8)+2*256 {
		t.Errorf("%d pairs more take %d bytes, %v", p.Pairs, more, err)
	}
	p.Bound = bytes
	if _, err := p.Lengthen(2*p.Pairs, roomy); fault.Code(err) != fault.OutOfMemory {
		t.Errorf("lists grew past the budget: %v", err)
	}
}

func TestSmallPictureIsOneBand(t *testing.T) {
	p, err := memory.Choose(memory.Request{Shape: memory.Shape{W: 768, H: 512, C: 3, Splats: 5000, Depth: 8}, Pairs: 100_000}, roomy)
	if err != nil {
		t.Fatal(err)
	}
	if b := p.Bands(); len(b) != 1 || b[0].GradEnd != 32 || b[0].DrawEnd != 32 {
		t.Errorf("bands %+v", b)
	}
	if of(t, p, "pixels").Bytes != 768*512*16 {
		t.Errorf("pixels take %d bytes", of(t, p, "pixels").Bytes)
	}
}

// Rendering needs the memory of one band, for a picture of any size. The smallest plan is little more than one tile
// row.
func TestDrawingHoldsABand(t *testing.T) {
	shape := memory.Shape{W: 32768, H: 18432, C: 3, Splats: 30000, Depth: 8, RenderOnly: true}
	r := memory.Request{Shape: shape, Pairs: 60_000_000}
	p, err := memory.Choose(r, roomy)
	if err != nil || p.Bytes() > 256<<20 {
		t.Fatalf("%d bytes, %v", p.Bytes(), err)
	}
	rungs := memory.Ladder(r, roomy)
	r.Budget = rungs[len(rungs)-1].Bytes()
	if least := 48 << 20; r.Budget > int64(least) {
		t.Errorf("the least is %d bytes", r.Budget)
	}
	if p, err := memory.Choose(r, roomy); err != nil || p.BandRows != 1 || p.Bytes() > r.Budget {
		t.Errorf("a budget of %d: %d bytes in bands of %d, %v", r.Budget, p.Bytes(), p.BandRows, err)
	}
	r.Budget--
	if _, err := memory.Choose(r, roomy); fault.Code(err) != fault.OutOfMemory {
		t.Errorf("less than the least: %v", err)
	}
	// The part that is rendered decides, not the size of the picture.
	r.Budget, r.Shape.Top, r.Shape.Bottom = 0, 500, 502
	if p, err := memory.Choose(r, roomy); err != nil || p.Ring != 2 {
		t.Errorf("two tile rows take a ring of %d, %v", p.Ring, err)
	}
}
