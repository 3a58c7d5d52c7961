// Package memory owns the plan: into which bands and blocks the picture of a run is cut, what that takes on the device, and which of the
// ways to train it fits a budget. What buffers there are is said by the passes of a step (optim/engine); the plan adds them up. It is
// arithmetic only and touches no device.
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
	Binding      int64 // greatest range of one storage binding
	Allocation   int64 // greatest single allocation
	Free         int64 // what the device has left; 0 = it does not tell
	Staging      int64 // the buffer through which the host reads and writes
	LossBytes    int64 // what the passes of the loss should keep between them, and
	ThriftyLoss  int64 // and in recompute mode, even where they would prefer more; 0 = 16 MiB
	ListBytes    int64 // what the lists of a band should take; preferences, not limits
	BandTiles    int   // tiles, and
	BandRows     int   // tile rows that a band should have at least where it is cut to save memory; preferences
	Strip        int   // rows, and
	Segment      int   // columns that one invocation of the loss slides along; 0 = all there are
	Columns      int   // columns of a workgroup that slides down columns
	Fused        int   // as in Shape
	SubmitPixels int   // pixels that one submission may work on, as long as they are a tile row; 0 = any number
	Loops        int   // iterations that the loops of an invocation may take in all; 0 = any number

	Declare func(Plan) []Buffer // what the passes of a step need in a plan whose bands and blocks are chosen
}

// Buffer is one buffer of the plan.
type Buffer struct {
	Name, Group string
	Bytes       int64
	Windowed    bool // kernels see a stretch of it, of the size of a band; of another they see all
	PerPair     bool // its size follows the room for pairs
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
	Columns      int
	Buffers      []Buffer
	Rung         int    // of the ladder; 0 = as asked
	Bound        int64  // bytes that it may take, when the lists must grow; 0 = no bound
	Why          string // why this is not what was asked for; "" when it is
}

// MaxSplats bounds the number of splats: the lists keep 24 bits for it (bin_emit).
const MaxSplats = 1 << 24

// SSIMReach is how far the gradient of SSIM reaches: two windows of radius 5.
const SSIMReach = 10

