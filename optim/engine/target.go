package engine

import (
	"encoding/binary"

	"igs/imageio"
	"igs/internal/parallel"
	"igs/memory"
	"igs/vk"
)

// targetRows holds the target on the device: unorm samples in tile order. It holds the whole picture or, if the target
// is streamed, the rows of two bands in two buffers: the host fills one while the device reads the other. Strided steps
// always stream: the host packs the pixels that a step looks at.
type targetRows struct {
	pictures []*imageio.Samples // of one size and one number of bits
	step     int                // 0 or 1, alternating: which steps the commands that are recorded now belong to

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
	begin, end = max(begin, 0)/memory.TileSize, min(div(end, memory.TileSize), s.TilesY())
	buffer, first := t.whole, 0
	if p.Streamed {
		buffer = t.turns[t.turn(p, b)]
		first, _ = b.TargetRows(s)
	}
	row := s.TargetTileRowBytes() // a multiple of 256, and so of every alignment that Vulkan allows
	return vk.Arg{Buffer: buffer, Offset: int64(begin-first) * row, Bytes: int64(end-begin) * row, Format: t.format}, uint32(begin)
}

// turn returns which of the two buffers a band reads. Bands alternate, also from one step to the next.
func (t *targetRows) turn(p memory.Plan, b memory.Band) int {
	return (t.step*div(p.Shape.TilesY(), p.BandRows) + b.Index) % 2
}

// upload copies the whole target to the device, one tile row at a time.
func (t *targetRows) upload(dev *vk.Device, w work) error {
	s := w.plan.Shape
	size := s.TargetTileRowBytes()
	row, line := make([]byte, size), newLine(s)
	for at := range s.TilesY() {
		t.packTileRow(row, line, w, at)
		if err := dev.Write(t.whole, int64(at)*size, row); err != nil {
			return err
		}
	}
	return t.err()
}

// feed uploads the rows of the target that a part of a step needs, after the last reader of their buffer is done.
func (t *targetRows) feed(w work, p part) error {
	if t.readers[p.turn] != nil {
		if err := t.readers[p.turn].Wait(); err != nil {
			return err
		}
	}
	t.readers[p.turn] = p.seq
	s := w.plan.Shape
	begin, end := p.band.TargetRows(s)
	size := s.TargetTileRowBytes()
	to := t.turns[p.turn].Mapped()
	lines := make([]line, parallel.Workers)
	parallel.Each(end-begin, func(worker, row int) {
		if lines[worker].eight == nil {
			lines[worker] = newLine(s)
		}
		t.packTileRow(to[int64(row)*size:int64(row+1)*size], lines[worker], w, begin+row)
	})
	return t.err()
}

// err is the first error of reading pictures on the disk.
func (t *targetRows) err() error {
	for _, p := range t.pictures {
		if err := p.Err(); err != nil {
			return err
		}
	}
	return nil
}

// line is room for the samples of a row that a step looks at.
type line struct {
	eight   []uint8
	sixteen []uint16
}

func newLine(s memory.Shape) line { return line{make([]uint8, s.W), make([]uint16, s.W)} }

// packTileRow writes a tile row of the target in the layout of the device.
func (t *targetRows) packTileRow(to []byte, l line, w work, tileRow int) {
	s := w.plan.Shape
	picture := t.pictures[tileRow/s.PictureRows()]
	tileRow %= s.PictureRows()
	for y := tileRow * memory.TileSize; y < min((tileRow+1)*memory.TileSize, s.H); y++ {
		from := min(s.Spacing()*y+w.at.Y, picture.H-1)
		for c := range s.C {
			if s.Depth == 8 {
				picture.Every8(c, from, w.at.X, s.Spacing(), l.eight)
				packRow8(to, s, y, c, l.eight)
			} else {
				picture.Every16(c, from, w.at.X, s.Spacing(), l.sixteen)
				packRow16(to, s, y, c, l.sixteen)
			}
		}
	}
}

// packRow8 writes channel c of row y into its tile row.
func packRow8(tiles []byte, s memory.Shape, y, c int, row []uint8) {
	const tile = memory.TileSize
	for x := 0; x < s.W; x += tile {
		copy(tiles[((x+y%tile)*s.C+c)*tile:], row[x:min(x+tile, s.W)])
	}
}

// packRow16 is packRow8 for samples of 16 bits.
func packRow16(tiles []byte, s memory.Shape, y, c int, row []uint16) {
	const tile = memory.TileSize
	for x := 0; x < s.W; x += tile {
		to := tiles[((x+y%tile)*s.C+c)*tile*2:]
		for i, v := range row[x:min(x+tile, s.W)] {
			binary.LittleEndian.PutUint16(to[2*i:], v)
		}
	}
}
