package optim

import (
	"encoding/binary"
	"math"

	"igs/internal/float16"
	"igs/memory"
	"igs/shaders"
	"igs/vk"
)

// The forward half of a step. Each verb records one kernel, or the few of binning.

// project turns parameters, rounded where the model file will have few bits, into centres, conics and tile boxes.
func (c *canvas) project(r *vk.Recorder) { c.projectRounded(r, roundAll) }

// projectRounded is project with only some groups of parameters rounded.
func (c *canvas) projectRounded(r *vk.Recorder, which rounded) {
	s := c.plan.Shape
	if s.Quantized {
		c.quantize(r, which)
	}
	push := shaders.SplatProjectPush{
		Splats: uint32(c.splats), Stride: uint32(s.Splats), Width: uint32(s.W), Height: uint32(s.H),
		InverseScale: 1 / c.zoom, Cut: cut,
	}
	r.Dispatch(c.kernels["splat_project"], c.perSplat(), push, c.drawn(), c.arg("geometry"), c.arg("extent"))
}

// bin makes the lists of a band: which splats reach which tile.
func (c *canvas) bin(r *vk.Recorder, b memory.Band) {
	s := c.plan.Shape
	tiles := uint32(s.TilesX() * (b.ListEnd - b.ListBegin))
	push := shaders.BinPush{
		Splats: uint32(c.splats), Width: uint32(s.W), Height: uint32(s.H),
		RowBegin: uint32(b.ListBegin), RowEnd: uint32(b.ListEnd), Capacity: uint32(c.plan.Pairs), Cut: cut,
	}
	geometry, extent := c.quads("geometry"), c.arg("extent")
	pairs := c.texels(c.plan.PairsBuffer(), vk.RG32U)
	pairs.Bytes = int64(8 * c.plan.Pairs)
	r.Fill(c.buffers["tile_count"], 0, int64(4*tiles), 0)
	r.Dispatch(c.kernels["bin_count"], c.perSplat(), push, geometry, extent, c.arg("tile_count"), c.arg("pair_count"))
	r.Dispatch(c.kernels["bin_scan"], [3]int{2, 1, 1}, shaders.BinScanPush{Tiles: tiles, Splats: uint32(c.splats)},
		c.arg("tile_count"), c.arg("pair_count"), c.arg("tile_start"), c.arg("tile_cursor"), c.arg("pair_start"), c.arg("state"))
	r.Dispatch(c.kernels["bin_emit"], c.perSplat(), push, geometry, extent, c.arg("tile_cursor"), c.arg("pair_start"), pairs)
	r.Dispatch(c.kernels["bin_sort"], [3]int{s.TilesX(), b.ListEnd - b.ListBegin, 1},
		shaders.BinSortPush{TilesAcross: uint32(s.TilesX()), Capacity: uint32(c.plan.Pairs)},
		c.arg("tile_start"), pairs, c.arg("list"))
}

// rasterize draws a band.
func (c *canvas) rasterize(r *vk.Recorder, b memory.Band) {
	s := c.plan.Shape
	pixels, base := c.pixels(b)
	push := shaders.RasterizePush{
		Width: uint32(s.W), Height: uint32(s.H), RowBegin: uint32(b.DrawBegin), ListBegin: uint32(b.ListBegin),
		Ring: uint32(c.plan.Ring), Base: base, Capacity: uint32(c.plan.Pairs), Cut: cut,
	}
	r.Dispatch(c.kernels["rasterize"], [3]int{s.TilesX(), b.DrawEnd - b.DrawBegin, 1}, push,
		c.quads("geometry"), c.arg("tile_start"), c.texels("list", vk.RG32U), pixels, c.threshold(b), c.arg("tile_used"))
}

func (c *canvas) perSplat() [3]int { return [3]int{(c.splats + 63) / 64, 1, 1} }

func (c *canvas) arg(name string) vk.Arg { return vk.Arg{Buffer: c.buffers[name]} }

// texels binds a buffer that kernels may also read through a texel buffer of the given format.
func (c *canvas) texels(name string, f vk.Format) vk.Arg {
	return vk.Arg{Buffer: c.buffers[name], Format: f}
}

