// Package memory owns the plan: which buffers a run needs, of how many bytes each, into which bands and blocks the picture is cut,
// and which of the ways to train it fits a budget. It is arithmetic only and touches no device.
//
// Units: bytes unless a name says rows; a band is a run of tile rows, a ring a number of tile rows addressed modulo that number.
package memory

import (
	"fmt"
	"slices"

	"igs/internal/fault"
)

// Limits are the device's, and what its kernels prefer.
type Limits struct {
	Binding    int64 // greatest range of one storage binding
	Allocation int64 // greatest single allocation
	Free       int64 // what the device has left; 0 = it does not tell
	Staging    int64 // the buffer through which the host reads and writes
	LossBytes  int64 // what the passes of the loss should keep between them, and
	ListBytes  int64 // what the lists of a band should take; preferences, not limits
	BandTiles  int   // tiles, and
	BandRows   int   // tile rows that a band should have at least where it is cut to save memory; preferences
	Strip      int   // rows, and
	Segment    int   // columns that one invocation of the loss slides along; 0 = all there are
}

// Buffer is one buffer of the plan.
type Buffer struct {
	Name, Group string
	Bytes       int64
}

// Group is the sum of the buffers that serve one purpose.
type Group struct {
	Name  string
	Bytes int64
}

// Mode says how much of the picture's pixels the device keeps.
type Mode int

const (
	Stored    Mode = iota // colours, thresholds and gradients of all pixels
	Recompute             // those of a ring of rows; the backward pass of a band follows its forward pass, so nothing older is missed
)

func (m Mode) String() string { return [...]string{"stored", "recompute"}[m] }

// Plan says how a run is laid out on the device.
type Plan struct {
	Shape        Shape
	Mode         Mode
	Streamed     bool // the target comes band by band from the host
	Pairs        int  // capacity of the lists of a band
	BandRows     int  // tile rows of a band
	Ring         int  // tile rows of pixels and thresholds: all of them when stored
	ChunkRows    int  // pixel rows, and
	BlockColumns int  // columns that the loss takes at once
	Strip        int  // rows, columns: as in Limits
	Segment      int
	Buffers      []Buffer
	Rung         int    // of the ladder; 0 = as asked
	Bound        int64  // bytes that it may take, when the lists must grow; 0 = no bound
	Why          string // why this is not what was asked for; "" when it is
}

// MaxSplats bounds the number of splats: the lists keep 24 bits for it (bin_emit).
const MaxSplats = 1 << 24

// ssimReach is how far the gradient of SSIM reaches: two windows of radius 5.
const ssimReach = 10

// LossColumns is the width of a workgroup of the passes that slide down columns.
const LossColumns = 64

// Step and report: what one step in flight tells the device and what it hears back. There are two of each, and one to evaluate.
const (
	StepBytes   = 64
	ReportBytes = 32
)

// leastChunk is how many rows the loss takes at once at least: a chunk hands its last ten rows of maps to the next one, so the
// halves of one row more than this must still hold ten.
const leastChunk = 2*ssimReach + 4

// layout is what a plan is made from.
type layout struct {
	shape     Shape
	mode      Mode
	streamed  bool
	bandRows  int // most tile rows a band may have
	pairs     int // expected of the whole picture
	capacity  int // room in the lists, when the caller knows better
	lossBytes int64
}

// lay makes the plan of a layout with the tallest bands that the limits allow.
func (o layout) lay(l Limits) (Plan, error) {
	s := o.shape
	p := Plan{Shape: s, Mode: o.mode, Streamed: o.streamed}
	if s.Splats >= MaxSplats {
		return p, fault.New(fault.BadInput, "use fewer splats", "%d splats, at most %d can be told apart in a list", s.Splats, MaxSplats-1)
	}
	most := min(l.Binding, l.Allocation)
	top, bottom := s.drawn()
	p.BandRows = min(o.bandRows, bottom-top)
	if fits := int(most / max(s.TileRowBytes(), s.TargetTileRowBytes())); fits < s.TilesY() {
		if !s.DrawOnly {
			fits-- // a band is bound with the tile row before it, whose gradient waits for the rows below
		}
		p.BandRows = min(p.BandRows, fits)
	}
	if p.BandRows < 1 {
		return p, fault.New(fault.OutOfMemory, "train on a narrower picture", "a row of %d pixels does not fit one buffer of this device", s.W)
	}
	listed := min(max(l.ListBytes, 1<<20), most/s.recordBytes()*s.pairBytes())
	for p.Pairs = o.capacityOf(p.BandRows); o.capacity == 0 && p.BandRows > 1 && int64(p.Pairs)*s.pairBytes() > listed; {
		p.BandRows = min(p.BandRows-1, max(int(int64(p.BandRows)*listed/(int64(p.Pairs)*s.pairBytes())), 1))
		p.Pairs = o.capacityOf(p.BandRows)
	}
	p.Ring = s.TilesY()
	if o.mode == Recompute {
		p.Ring = min(p.BandRows+1, s.TilesY())
	}
	if s.DrawOnly {
		p.Ring = p.BandRows
	}
	p.cutLoss(o.lossBytes, l)
	p.Buffers = p.list(l)
	for _, b := range p.Buffers {
		if b.Bytes > l.Allocation || b.bound() && b.Bytes > l.Binding {
			return p, tooLarge(b, l)
		}
	}
	return p, nil
}

