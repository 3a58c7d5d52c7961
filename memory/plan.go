// Package memory owns the plan: which buffers a run needs, of how many bytes each, and into which bands the picture is cut so
// that every buffer stays within what the device can bind. It is arithmetic only and touches no device.
//
// Units: bytes unless a name says rows; a band is a run of tile rows, a ring a number of tile rows addressed modulo that number.
package memory

import (
	"fmt"

	"igs/internal/fault"
)

// Limits are the device's.
type Limits struct {
	Binding    int64 // greatest range of one storage binding
	Allocation int64 // greatest single allocation
	LossBytes  int64 // what one of the two buffers of the loss should take, and
	LossRows   int   // the rows that it should hold all the same; preferences, not limits
	Strip      int   // rows, and
	Segment    int   // columns that one invocation of the loss slides along; 0 = all there are
}

// Buffer is one buffer of the plan.
type Buffer struct {
	Name, Group string
	Bytes       int64
}

// Plan says how a run is laid out on the device.
type Plan struct {
	Shape    Shape
	Pairs    int // capacity of the lists of a band
	BandRows int // tile rows of a band
	Ring     int // tile rows of image, gradient and threshold
	LossRows int // pixel rows of one dispatch of the loss
	MapRows  int // pixel rows of the ring between the last two passes of the loss
	Strip    int // rows, columns: as in Limits
	Segment  int
	Buffers  []Buffer
}

// MaxSplats bounds the number of splats: the lists keep 24 bits for it (bin_emit).
const MaxSplats = 1 << 24

// ssimReach is how far the gradient of SSIM reaches: two windows of radius 5.
const ssimReach = 10

// Fit lays a run out with the largest bands that the limits allow. It fails with the code for out of memory and says
// which buffer cannot be made to fit.
func Fit(s Shape, pairs int, l Limits) (Plan, error) {
	p := Plan{Shape: s, Pairs: pairs}
	if s.Splats >= MaxSplats {
		return p, fault.New(fault.BadInput, "use fewer splats", "%d splats, at most %d can be told apart in a list", s.Splats, MaxSplats-1)
	}
	p.Ring = min(int(min(l.Binding, l.Allocation)/s.TileRowBytes()), s.TilesY())
	p.BandRows = p.Ring
	if p.Ring < s.TilesY() {
		p.BandRows-- // a ring also holds the tile row before its band, whose gradient waits for the rows below
	}
	lossRow := s.windowRowBytes()
	p.LossRows = max(int(l.LossBytes/lossRow), l.LossRows)
	p.LossRows = min(p.LossRows, int(min(l.Binding, l.Allocation)/lossRow)-ssimReach)
	p.LossRows = min(max(p.LossRows, TileSize), s.H)
	p.MapRows = p.LossRows + ssimReach
	p.Strip, p.Segment = l.Strip, l.Segment
	if p.Strip == 0 {
		p.Strip = p.LossRows + ssimReach
	}
	if p.Segment == 0 {
		p.Segment = s.W
	}
	if p.BandRows < 1 {
		return p, fault.New(fault.OutOfMemory, "train on a narrower picture", "a row of %d pixels does not fit one buffer of this device", s.W)
	}
	p.Buffers = p.list()
	for _, b := range p.Buffers {
		if b.Name != "target" && b.Bytes > l.Binding || b.Bytes > l.Allocation {
			return p, tooLarge(b, l)
		}
	}
	return p, nil
}

func tooLarge(b Buffer, l Limits) error {
	return fault.New(fault.OutOfMemory, "use fewer splats or a smaller picture",
		"the buffer %q needs %d bytes, the device binds at most %d and allocates at most %d", b.Name, b.Bytes, l.Binding, l.Allocation)
}

// list names every buffer of the plan.
func (p Plan) list() []Buffer {
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
		{"pairs", "lists", 8 * pairs},
		{"list", "lists", 8 * pairs},
		{"image", "pixels", s.TileRowBytes() * int64(p.Ring)},
		{"threshold", "pixels", 4 * pixels},
		{"state", "control", 16},
	}
	if s.DrawOnly {
		return draw
	}
	return append(draw, []Buffer{
		{"moments", "adam", 8 * planes * splats},
		{"sums", "gradients", 4 * planes * splats},
		{"records", "gradients", 16 * int64(s.RecordQuads()) * pairs},
		{"gradient", "pixels", s.TileRowBytes() * int64(p.Ring)},
		{"target", "target", s.TargetTileRowBytes() * int64(s.TilesY())},
		{"window_moments", "loss", s.windowRowBytes() * int64(p.LossRows)},
		{"window_maps", "loss", s.windowRowBytes() * int64(p.MapRows)},
		{"partial_ssim", "loss", 4 * int64(p.SSIMPartials())},
		{"partial_error", "loss", 8 * int64(p.ErrorPartials())},
	}...)
}

// LossColumns is the width of a workgroup of the passes that slide down columns.
const LossColumns = 64

// SSIMPartials counts the sums that blur_ssim leaves: one a channel, segment and row.
func (p Plan) SSIMPartials() int {
	return p.Shape.C * div(p.Shape.W, p.Segment) * p.Shape.H
}

// ErrorPartials counts the sums that loss_grad leaves: one a workgroup of each of its dispatches.
func (p Plan) ErrorPartials() int {
	n := 0
	for _, b := range p.Bands() {
		for _, l := range b.Loss {
			n += p.ErrorGroups(l)
		}
	}
	return n * div(p.Shape.C, 4)
}

// ErrorGroups counts the workgroups of one dispatch of loss_grad.
func (p Plan) ErrorGroups(l LossRows) int {
	return div(p.Shape.W, LossColumns) * div(l.GradEnd-l.GradBegin, p.Strip)
}

func div(n, by int) int { return (n + by - 1) / by }

// Bytes adds up the plan.
func (p Plan) Bytes() int64 {
	var n int64
	for _, b := range p.Buffers {
		n += b.Bytes
	}
	return n
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