// quads binds a buffer of float32 quads.
func (c *canvas) quads(name string) vk.Arg { return c.texels(name, vk.RGBA32F) }

// pixels binds the pixels of a band, quads that are float16 in mixed precision, and says which tile row comes first.
func (c *canvas) pixels(b memory.Band) (vk.Arg, uint32) {
	format := vk.RGBA32F
	if c.plan.Shape.Half {
		format = vk.RGBA16F
	}
	return c.window("pixels", format, c.plan.Shape.TileRowBytes(), b)
}

// threshold binds the thresholds of a band.
func (c *canvas) threshold(b memory.Band) vk.Arg {
	arg, _ := c.window("threshold", vk.R32F, int64(4*memory.TileSize*memory.TileSize*c.plan.Shape.TilesX()), b)
	return arg
}

// window binds what a band needs of a buffer of tile rows. A ring is bound whole, and begins with tile row 0; of a buffer that holds
// the whole picture, which may be more than a kernel can see at once, the rows drawn and the one before them are bound.
func (c *canvas) window(name string, format vk.Format, row int64, b memory.Band) (vk.Arg, uint32) {
	arg := c.texels(name, format)
	if c.plan.Mode == memory.Recompute {
		return arg, 0
	}
	first := max(b.DrawBegin-1, 0)
	arg.Offset, arg.Bytes = int64(first)*row, int64(b.DrawEnd-first)*row // rows are multiples of 1024 bytes, which any alignment divides
	return arg, uint32(first)
}

// draw renders the splats band by band and hands over each tile row, from the top.
func (c *canvas) draw(take func(v view) error) error {
	next := c.bands[0].DrawBegin // tile row to hand over
	for i := 0; i < len(c.bands); i++ {
		b := c.bands[i]
		if err := c.run(func(r *vk.Recorder) {
			r.Fill(c.buffers["state"], 0, c.buffers["state"].Bytes(), 0)
			c.project(r)
			c.bin(r, b)
			c.rasterize(r, b)
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
			for i = -1; c.bands[i+1].DrawEnd <= next; i++ { // the bands may be other ones now
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

// hand reads tile rows that were just drawn back one by one, so that the host holds no more than one of them.
func (c *canvas) hand(begin, end int, take func(v view) error) error {
	s := c.plan.Shape
	row := make([]byte, s.TileRowBytes())
	for at := begin; at < end; at++ {
		if err := c.dev.Read(c.buffers["pixels"], int64(at%c.plan.Ring)*s.TileRowBytes(), row); err != nil {
			return err
		}
		if err := take(view{s, at, row}); err != nil {
			return err
		}
	}
	return nil
}

// run records commands, runs them once and forgets them.
func (c *canvas) run(record func(r *vk.Recorder)) error {
	r := c.dev.NewRecorder()
	record(r)
	seq, err := r.Finish()
	if err != nil {
		return err
	}
	defer seq.Free()
	return seq.Run()
}

func (c *canvas) pairsNeeded() (int, error) {
	var word [4]byte
	err := c.dev.Read(c.buffers["state"], 0, word[:])
	return int(binary.LittleEndian.Uint32(word[:])), err
}

// view is a tile row of the picture on the host, in the order of the device.
type view struct {
	shape memory.Shape
	row   int    // which tile row
	bytes []byte // quads of float32, or of float16 in mixed precision
}

// rows are the pixel rows begin..end of the picture that the view holds.
func (v view) rows() (begin, end int) {
	return v.row * memory.TileSize, min((v.row+1)*memory.TileSize, v.shape.H)
}

// at is value n of a pixel: its channels, then the denominator.
func (v view) at(x, y, n int) float32 {
	const tile = memory.TileSize
	line := (x/tile)*tile + y%tile
	at := ((line*v.shape.PixelQuads()+n/4)*tile+x%tile)*4 + n%4
	if v.shape.Half {
		return float16.Wide(binary.LittleEndian.Uint16(v.bytes[2*at:]))
	}
	return math.Float32frombits(binary.LittleEndian.Uint32(v.bytes[4*at:]))
}