// bound says whether kernels see the whole buffer at once. Of the others they see what a band needs.
func (b Buffer) bound() bool {
	switch b.Name {
	case "pixels", "threshold", "target", "staging":
		return false
	}
	return true
}

// capacityOf is the room for pairs that bands of so many tile rows need: their share of the picture's and of the tile row before
// them, and a fifth more since splats do not lie evenly.
func (o layout) capacityOf(bandRows int) int {
	if o.capacity > 0 {
		return o.capacity
	}
	tiles := o.shape.TilesY()
	if bandRows >= tiles {
		return o.pairs + o.pairs/2 + 1024 // one band serves best, and the lists of a small picture are small
	}
	return min(int(float64(o.pairs)*float64(bandRows+1)/float64(tiles)*1.2), o.pairs) + 1024
}

// cutLoss chooses chunks and blocks. Each chunk reads ten rows twice and each block twenty columns, so the best block of a given
// size is about square.
func (p *Plan) cutLoss(bytes int64, l Limits) {
	s := p.Shape
	bytes = min(bytes, l.Binding-p.carriedBytes())
	area := max(bytes/int64(48*s.C), leastChunk*LossColumns) // pixels; a quad of moments and two of maps each
	side := 1
	for int64(side)*int64(side) < area {
		side++
	}
	p.ChunkRows = min(max(side, leastChunk), max(p.BandRows*TileSize, leastChunk))
	p.BlockColumns = max(int(area)/p.ChunkRows, LossColumns)
	if p.BlockColumns >= s.W {
		p.BlockColumns = s.W
		p.ChunkRows = min(max(int(area)/s.W, p.ChunkRows), max(p.BandRows*TileSize, leastChunk))
	}
	p.ChunkRows = min(p.ChunkRows, s.H)
	blocks := div(s.W, p.BlockColumns)
	p.BlockColumns = min(div(div(s.W, blocks), 8)*8, s.W)
	p.Strip, p.Segment = l.Strip, l.Segment
	if p.Strip == 0 {
		p.Strip = p.ChunkRows + ssimReach
	}
	if p.Segment == 0 {
		p.Segment = p.BlockColumns
	}
}

// Narrow is the plan with the same buffers and bands low enough that lists of which one band needed `pairs` fit. It says false
// when a band is one tile row already.
func (p Plan) Narrow(pairs int) (Plan, bool) {
	if p.BandRows == 1 || pairs <= p.Pairs {
		return p, false
	}
	p.BandRows = max(min(int(0.9*float64(p.BandRows)*float64(p.Pairs)/float64(pairs)), p.BandRows-1), 1)
	return p, true
}

// At is the plan for drawing the same splats at another size, no larger, in the same buffers.
func (p Plan) At(w, h int) Plan {
	p.Shape.W, p.Shape.H = w, h
	p.BandRows = min(p.BandRows, p.Shape.TilesY())
	if p.Mode == Stored {
		p.Ring = p.Shape.TilesY()
	}
	return p
}

// Lengthen is the plan with longer lists. It fails with the code for out of memory when they exceed a limit or the budget.
func (p Plan) Lengthen(pairs int, l Limits) (Plan, error) {
	p.Pairs = pairs
	p.Buffers = slices.Clone(p.Buffers)
	for i, b := range p.list(l) { // in the order of p.Buffers
		if b.Name != "list" && b.Name != p.PairsBuffer() {
			continue // the others stay as they were made, for taller bands perhaps (Narrow)
		}
		p.Buffers[i] = b
		if b.Bytes > min(l.Binding, l.Allocation) {
			return p, tooLarge(b, l)
		}
	}
	if p.Bound > 0 && p.Bytes() > p.Bound {
		return p, fault.New(fault.OutOfMemory, "give it more (--memory-budget), or use fewer splats",
			"with room for %d splat-tile pairs in a row of tiles %s take %s, and %s are granted", pairs, p, Size(p.Bytes()), Size(p.Bound))
	}
	return p, nil
}

func tooLarge(b Buffer, l Limits) error {
	return fault.New(fault.OutOfMemory, "use fewer splats or a smaller picture",
		"the buffer %q needs %d bytes, the device binds at most %d and allocates at most %d", b.Name, b.Bytes, l.Binding, l.Allocation)
}

