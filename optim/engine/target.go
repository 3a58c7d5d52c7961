package engine

import (
	"encoding/binary"

	"igs/imageio"
	"igs/internal/parallel"
	"igs/memory"
	"igs/vk"
)

// targetRows holds the target on the device: unorm samples in tile order. It holds the whole picture or, if the target
// is streamed, the rows of two bands in two buffers: the host fills one while the device reads the other.
type targetRows struct {
	picture *imageio.Samples

	whole   *vk.Buffer
	turns   [2]*vk.Buffer
	readers [2]*vk.Sequence // the last sequence that reads each of them
	format  vk.Format
}

func (t *targetRows) declare(p memory.Plan) []owned {
	s := p.Shape
	if p.Streamed {
		rows := s.TargetTileRowBytes() * int64(min(p.BandRows+s.Before(), s.TilesY()))
		return []owned{
			{memory.Buffer{Name: "target_even", Group: "target", Bytes: rows}, vk.Upload, &t.turns[0]},
			{memory.Buffer{Name: "target_odd", Group: "target", Bytes: rows}, vk.Upload, &t.turns[1]},
		}
	}
	return []owned{{memory.Buffer{Name: "target", Group: "target", Bytes: s.TargetTileRowBytes() * int64(s.TilesY()), Windowed: true}, vk.DeviceLocal, &t.whole}}
}

// build chooses the format of the texels. Kernels that read storage use no texels; R32F, which every device has, is
// then only a placeholder.
func (t *targetRows) build(m *maker) error {
	switch {
	case !m.setup.Tuning.Texel:
		t.format = vk.R32F
	case m.plan.Shape.Depth == 16:
		t.format = vk.R16
	default:
		t.format = vk.R8
	}
	return nil
}

// readable turns off texels if the device cannot read the samples of the target as texels. SwiftShader cannot read
// those of 16 bits.
func readable(t Tuning, info vk.Info, s memory.Shape) Tuning {
	t.Texel = t.Texel && (s.Depth != 16 || info.HasTexel(vk.R16))
	return t
}

// rows returns the argument of the tile rows of the target that hold the pixel rows begin..end, and the first of them.
// A streamed target is in one of two buffers, which begins with the first row that the band needs.
func (t *targetRows) rows(p memory.Plan, b memory.Band, begin, end int) (vk.Arg, uint32) {
	s := p.Shape
	begin, end = max(begin, 0)/memory.TileSize, div(min(end, s.H), memory.TileSize)
	buffer, first := t.whole, 0
	if p.Streamed {
		buffer = t.turns[b.Index%2]
		first, _ = b.TargetRows(s)
	}
	row := s.TargetTileRowBytes() // a multiple of 256, and so of every alignment that Vulkan allows
	return vk.Arg{Buffer: buffer, Offset: int64(begin-first) * row, Bytes: int64(end-begin) * row, Format: t.format}, uint32(begin)
}

// upload copies the whole target to the device, one tile row at a time.
func (t *targetRows) upload(dev *vk.Device, s memory.Shape) error {
	size := s.TargetTileRowBytes()
	row := make([]byte, size)
	for at := range s.TilesY() {
		t.packTileRow(row, at)
		if err := dev.Write(t.whole, int64(at)*size, row); err != nil {
			return err
		}
	}
	return nil
}

// feed uploads the rows of the target that a part of a step needs, after the last reader of their buffer is done.
func (t *targetRows) feed(s memory.Shape, p part) error {
	turn := p.band.Index % 2
	if t.readers[turn] != nil {
		if err := t.readers[turn].Wait(); err != nil {
			return err
		}
	}
	t.readers[turn] = p.seq
	begin, end := p.band.TargetRows(s)
	size := s.TargetTileRowBytes()
	to := t.turns[turn].Mapped()
	parallel.Each(end-begin, func(_, row int) {
		t.packTileRow(to[int64(row)*size:int64(row+1)*size], begin+row)
	})
	return nil
}

// packTileRow writes a tile row of the target in the layout of the device.
func (t *targetRows) packTileRow(to []byte, tileRow int) {
	for y := tileRow * memory.TileSize; y < min((tileRow+1)*memory.TileSize, t.picture.H); y++ {
		for c := range t.picture.C {
			packUnorm(to, t.picture, c, y)
		}
	}
}

// packUnorm writes row y of channel c of the target into its tile row.
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
