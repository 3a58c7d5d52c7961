package memory

import (
	"strings"
	"testing"

	"igs/internal/fault"
)

var roomy = Limits{Binding: 1 << 40, Allocation: 1 << 40, Staging: 1 << 20, LossBytes: 32 << 20, ListBytes: 64 << 20, BandTiles: 1024, BandRows: 8, Columns: 64, Declare: declare}

// declare replaces the passes of a step: it returns one windowed buffer of about their size and one that grows with the
// lists.
func declare(p Plan) []Buffer {
	s := p.Shape
	bytes := (s.TileRowBytes()+int64(4*TileSize*TileSize*s.TilesX()))*int64(p.Ring) + 6*16*int64(s.C*p.ChunkRows*p.BlockColumns)
	target := s.TargetTileRowBytes() * int64(s.TilesY())
	if p.Streamed {
		target = 2 * s.TargetTileRowBytes() * int64(min(p.BandRows+1, s.TilesY()))
	}
	if s.RenderOnly {
		bytes, target = s.TileRowBytes()*int64(p.Ring), 0
	}
	return []Buffer{{Name: "picture", Group: "pixels", Bytes: bytes + target, Windowed: true}, {Name: "lists", Group: "lists", Bytes: s.pairBytes() * int64(p.Pairs), PerPair: true}}
}

// eightK is a request for 30 000 splats on 7680 x 4320 px.
func eightK(mode Mode, half bool) Request {
	return Request{Shape: Shape{W: 7680, H: 4320, C: 3, Splats: 30000, Depth: 8, Half: half}, Mode: mode, Pairs: 2_000_000}
}

