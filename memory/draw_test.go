package memory

import (
	"testing"

	"igs/internal/fault"
)

// Of a drawing every tile row that is wanted is drawn once, in order, with no lists of others, whatever the budget.
func TestDrawingBands(t *testing.T) {
	l := roomy
	l.Binding = 128 << 20
	for _, part := range []struct{ top, bottom int }{{0, 0}, {0, 1}, {3, 4}, {40, 270}, {269, 270}} {
		for _, channels := range []int{1, 3, 12} {
			r := Request{Shape: Shape{W: 7680, H: 4320, C: channels, Splats: 30000, Depth: 8, DrawOnly: true, Top: part.top, Bottom: part.bottom}, Pairs: 3_000_000}
			for _, p := range Ladder(r, l) {
				next, bottom := part.top, part.bottom
				if bottom == 0 {
					bottom = 270
				}
				for _, b := range p.Bands() {
					if b.DrawBegin != next || b.DrawEnd <= next || b.ListBegin != b.DrawBegin || b.ListEnd != b.DrawEnd || b.DrawEnd-b.DrawBegin > p.Ring || len(b.Loss) > 0 {
						t.Fatalf("%+v: band %+v does not follow tile row %d, ring %d", part, b, next, p.Ring)
					}
					next = b.DrawEnd
				}
				if next != bottom {
					t.Errorf("%+v: drawn to tile row %d", part, next)
				}
				if size := p.Of("pixels").Bytes; size > l.Binding || size != int64(p.Ring)*p.Shape.TileRowBytes() {
					t.Errorf("%+v, %d channels: pixels of %d bytes for a ring of %d", part, channels, size, p.Ring)
				}
			}
		}
	}
}

// However large the picture, a drawing takes a band of it, and the smallest takes little more than a row of tiles.
func TestDrawingHoldsABand(t *testing.T) {
	shape := Shape{W: 32768, H: 18432, C: 3, Splats: 30000, Depth: 8, DrawOnly: true}
	r := Request{Shape: shape, Pairs: 60_000_000}
	p, err := Choose(r, roomy)
	if err != nil || p.Bytes() > 256<<20 {
		t.Fatalf("%d bytes, %v", p.Bytes(), err)
	}
	rungs := Ladder(r, roomy)
	r.Budget = rungs[len(rungs)-1].Bytes()
	if least := 48 << 20; r.Budget > int64(least) {
		t.Errorf("the least is %d bytes", r.Budget)
	}
	if p, err := Choose(r, roomy); err != nil || p.BandRows != 1 || p.Bytes() > r.Budget {
		t.Errorf("a budget of %d: %d bytes in bands of %d, %v", r.Budget, p.Bytes(), p.BandRows, err)
	}
	r.Budget--
	if _, err := Choose(r, roomy); fault.Code(err) != fault.OutOfMemory {
		t.Errorf("less than the least: %v", err)
	}
	// What is wanted of it decides, not how large it is.
	r.Budget, r.Shape.Top, r.Shape.Bottom = 0, 500, 502
	if p, err := Choose(r, roomy); err != nil || p.Ring != 2 {
		t.Errorf("two tile rows take a ring of %d, %v", p.Ring, err)
	}
}
