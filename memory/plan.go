// Package memory owns the plan of a run: how the picture is divided into bands and blocks, how much device memory each
// buffer takes, and which candidate plan fits the budget. The passes of a step (optim/engine) declare the buffers, and
// the plan adds up their sizes. The package only computes; it does not access a device.
//
// Sizes are in bytes, unless a name says rows. A band is a number of consecutive tile rows. A ring is a buffer of fewer
// tile rows than the picture: tile row y lies at y modulo the size of the ring.
package memory

import (
	"fmt"
	"slices"

	"igs/internal/fault"
)

// Limits are the limits of a device and the preferences of its kernels.
type Limits struct {
	Binding    int64 // maximum range of one storage binding, bytes
	Allocation int64 // maximum size of one allocation, bytes
	Free       int64 // free device memory, bytes; 0 means not known
	Staging    int64 // size of the buffer that copies between host and device, bytes

	LossBytes   int64 // preferred size of the buffers between the passes of the loss, bytes
	ThriftyLoss int64 // the same where memory is saved; 0 means 16 MiB
	ListBytes   int64 // preferred size of the lists of a band, bytes
	BandTiles   int   // preferred minimum number of tiles of a band that is made small to save memory
	BandRows    int   // preferred minimum number of tile rows of such a band

	Strip        int // rows that one invocation of the loss filters; 0 means all rows of a chunk
	Segment      int // columns that one invocation of the loss filters; 0 means all columns of a block
	Columns      int // columns of a workgroup that filters along columns
	Fused        int // as in Shape
	SubmitPixels int // maximum number of pixels of one submission, but at least one tile row; 0 means no maximum
	Loops        int // maximum number of iterations of all loops of an invocation; 0 means no maximum

	// Declare returns the buffers that the passes of a step need. The plan has its bands and blocks already.
	Declare func(Plan) []Buffer
}

// Buffer is one buffer of the plan.
type Buffer struct {
	Name, Group string
	Bytes       int64
	Windowed    bool // kernels bind only the part of one band, not the whole buffer
	PerPair     bool // its size depends on Plan.Pairs
}

// Group is the sum of all buffers with one purpose.
type Group struct {
	Name  string
	Bytes int64
}

// Mode says which pixels the device keeps.
type Mode int

const (
	// Stored means that the device keeps colours, thresholds and gradients of all pixels.
	Stored Mode = iota
	// Banded means that the device keeps a ring of rows. The backward pass of a band directly follows its forward pass
	// and needs no older rows.
	Banded
)

// String returns the name of the mode in messages. Users know Banded by the name of its setting.
func (m Mode) String() string { return [...]string{"stored", "recompute"}[m] }

// Plan describes how a run uses the device.
type Plan struct {
	Shape        Shape
	Mode         Mode
	Streamed     bool // the host copies the target to the device band by band
	Pairs        int  // capacity of the lists of a band, in splat-tile pairs
	BandRows     int  // tile rows of a band
	Ring         int  // tile rows of pixels and thresholds that the device keeps; all tile rows in mode Stored
	ChunkRows    int  // pixel rows of a chunk of the loss
	BlockColumns int  // columns of a block of the loss
	Strip        int  // as in Limits
	Segment      int  // as in Limits
	Columns      int  // as in Limits
	Buffers      []Buffer
	Rung         int    // position in the ladder; 0 is the plan that the run asks for
	Bound        int64  // maximum size when the lists grow, bytes; 0 means no maximum
	Why          string // reason why the plan differs from what the run asks for; "" if it does not differ
}

// MaxSplats is above every allowed number of splats: a list entry has 24 bits for the index of a splat (bin_emit).
const MaxSplats = 1 << 24

// SSIMReach is the distance in pixels up to which a pixel changes the gradient of SSIM: two windows of radius 5.
const SSIMReach = 10

// leastChunk is the minimum number of rows of a chunk. A chunk passes its last ten rows of maps to the next chunk. A
// band with one row more than this is divided into two chunks, and each of them must have ten rows.
const leastChunk = 2*SSIMReach + 4

// planCandidate holds the choices from which a plan is made.
type planCandidate struct {
	shape     Shape
	mode      Mode
	streamed  bool
	bandRows  int   // maximum number of tile rows of a band
	pairs     int   // expected number of splat-tile pairs of the whole picture
	capacity  int   // capacity of the lists if the caller sets it, else 0
	lossBytes int64 // preferred size of the buffers between the passes of the loss
}