// Every row is rendered, blurred and differentiated once, in order, and while all rows that it needs are in the ring.
func TestBandsCoverThePictureOnce(t *testing.T) {
	for _, h := range []int{1, 5, 15, 16, 17, 26, 27, 100, 512, 517, 4320} {
		for _, bandRows := range []int{1, 2, 3, 8, 1000} {
			for _, lossBytes := range []int64{1, 1 << 20, 1 << 40} {
				for _, mode := range []Mode{Stored, Banded} {
					s := Shape{W: 96, H: h, C: 3, Splats: 10, Depth: 8}
					p, err := planCandidate{shape: s, mode: mode, bandRows: bandRows, pairs: 100, lossBytes: lossBytes}.plan(roomy)
					if err != nil {
						t.Fatal(err)
					}
					checkBands(t, p)
				}
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
		for _, c := range b.Loss {
			if c.BlurBegin != blurred || c.GradBegin != graded {
				t.Fatalf("h=%d: chunk %+v does not follow %d, %d", h, c, blurred, graded)
			}
			blurred, graded = c.BlurEnd, c.GradEnd
			if min(blurred+5, h) > rows {
				t.Fatalf("h=%d: rows to %d are blurred when only %d are drawn", h, blurred, rows)
			}
			if min(graded+5, h) > blurred {
				t.Fatalf("h=%d: gradient to row %d with maps to %d", h, graded, blurred)
			}
			if n := c.BlurEnd - c.BlurBegin; n > p.ChunkRows || n < SSIMReach && c.BlurEnd < h {
				t.Fatalf("h=%d: chunk %+v, at most %d rows and enough to carry", h, c, p.ChunkRows)
			}
			// A later chunk reads these rows of colours, so gradients must not have replaced them.
			if c.BlurEnd < h && c.GradEnd > c.BlurEnd-radius {
				t.Fatalf("h=%d: gradient to row %d, the next window begins at %d", h, c.GradEnd, c.BlurEnd-radius)
			}
		}
		if b.GradBegin != gradTiles || min(b.GradEnd*TileSize, h) > graded {
			t.Fatalf("h=%d: tile gradient of %+v with gradient rows to %d", h, b, graded)
		}
		gradTiles = b.GradEnd
		// The oldest row that is needed must still be in the ring and in the bound range.
		oldest := min(b.GradBegin*TileSize, b.DrawBegin*TileSize-10)
		if first := max(oldest, 0) / TileSize; b.DrawEnd-first > p.Ring || first < b.DrawBegin-1 {
			t.Fatalf("h=%d: rows %d..%d do not fit a ring of %d tile rows", h, oldest, rows, p.Ring)
		}
		begin, end := b.TargetRows(p.Shape)
		if end-begin > p.BandRows+1 || begin > max(oldest, 0)/TileSize || end < b.DrawEnd {
			t.Fatalf("h=%d: target rows %d..%d of band %+v", h, begin, end, b)
		}
	}
	if drawn != p.Shape.TilesY() || gradTiles != p.Shape.TilesY() || blurred != h || graded != h {
		t.Fatalf("h=%d: ends at tile %d, gradient tile %d, rows %d, %d", h, drawn, gradTiles, blurred, graded)
	}
}

// Blocks cover every column once, and their maps do not overlap in the buffer.
func TestBlocksCoverTheColumnsOnce(t *testing.T) {
	for _, w := range []int{1, 7, 64, 65, 77, 500, 7680} {
		p, err := planCandidate{shape: Shape{W: w, H: 300, C: 3, Splats: 10, Depth: 8}, bandRows: 100, pairs: 100, lossBytes: 1}.plan(roomy)
		if err != nil {
			t.Fatal(err)
		}
		at := 0
		for i, b := range p.Blocks() {
			if b.Begin != at || b.End <= b.Begin || b.End > w || i > 0 && b.MomentBegin != b.Begin-10 || b.MomentEnd != min(b.End+10, w) {
				t.Fatalf("w=%d: block %+v after column %d", w, b, at)
			}
			if i > 0 && b.End < w && b.End-b.Begin < 10 {
				t.Fatalf("w=%d: block %+v is narrower than a window reaches", w, b)
			}
			at = b.End
		}
		if at != w {
			t.Fatalf("w=%d: blocks end at %d", w, at)
		}
	}
}

func TestLadderGoesDown(t *testing.T) {
	rungs := Ladder(eightK(Stored, false), roomy)
	var names []string
	for i, p := range rungs {
		names = append(names, p.String())
		if i > 0 && p.Bytes() >= rungs[i-1].Bytes() && !p.Streamed {
			t.Errorf("%s takes %d bytes, %s before it %d", p, p.Bytes(), rungs[i-1], rungs[i-1].Bytes())
		}
	}
	want := "float32, stored|float16, stored|float16, recompute in bands of 128 rows|float16, recompute in bands of 64 rows|" +
		"float16, recompute in bands of 32 rows|float16, recompute in bands of 16 rows|" +
		"float16, recompute in bands of 128 rows, target streamed|float16, recompute in bands of 64 rows, target streamed|" +
		"float16, recompute in bands of 32 rows, target streamed|float16, recompute in bands of 16 rows, target streamed"
	if got := strings.Join(names, "|"); got != want {
		t.Errorf("ladder\n%s, want\n%s", got, want)
	}
}

func TestChooseSaysWhatWouldFit(t *testing.T) {
	r := eightK(Stored, true)
	r.Budget = 1 << 20
	least, err := Choose(r, roomy)
	if fault.Code(err) != fault.OutOfMemory || !strings.Contains(fault.Hint(err), Size(least.Bytes())) {
		t.Fatalf("error %v, hint %q", err, fault.Hint(err))
	}
	r.Budget = least.Bytes()
	if p, err := Choose(r, roomy); err != nil || p.Bytes() > r.Budget {
		t.Errorf("the budget that the error names is not enough: %v", err)
	}
	_, err = Choose(Request{Shape: Shape{W: 1 << 20, H: 16, C: 12, Splats: 10, Depth: 8}}, Limits{Binding: 1 << 20, Allocation: 1 << 20})
	if fault.Code(err) != fault.OutOfMemory || fault.Hint(err) == "" {
		t.Errorf("a picture too wide for the device: %v", err)
	}
}

// One invocation may loop over all tiles of a band, in loops over rows and columns that each count one iteration more
// to end. The number of iterations must stay below the limit of the device. In the second picture 257 rows of tiles
// reach the limit.
func TestBandsHaveNoMoreTilesThanLoopsTake(t *testing.T) {
	l := roomy
	l.Loops, l.ListBytes = 65535, 1<<40
	for _, size := range [][2]int{{7680, 4320}, {4080, 4320}, {8192, 2200}, {1000, 70_000}, {32_000, 2000}} {
		for _, mode := range []Mode{Stored, Banded} {
			r := eightK(mode, false)
			r.Shape.W, r.Shape.H = size[0], size[1]
			rungs := Ladder(r, l)
			r.Shape.RenderOnly = true
			for _, p := range append(rungs, Ladder(r, l)...) {
				for _, b := range p.Bands() {
					tiles, rows := (b.ListEnd-b.ListBegin)*p.Shape.TilesX(), b.ListEnd-b.ListBegin
					if tiles+2*rows+2 > l.Loops {
						t.Fatalf("%v, %s: a band of %d tiles in %d rows", size, p, tiles, rows)
					}
				}
				if p.Mode == Stored && len(p.Bands()) > p.Shape.TilesX()*p.Shape.TilesY()/l.Loops+2 {
					t.Errorf("%v, %s: %d bands", size, p, len(p.Bands()))
				}
			}
		}
	}
}
