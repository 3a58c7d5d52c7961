package memory

import (
	"errors"
	"testing"

	"igs/internal/fault"
)

var roomy = Limits{Binding: 1 << 40, Allocation: 1 << 40, LossBytes: 32 << 20}

// Every row is drawn, blurred and differentiated once and in order, and never before what it needs.
func TestBandsCoverThePictureOnce(t *testing.T) {
	for _, h := range []int{1, 5, 15, 16, 17, 26, 27, 100, 512, 517, 4320} {
		for _, binding := range []int64{16 * 96 * 48, 16 * 96 * 80, 16 * 96 * 400, 1 << 40} {
			for _, lossBytes := range []int64{1, 48 * 96 * 32, 1 << 40} {
				s := Shape{W: 96, H: h, C: 3, Splats: 10, Depth: 8}
				p, err := Fit(s, 100, Limits{Binding: binding, Allocation: 1 << 40, LossBytes: lossBytes})
				if err != nil {
					continue // the loss buffers of a huge LossBytes may not fit a small binding
				}
				checkBands(t, p)
			}
		}
	}
}

func checkBands(t *testing.T, p Plan) {
	t.Helper()
	drawn, gradTiles, blurred, graded := 0, 0, 0, 0
	h := p.Shape.H
	for _, b := range p.Bands() {
		if b.DrawBegin != drawn || b.ListBegin > b.GradBegin || b.ListEnd != b.DrawEnd {
			t.Fatalf("h=%d: band %+v does not follow tile row %d", h, b, drawn)
		}
		drawn = b.DrawEnd
		rows := min(drawn*TileSize, h)
		for _, l := range b.Loss {
			if l.BlurBegin != blurred || l.GradBegin != graded {
				t.Fatalf("h=%d: loss rows %+v do not follow %d, %d", h, l, blurred, graded)
			}
			blurred, graded = l.BlurEnd, l.GradEnd
			if min(blurred+5, h) > rows {
				t.Fatalf("h=%d: rows to %d are blurred when only %d are drawn", h, blurred, rows)
			}
			if min(graded+5, h) > blurred {
				t.Fatalf("h=%d: gradient to row %d with maps to %d", h, graded, blurred)
			}
			if l.BlurEnd-l.BlurBegin > p.LossRows || blurred-l.GradBegin+5 > p.MapRows && l.GradBegin > 0 {
				t.Fatalf("h=%d: %+v does not fit %d loss rows, %d map rows", h, l, p.LossRows, p.MapRows)
			}
		}
		if b.GradBegin != gradTiles || min(b.GradEnd*TileSize, h) > graded {
			t.Fatalf("h=%d: tile gradient of %+v with gradient rows to %d", h, b, graded)
		}
		gradTiles = b.GradEnd
		// The oldest row still needed must not have been overwritten in the ring.
		oldest := min(b.GradBegin*TileSize, b.DrawBegin*TileSize-10)
		if b.DrawEnd-max(oldest, 0)/TileSize > p.Ring {
			t.Fatalf("h=%d: rows %d..%d do not fit a ring of %d tile rows", h, oldest, rows, p.Ring)
		}
	}
	if drawn != p.Shape.TilesY() || gradTiles != p.Shape.TilesY() || blurred != h || graded != h {
		t.Fatalf("h=%d: ends at tile %d, gradient tile %d, rows %d, %d", h, drawn, gradTiles, blurred, graded)
	}
}

func TestFitKeepsBindingsWithinTheLimit(t *testing.T) {
	s := Shape{W: 7680, H: 4320, C: 3, Splats: 30000, Depth: 8}
	l := Limits{Binding: 128 << 20, Allocation: 1 << 40, LossBytes: 32 << 20}
	p, err := Fit(s, 1_500_000, l)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range p.Buffers {
		if b.Bytes > l.Binding {
			t.Errorf("%s needs %d bytes", b.Name, b.Bytes)
		}
	}
	if len(p.Bands()) < 2 {
		t.Errorf("an 8K picture in one band: %+v", p)
	}
}

func TestFitSaysWhatIsTooLarge(t *testing.T) {
	_, err := Fit(Shape{W: 64, H: 64, C: 3, Splats: 100, Depth: 8}, 1<<30, Limits{Binding: 128 << 20, Allocation: 1 << 40, LossBytes: 1 << 20})
	if fault.Code(err) != fault.OutOfMemory || fault.Hint(err) == "" {
		t.Errorf("error %v, code %d", err, fault.Code(err))
	}
	if errors.Unwrap(err) != nil && err.Error() == "" {
		t.Error("empty message")
	}
}

func TestSmallPictureIsOneBand(t *testing.T) {
	p, err := Fit(Shape{W: 768, H: 512, C: 3, Splats: 5000, Depth: 8}, 100_000, roomy)
	if err != nil {
		t.Fatal(err)
	}
	if b := p.Bands(); len(b) != 1 || b[0].GradEnd != 32 || b[0].DrawEnd != 32 {
		t.Errorf("bands %+v", b)
	}
	if p.Bytes() <= 0 || p.Of("image").Bytes != 768*512*16 {
		t.Errorf("image is %d bytes", p.Of("image").Bytes)
	}
}