// plan makes the plan of a candidate with the tallest bands that the limits allow.
func (o planCandidate) plan(l Limits) (Plan, error) {
	s := o.shape
	if s.Fused = l.Fused; s.RenderOnly {
		s.Fused = 0
	}
	p := Plan{Shape: s, Mode: o.mode, Streamed: o.streamed}
	if s.Splats >= MaxSplats {
		return p, fault.New(fault.BadInput, "use fewer splats", "%d splats are too many: the maximum is %d", s.Splats, MaxSplats-1)
	}
	most := min(l.Binding, l.Allocation)
	top, bottom := s.drawn()
	p.BandRows = min(o.bandRows, bottom-top)
	if fits := int(most / max(s.TileRowBytes(), s.TargetTileRowBytes())); fits < s.TilesY() {
		if !s.RenderOnly {
			fits -= s.Before() // a binding holds a band and the tile rows above it
		}
		p.BandRows = min(p.BandRows, fits)
	}
	if s.Fused > 0 && !s.Pointwise { // the gradient of a band has a buffer, no larger than that of the windows
		p.BandRows = min(p.BandRows, max(int(o.lossBytes/s.TileRowBytes())-1, 1))
	}
	if l.Loops > 0 { // one invocation may visit all tiles of a band, in loops that need one iteration more to end
		p.BandRows = min(p.BandRows, max((l.Loops-2)/(s.TilesX()+2)-1, 1))
	}
	if l.SubmitPixels > 0 {
		p = p.Lower(l.SubmitPixels)
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
	if o.mode == Banded {
		p.Ring = min(p.BandRows+s.Before(), s.TilesY())
	}
	if s.RenderOnly {
		p.Ring = p.BandRows
	}
	lossBytes := o.lossBytes
	if s.Pointwise { // only evaluations need windows; these use the memory of the records of a step
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

// capacityOf returns the capacity of the lists for bands of the given number of tile rows: the share of the band and of
// the tile row above it in all pairs, and a fifth more because splats are not spread evenly.
func (o planCandidate) capacityOf(bandRows int) int {
	if o.capacity > 0 {
		return o.capacity
	}
	tiles := o.shape.TilesY()
	if bandRows >= tiles {
		return o.pairs + o.pairs/2 + 1024 // a larger reserve: a single band is fastest, and its lists are small
	}
	return min(int(float64(o.pairs)*float64(bandRows+1)/float64(tiles)*1.2), o.pairs) + 1024
}

// cutLoss chooses the sizes of chunks and blocks. Each chunk reads ten rows twice and each block twenty columns twice,
// so the best block of a given area is about square.
func (p *Plan) cutLoss(bytes int64, l Limits) {
	s := p.Shape
	p.Strip, p.Segment, p.Columns = l.Strip, l.Segment, l.Columns
	bytes = min(bytes, l.Binding-p.CarriedBytes())
	// A pixel needs a quad of moments and two quads of maps per channel.
	area := max(bytes/int64(48*s.C), int64(leastChunk*l.Columns))
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

// manyPixels is a block area for which reading rows and columns twice costs little in any shape. Then the fewest pieces
// are the best, because each piece needs three dispatches.
const manyPixels = 1 << 20

// fewestPieces chooses the sizes of chunks and blocks with the given area so that there are as few pieces as possible.
// Among equal choices it takes the widest, which reads the fewest columns twice.
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

// Narrow returns the plan with the same buffers and lower bands. The argument is the number of pairs that the fullest
// band needed; the lower bands should need no more than p.Pairs. It returns false if a band has only one tile row.
func (p Plan) Narrow(pairs int) (Plan, bool) {
	if p.BandRows == 1 || pairs <= p.Pairs {
		return p, false
	}
	p.BandRows = max(min(int(0.9*float64(p.BandRows)*float64(p.Pairs)/float64(pairs)), p.BandRows-1), 1)
	return p, true
}

// Lower returns the plan with the same buffers and bands of at most the given number of pixels, but of one tile row at
// least.
func (p Plan) Lower(pixels int) Plan {
	p.BandRows = min(p.BandRows, max(pixels/(TileSize*p.Shape.W), 1))
	return p
}

// At returns the plan for rendering the same splats in the same buffers at a smaller size.
func (p Plan) At(w, h int) Plan {
	p.Shape.W, p.Shape.H = w, h
	p.BandRows = min(p.BandRows, p.Shape.TilesY())
	if p.Mode == Stored {
		p.Ring = p.Shape.TilesY()
	}
	return p
}

// Lengthen returns the plan with room for more pairs. The error has the code for out of memory if the lists exceed a
// limit or the budget.
func (p Plan) Lengthen(pairs int, l Limits) (Plan, error) {
	p.Pairs = pairs
	p.Buffers = slices.Clone(p.Buffers)
	for i, b := range l.Declare(p) { // Declare returns the buffers in the order of p.Buffers
		if !b.PerPair {
			continue // the other buffers keep their size, which may be that for taller bands (Narrow)
		}
		p.Buffers[i] = b
		if b.Bytes > min(l.Binding, l.Allocation) {
			return p, tooLarge(b, l)
		}
	}
	if p.Bound > 0 && p.Bytes() > p.Bound {
		return p, fault.New(fault.OutOfMemory, "set a larger budget (memory.budget), or use fewer splats",
			"a row of tiles has %d splat-tile pairs: with room for them %s takes %s, and the budget is %s", pairs, p, Size(p.Bytes()), Size(p.Bound))
	}
	return p, nil
}

func tooLarge(b Buffer, l Limits) error {
	return fault.New(fault.OutOfMemory, "use fewer splats or a smaller picture",
		"the buffer %q needs %d bytes, the device binds at most %d and allocates at most %d", b.Name, b.Bytes, l.Binding, l.Allocation)
}

// pageBytes is the size to whose multiples a driver may round up a buffer.
const pageBytes = 256

// Bytes returns the maximum device memory of a run at any time.
func (p Plan) Bytes() int64 {
	var n int64
	for _, b := range p.Buffers {
		n += (b.Bytes + pageBytes - 1) / pageBytes * pageBytes
	}
	return n
}

// Groups returns the sums of the buffers by purpose, in the order of the plan.
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

// String describes the plan, such as "float16, recompute in bands of 128 rows, target streamed".
func (p Plan) String() string {
	text := "float32"
	if p.Shape.Half {
		text = "float16"
	}
	text += ", " + p.Mode.String()
	if p.Mode == Banded {
		text += fmt.Sprintf(" in bands of %d rows", min(p.BandRows*TileSize, p.Shape.H))
	}
	if p.Streamed {
		text += ", target streamed"
	}
	if n := p.Shape.Spacing(); n > 1 {
		text = fmt.Sprintf("stride %d: %s", n, text)
	}
	return text
}
