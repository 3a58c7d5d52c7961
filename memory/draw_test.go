package memory

import (
	"testing"
)

// A drawing renders every wanted tile row once, in order, and makes no lists of other rows, for every budget.
func TestDrawingBands(t *testing.T) {
	l := roomy
	l.Binding = 128 << 20
	for _, part := range []struct{ top, bottom int }{{0, 0}, {0, 1}, {3, 4}, {40, 270}, {269, 270}} {
		for _, channels := range []int{1, 3, 12} {
			r := Request{Shape: Shape{W: 7680, H: 4320, C: channels, Splats: 30000, Depth: 8, RenderOnly: true, Top: part.top, Bottom: part.bottom}, Pairs: 3_000_000}
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
			}
		}
	}
}
