package engine

import (
	"encoding/binary"
	"math"

	"igs/internal/float16"
	"igs/internal/parallel"
	"igs/memory"
	"igs/vk"
)

// render renders the splats band by band, and calls take for each tile row from the top.
func (c *Renderer) render(take func(v view) error) error {
	next := c.bands[0].DrawBegin // the next tile row for take
	for i := 0; i < len(c.bands); i++ {
		b := c.bands[i]
		if err := c.run(func(r *vk.Recorder) {
			c.control.clear(r, c.plan)
			if c.plan.Shape.Spacing() > 1 {
				c.control.setOffset(r, c.at)
			}
			c.projectRounded(r, RoundAll)
			c.bin.record(r, c.work, b)
			c.raster.show(r, c.work, b)
		}); err != nil {
			return err
		}
		needed, err := c.pairsNeeded()
		if err != nil {
			return err
		}
		if needed > c.plan.Pairs {
			if err := c.grow(needed); err != nil {
				return err
			}
			for i = -1; c.bands[i+1].DrawEnd <= next; i++ { // grow may have changed the bands
			}
			continue
		}
		if err := c.hand(next, b.DrawEnd, take); err != nil {
			return err
		}
		next = b.DrawEnd
	}
	return nil
}

// hand reads back the tile rows that were just rendered. The host holds as many of them as fit into staging, since each
// read waits for the device.
func (c *Renderer) hand(begin, end int, take func(v view) error) error {
	s := c.plan.Shape
	size := int(s.TileRowBytes())
	most := max(1, vk.StagingBytes/size)
	for at := begin; at < end; {
		n := min(most, end-at, c.plan.Ring-at%c.plan.Ring)
		rows, err := c.drawnBytes(at%c.plan.Ring*size, n*size)
		if err != nil {
			return err
		}
		for i := range n {
			if err := take(view{s, at + i, rows[i*size : (i+1)*size]}); err != nil {
				return err
			}
		}
		at += n
	}
	return nil
}

// drawnBytes returns bytes of the drawn pixels, which are valid until the next drawing.
func (c *Renderer) drawnBytes(at, n int) ([]byte, error) {
	if mapped := c.raster.pixels.Mapped(); mapped != nil {
		return mapped[at : at+n], nil
	}
	if len(c.host.packed) < n {
		c.host.packed = make([]byte, n)
	}
	return c.host.packed[:n], c.dev.Read(c.raster.pixels, int64(at), c.host.packed[:n])
}

// view is a tile row of the picture on the host, in the memory order of the device.
type view struct {
	shape memory.Shape
	row   int    // number of the tile row
	bytes []byte // quads of float32, or of float16 in mixed precision
}

// rows returns the pixel rows begin..end of its picture that the view holds, end excluded.
func (v view) rows() (begin, end int) {
	row := v.row % v.shape.PictureRows()
	return row * memory.TileSize, min((row+1)*memory.TileSize, v.shape.H)
}

// line writes value n of the pixels of row y to dst. The values of a pixel are the channels, then the denominator.
func (v view) line(y, n int, dst []float32) {
	const tile = memory.TileSize
	quads := v.shape.PixelQuads()
	for x := 0; x < len(dst); x += tile {
		out := dst[x:min(x+tile, len(dst))]
		at := (((x+y%tile)*quads+n/4)*tile)*4 + n%4 // of the first of 16 pixels, which are 4 values apart
		if v.shape.Half {
			bytes := v.bytes[2*at:]
			for i := range out {
				out[i] = float16.Wide(binary.LittleEndian.Uint16(bytes[8*i:]))
			}
			continue
		}
		bytes := v.bytes[4*at:]
		for i := range out {
			out[i] = math.Float32frombits(binary.LittleEndian.Uint32(bytes[16*i:]))
		}
	}
}

// read writes the samples of a tile row to its rows, clamped to [0,1]. It goes tile by tile, as the pixels lie in memory: row by
// row it would wait for memory.
func (v view) read(rows [][][]float32) {
	parallel.Runs(v.shape.TilesX(), func(first, end int) {
		for x := first * memory.TileSize; x < end*memory.TileSize; x += memory.TileSize {
			for y, row := range rows {
				if v.shape.Bytes {
					v.bytes8(x, y, row)
					continue
				}
				for n := 0; n < len(row); n += 4 {
					v.quads(x, y, n/4, row[n:min(n+4, len(row))])
				}
			}
		}
	})
}

// bytes8 writes the samples of row y of a tile of bytes, from 0, to rows. The tile begins at column x.
func (v view) bytes8(x, y int, rows [][]float32) {
	const tile = memory.TileSize
	pixels := v.bytes[4*(x+y)*tile:][:4*tile]
	for c, row := range rows {
		row = row[x:min(x+tile, len(row))]
		for i := range row {
			row[i] = steps8[pixels[4*i+c]]
		}
	}
}

// steps8 are the samples of bytes.
var steps8 = func() (all [256]float32) {
	for i := range all {
		all[i] = float32(i) / 255
	}
	return all
}()

// quads writes the values of a quad of row y of a tile, from 0, clamped to [0,1], to rows: one for each value that is wanted,
// at most four. The tile begins at column x.
func (v view) quads(x, y, quad int, rows [][]float32) {
	const tile = memory.TileSize
	bytes := 4 // of a value
	if v.shape.Half {
		bytes = 2
	}
	end := min(x+tile, len(rows[0]))
	at := ((x+y)*v.shape.PixelQuads() + quad) * tile * 4 * bytes
	clampQuads(rows, x, end, v.bytes[at:at+4*tile*bytes], v.shape.Half)
}

// clampQuads writes the values of quads, clamped to [0,1], to the columns from first to end-1 of rows.
func clampQuads(rows [][]float32, first, end int, quads []byte, half bool) {
	done := 0
	if vectors {
		if done = (end - first) / 4 * 4; done > 0 {
			quadVectors(&rows[0], len(rows), first, &quads[0], done, int(flag(half)))
		}
	}
	for i := done; i < end-first; i++ {
		for k, row := range rows {
			value := float32(0)
			if half {
				value = float16.Wide(binary.LittleEndian.Uint16(quads[8*i+2*k:]))
			} else {
				value = math.Float32frombits(binary.LittleEndian.Uint32(quads[16*i+4*k:]))
			}
			row[first+i] = min(max(value, 0), 1)
		}
	}
}
