package optim

import (
	"encoding/binary"

	"igs/imageio"
	"igs/internal/parallel"
	"igs/memory"
	"igs/vk"
)

// The target on the device: unorm samples in tile order, the whole picture or the rows of two bands.

// upload puts the whole target on the device, a tile row at a time.
func (e *engine) upload() error {
	size := e.plan.Shape.TargetTileRowBytes()
	row := make([]byte, size)
	for at := range e.plan.Shape.TilesY() {
		e.packTileRow(row, at)
		if err := e.dev.Write(e.buffers["target"], int64(at)*size, row); err != nil {
			return err
		}
	}
	return nil
}

// streamed is the buffer that holds a band's rows of a streamed target: bands take turns, so that the host fills one while the
// device reads the other.
func (e *engine) streamed(b memory.Band) *vk.Buffer {
	return e.buffers[[2]string{"target_even", "target_odd"}[b.Index%2]]
}

// feed puts the rows of the target that a part needs in place, once their predecessors are no longer read.
func (e *engine) feed(p part) error {
	reader := &e.readers[p.band.Index%2]
	if *reader != nil {
		if err := (*reader).Wait(); err != nil {
			return err
		}
	}
	*reader = p.seq
	begin, end := p.band.TargetRows(e.plan.Shape)
	size := e.plan.Shape.TargetTileRowBytes()
	to := e.streamed(p.band).Mapped()
	parallel.Each(end-begin, func(_, row int) {
		e.packTileRow(to[int64(row)*size:int64(row+1)*size], begin+row)
	})
	return nil
}

// packTileRow writes a tile row of the target as the device wants it.
func (e *engine) packTileRow(to []byte, tileRow int) {
	for y := tileRow * memory.TileSize; y < min((tileRow+1)*memory.TileSize, e.target.H); y++ {
		for c := range e.target.C {
			packUnorm(to, e.target, c, y)
		}
	}
}

// packUnorm writes row y of channel c into the tile row that it belongs to.
func packUnorm(tiles []byte, target *imageio.Samples, c, y int) {
	const tile = memory.TileSize
	bytes := target.Depth / 8
	for x := 0; x < target.W; x += tile {
		n := min(tile, target.W-x)
		to := tiles[((x+y%tile)*target.C+c)*tile*bytes:]
		if bytes == 1 {
			copy(to[:n], target.Row8(c, y)[x:])
			continue
		}
		for i, v := range target.Row16(c, y)[x : x+n] {
			binary.LittleEndian.PutUint16(to[2*i:], v)
		}
	}
}