// PairsBuffer is where pairs wait to be sorted. In training that is the buffer of the records, which are made later.
func (p Plan) PairsBuffer() string {
	if p.Shape.DrawOnly {
		return "pairs"
	}
	return "records"
}

// list names every buffer of the plan.
func (p Plan) list(l Limits) []Buffer {
	s := p.Shape
	splats, pairs, planes := int64(s.Splats), int64(p.Pairs), int64(s.Planes())
	tiles := int64(s.TilesX()) * int64(min(p.BandRows+1, s.TilesY()))
	pixels := int64(s.TilesX()*TileSize) * int64(p.Ring*TileSize)
	draw := []Buffer{
		{"params", "parameters", 4 * planes * splats},
		{"geometry", "projection", 16 * int64(s.SplatQuads()) * splats},
		{"extent", "projection", 8 * splats},
		{"pair_count", "lists", 4 * splats},
		{"pair_start", "lists", 4 * splats},
		{"tile_count", "lists", 4 * tiles},
		{"tile_cursor", "lists", 4 * tiles},
		{"tile_start", "lists", 4 * (tiles + 1)},
		{"tile_used", "lists", 4 * int64(s.TilesX()) * int64(s.TilesY())},
		{"list", "lists", 8 * pairs},
		{"pixels", "pixels", s.TileRowBytes() * int64(p.Ring)},
		{"threshold", "pixels", 4 * pixels},
		{"state", "control", 16},
		{"staging", "staging", l.Staging},
	}
	if s.DrawOnly {
		return append(draw, Buffer{"pairs", "lists", 8 * pairs})
	}
	train := append(draw, []Buffer{
		{"steps", "control", 3 * StepBytes},
		{"reports", "control", 3 * ReportBytes},
		{"moments", "adam", 8 * planes * splats},
		{"sums", "gradients", 4 * planes * splats},
		{"records", "gradients", s.recordBytes() * pairs},
		{"window_moments", "loss", s.windowBytes(p.ChunkRows, min(p.BlockColumns+2*ssimReach, s.W))},
		{"window_maps", "loss", p.carriedBytes() + int64(min(len(p.Blocks()), 2))*s.windowBytes(p.ChunkRows, p.BlockColumns)},
		{"partial_ssim", "loss", 4 * int64(p.ssimPartials())},
		{"partial_error", "loss", 8 * int64(p.errorPartials())},
	}...)
	if s.Quantized {
		train = append(train, Buffer{"quantized", "parameters", 4 * planes * splats}, Buffer{"ranges", "parameters", 8 * planes})
	}
	if s.Film > 0 { // the host reads one while the next is drawn
		train = append(train, Buffer{"film_even", "video", s.Film}, Buffer{"film_odd", "video", s.Film})
	}
	if p.Streamed {
		rows := s.TargetTileRowBytes() * int64(min(p.BandRows+1, s.TilesY()))
		return append(train, Buffer{"target_even", "target", rows}, Buffer{"target_odd", "target", rows})
	}
	return append(train, Buffer{"target", "target", s.TargetTileRowBytes() * int64(s.TilesY())})
}

// pageBytes is to what a driver may round the memory of a buffer.
const pageBytes = 256

// Bytes adds up the plan: the most that a run holds on the device at any time.
func (p Plan) Bytes() int64 {
	var n int64
	for _, b := range p.Buffers {
		n += (b.Bytes + pageBytes - 1) / pageBytes * pageBytes
	}
	return n
}

// Groups adds up the buffers by purpose, in the order of the plan.
func (p Plan) Groups() []Group {
	var groups []Group
	at := map[string]int{}
	for _, b := range p.Buffers {
		i, known := at[b.Group]
		if !known {
			i = len(groups)
			at[b.Group] = i
			groups = append(groups, Group{Name: b.Group})
		}
		groups[i].Bytes += b.Bytes
	}
	return groups
}

// Of returns the named buffer; it panics on a name that no plan has, which is a slip in the code.
func (p Plan) Of(name string) Buffer {
	for _, b := range p.Buffers {
		if b.Name == name {
			return b
		}
	}
	panic(fmt.Sprintf("memory: no buffer %q in the plan", name))
}

// String says how the plan trains: "float16, recompute in bands of 128 rows, target streamed".
func (p Plan) String() string {
	text := "float32"
	if p.Shape.Half {
		text = "float16"
	}
	text += ", " + p.Mode.String()
	if p.Mode == Recompute {
		text += fmt.Sprintf(" in bands of %d rows", min(p.BandRows*TileSize, p.Shape.H))
	}
	if p.Streamed {
		text += ", target streamed"
	}
	return text
}