// leastChunk is how many rows the loss takes at once at least: a chunk hands its last ten rows of maps to the next one, so the
// halves of one row more than this must still hold ten.
const leastChunk = 2*SSIMReach + 4

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
	if s.Fused = l.Fused; s.DrawOnly {
		s.Fused = 0
	}
	p := Plan{Shape: s, Mode: o.mode, Streamed: o.streamed}
	if s.Splats >= MaxSplats {
		return p, fault.New(fault.BadInput, "use fewer splats", "%d splats, at most %d can be told apart in a list", s.Splats, MaxSplats-1)
	}
	most := min(l.Binding, l.Allocation)
	top, bottom := s.drawn()
	p.BandRows = min(o.bandRows, bottom-top)
	if fits := int(most / max(s.TileRowBytes(), s.TargetTileRowBytes())); fits < s.TilesY() {
		if !s.DrawOnly {
			fits -= s.Before() // a band is bound with the tile rows before it
		}
		p.BandRows = min(p.BandRows, fits)
	}
	if s.Fused > 0 && !s.Pointwise { // the gradient of a band lies beside the colours, and should take no more than windows do
		p.BandRows = min(p.BandRows, max(int(o.lossBytes/s.TileRowBytes())-1, 1))
	}
	if l.Loops > 0 { // one invocation may walk all tiles whose lists a band makes, in three nested loops, each of which looks once more to end
		p.BandRows = min(p.BandRows, max((l.Loops-2)/(s.TilesX()+2)-1, 1))
	}
	if l.SubmitPixels > 0 {
		p.BandRows = min(p.BandRows, max(l.SubmitPixels/(TileSize*s.W), 1))
	}
	if p.BandRows < 1 {
		return p, fault.New(fault.OutOfMemory, "train on a narrower picture", "a row of %d pixels does not fit one buffer of this device", s.W)
	}
	listed := min(max(l.ListBytes, 1<<20), most/s.RecordBytes()*s.pairBytes())
	for p.Pairs = o.capacityOf(p.BandRows); o.capacity == 0 && p.BandRows > 1 && int64(p.Pairs)*s.pairBytes() > listed; {
		p.BandRows = min(p.BandRows-1, max(int(int64(p.BandRows)*listed/(int64(p.Pairs)*s.pairBytes())), 1))
		p.Pairs = o.capacityOf(p.BandRows)
	}
	p.Ring = s.TilesY()
	if o.mode == Recompute {
		p.Ring = min(p.BandRows+s.Before(), s.TilesY())
	}
	if s.DrawOnly {
		p.Ring = p.BandRows
	}
	lossBytes := o.lossBytes
	if s.Pointwise { // only evaluations need windows, and these lie where the records of a step do
		lossBytes = min(lossBytes, s.RecordBytes()*int64(p.Pairs), l.Binding/2)
	}
	p.cutLoss(lossBytes, l)
	p.Buffers = l.Declare(p)
	for _, b := range p.Buffers {
		if b.Bytes > l.Allocation || !b.Windowed && b.Bytes > l.Binding {
			return p, tooLarge(b, l)
		}
	}
	return p, nil
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
	p.Strip, p.Segment, p.Columns = l.Strip, l.Segment, l.Columns
	bytes = min(bytes, l.Binding-p.CarriedBytes())
	area := max(bytes/int64(48*s.C), int64(leastChunk*l.Columns)) // pixels; a quad of moments and two of maps each
	side := 1
	for int64(side)*int64(side) < area {
		side++
	}
	p.ChunkRows = min(max(side, leastChunk), max(p.BandRows*TileSize, leastChunk))
	p.BlockColumns = max(int(area)/p.ChunkRows, l.Columns)
	if p.BlockColumns >= s.W {
		p.BlockColumns = s.W
		p.ChunkRows = min(max(int(area)/s.W, p.ChunkRows), max(p.BandRows*TileSize, leastChunk))
	}
	if area >= manyPixels {
		p.fewestPieces(int(area))
	}
	p.ChunkRows = min(p.ChunkRows, s.H)
	blocks := div(s.W, p.BlockColumns)
	p.BlockColumns = min(div(div(s.W, blocks), 8)*8, s.W)
	if p.Strip == 0 {
		p.Strip = p.ChunkRows + SSIMReach
	}
	if p.Segment == 0 {
		p.Segment = p.BlockColumns
	}
}

// manyPixels are enough that what pieces of the loss read twice is little in any shape: then the fewest pieces are the best, as each is
// three dispatches.
const manyPixels = 1 << 20

// fewestPieces chooses chunks and blocks of so many pixels, as few as there can be, and of these the widest: they read fewer columns twice.
func (p *Plan) fewestPieces(area int) {
	s, fewest := p.Shape, 0
	for blocks := 1; s.W/blocks >= max(min(p.Columns, s.W), 1); blocks++ {
		columns := min((div(s.W, blocks)+7)/8*8, s.W)
		rows := min(area/columns, max(p.BandRows*TileSize, leastChunk), s.H)
		if rows < leastChunk && rows < s.H {
			continue
		}
		if pieces := blocks * div(s.H, rows); fewest == 0 || pieces < fewest {
			fewest, p.ChunkRows, p.BlockColumns = pieces, rows, columns
		}
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
	for i, b := range l.Declare(p) { // in the order of p.Buffers
		if !b.PerPair {
			continue // the others stay as they were made, for taller bands perhaps (Narrow)
		}
		p.Buffers[i] = b
		if b.Bytes > min(l.Binding, l.Allocation) {
			return p, tooLarge(b, l)
		}
	}
	if p.Bound > 0 && p.Bytes() > p.Bound {
		return p, fault.New(fault.OutOfMemory, "give it more (memory.budget), or use fewer splats",
			"with room for %d splat-tile pairs in a row of tiles %s take %s, and %s are granted", pairs, p, Size(p.Bytes()), Size(p.Bound))
	}
	return p, nil
}

func tooLarge(b Buffer, l Limits) error {
	return fault.New(fault.OutOfMemory, "use fewer splats or a smaller picture",
		"the buffer %q needs %d bytes, the device binds at most %d and allocates at most %d", b.Name, b.Bytes, l.Binding, l.Allocation)
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
