package engine

import (
	"igs/memory"
	"igs/shaders"
	"igs/vk"
)

// scanBlock is the number of counts per workgroup of bin_reduce and bin_scan.
const scanBlock = 1024

// fewBlocks: up to this number of blocks bin_scan adds up all earlier counts itself, which costs less than a dispatch
// of bin_reduce.
const fewBlocks = 8

// binning makes the list of each tile of a band: the splats that reach the tile, nearest first.
type binning struct {
	in    *projection
	state *control

	pairCount, pairStart                   *vk.Buffer // by splat
	tileCount, tileCursor, tileStart       *vk.Buffer // by tile of the band
	list                                   *vk.Buffer
	blockSums                              *vk.Buffer // sums of the counts of tiles, then of splats
	count, reduce, scan, emit, sort, merge *vk.Kernel
	mergeTiles                             int // tiles per workgroup of bin_merge

	// The buffer of the unsorted pairs. Training uses the memory of the records, which are made later.
	waiting **vk.Buffer
}

func (b *binning) declare(p memory.Plan) []owned {
	s := p.Shape
	listed := b.tiles(p)
	n, tiles, blocks := 4*int64(s.Splats), 4*int64(listed), 4*int64(div(listed, scanBlock)+div(s.Splats, scanBlock))
	return []owned{
		{memory.Buffer{Name: "pair_count", Group: "lists", Bytes: n}, vk.DeviceLocal, &b.pairCount},
		{memory.Buffer{Name: "pair_start", Group: "lists", Bytes: n}, vk.DeviceLocal, &b.pairStart},
		{memory.Buffer{Name: "tile_count", Group: "lists", Bytes: tiles}, vk.DeviceLocal, &b.tileCount},
		{memory.Buffer{Name: "tile_cursor", Group: "lists", Bytes: tiles}, vk.DeviceLocal, &b.tileCursor},
		{memory.Buffer{Name: "tile_start", Group: "lists", Bytes: tiles + 4}, vk.DeviceLocal, &b.tileStart},
		{memory.Buffer{Name: "block_sums", Group: "lists", Bytes: blocks}, vk.DeviceLocal, &b.blockSums},
		{memory.Buffer{Name: "list", Group: "lists", Bytes: 8 * int64(p.Pairs), PerPair: true}, vk.DeviceLocal, &b.list},
	}
}

// tiles returns the greatest number of tiles that a band has lists for.
func (b *binning) tiles(p memory.Plan) int {
	return p.Shape.TilesX() * min(p.BandRows+1, p.Shape.TilesY())
}

func (b *binning) build(m *maker) error {
	b.mergeTiles = 1
	if !m.setup.Tuning.shares() {
		b.mergeTiles = 4
	}
	walk := []uint32{flag(m.setup.Tuning.shares()), m.setup.walkers(b.tiles(m.plan))}
	for _, k := range []struct {
		to   **vk.Kernel
		name string
		own  []uint32
	}{
		{&b.count, "bin_count", walk}, {&b.reduce, "bin_reduce", nil}, {&b.scan, "bin_scan", nil},
		{&b.emit, "bin_emit", walk}, {&b.sort, "bin_sort", nil}, {&b.merge, "bin_merge", []uint32{uint32(b.mergeTiles)}},
	} {
		if err := m.kernel(k.to, k.name, k.own...); err != nil {
			return err
		}
	}
	return nil
}

// shares reports whether the invocations of a workgroup share long lists and wide splats. It does not pay on a CPU,
// where they do not run at the same time.
func (t Tuning) shares() bool { return t.Split > 1 }

// tilesPerWalk is the number of tiles that one invocation should walk at most when a workgroup shares a splat that
// covers all tiles.
const tilesPerWalk = 512

// walkers returns the size of the workgroups of bin_count and bin_emit. Small workgroups spread few splats over a GPU.
// A splat that covers all of a large band needs a larger workgroup: at 8K each invocation walks 506 tiles.
func (s Setup) walkers(tiles int) uint32 {
	n := 64
	for s.Tuning.shares() && tiles > tilesPerWalk*n && 2*n <= s.Group {
		n *= 2
	}
	return uint32(n)
}

// waitingPairs is the buffer of the unsorted pairs when the Renderer does not train.
type waitingPairs struct{ pairs *vk.Buffer }

func (w *waitingPairs) declare(p memory.Plan) []owned {
	return []owned{{memory.Buffer{Name: "pairs", Group: "lists", Bytes: 8 * int64(p.Pairs), PerPair: true}, vk.DeviceLocal, &w.pairs}}
}

func (w *waitingPairs) build(*maker) error { return nil }

func (b *binning) record(r *vk.Recorder, w work, band memory.Band) {
	s, capacity := w.plan.Shape, w.plan.Pairs
	tiles := uint32(s.TilesX() * (band.ListEnd - band.ListBegin))
	push := shaders.BinPush{
		Splats: uint32(w.span()), Width: uint32(s.W), Height: uint32(s.H),
		RowBegin: uint32(band.ListBegin), RowEnd: uint32(band.ListEnd), Capacity: uint32(capacity), Cut: Cut,
		CellSplats: uint32(s.PictureSplats()), CellRows: uint32(s.PictureRows()),
	}
	geometry, extent := quads(b.in.geometry), arg(b.in.extent)
	pairs := texels(*b.waiting, vk.RG32U)
	pairs.Bytes = int64(8 * capacity)
	r.Fill(b.tileCount, 0, int64(4*tiles), 0)
	r.Dispatch(b.count, over(b.count, w.span()), push, geometry, extent, arg(b.tileCount), arg(b.pairCount))
	blocks := [3]int{div(int(tiles), scanBlock) + div(w.span(), scanBlock), 1, 1}
	counts := shaders.BinScanPush{Tiles: tiles, Splats: uint32(w.span()), Reduced: flag(blocks[0] > fewBlocks)}
	if counts.Reduced != 0 {
		r.Dispatch(b.reduce, blocks, shaders.BinReducePush{Tiles: tiles, Splats: uint32(w.span())}, arg(b.tileCount), arg(b.pairCount), arg(b.blockSums))
	}
	r.Dispatch(b.scan, blocks, counts,
		arg(b.tileCount), arg(b.pairCount), arg(b.blockSums), arg(b.tileStart), arg(b.tileCursor), arg(b.pairStart), arg(b.state.state))
	r.Dispatch(b.emit, over(b.emit, w.span()), push, geometry, extent, arg(b.tileCursor), arg(b.pairStart), pairs)
	lists := shaders.BinSortPush{TilesAcross: uint32(s.TilesX()), Rows: uint32(band.ListEnd - band.ListBegin), Capacity: uint32(capacity)}
	r.Dispatch(b.sort, [3]int{s.TilesX(), band.ListEnd - band.ListBegin, 1}, lists, arg(b.tileStart), pairs, arg(b.list))
	r.Dispatch(b.merge, [3]int{div(int(tiles), b.mergeTiles), 1, 1}, lists, arg(b.tileStart), pairs, arg(b.list))
}

// listed returns the argument of the sorted lists.
func (b *binning) listed() vk.Arg { return texels(b.list, vk.RG32U) }
