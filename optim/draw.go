package optim

import (
	"encoding/binary"
	"math"

	"igs/memory"
	"igs/shaders"
	"igs/vk"
)

// The forward half of a step. Each verb records one kernel, or the few of binning.

// project turns parameters into centres, conics and tile boxes.
func (c *canvas) project(r *vk.Recorder) {
	s := c.plan.Shape
	push := shaders.SplatProjectPush{
		Splats: uint32(c.splats), Stride: uint32(s.Splats), Width: uint32(s.W), Height: uint32(s.H),
		InverseScale: 1 / c.zoom, Cut: cut,
	}
	r.Dispatch(c.kernels["splat_project"], c.perSplat(), push, c.arg("params"), c.arg("geometry"), c.arg("extent"))
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
	r.Fill(c.buffers["tile_count"], 0, int64(4*tiles), 0)
	r.Dispatch(c.kernels["bin_count"], c.perSplat(), push, geometry, extent, c.arg("tile_count"), c.arg("pair_count"))
	r.Dispatch(c.kernels["bin_scan"], [3]int{2, 1, 1}, shaders.BinScanPush{Tiles: tiles, Splats: uint32(c.splats)},
		c.arg("tile_count"), c.arg("pair_count"), c.arg("tile_start"), c.arg("tile_cursor"), c.arg("pair_start"), c.arg("state"))
	r.Dispatch(c.kernels["bin_emit"], c.perSplat(), push, geometry, extent, c.arg("tile_cursor"), c.arg("pair_start"), c.arg("pairs"))
	r.Dispatch(c.kernels["bin_sort"], [3]int{s.TilesX(), b.ListEnd - b.ListBegin, 1},
		shaders.BinSortPush{TilesAcross: uint32(s.TilesX()), Capacity: uint32(c.plan.Pairs)},
		c.arg("tile_start"), c.texels("pairs", vk.RG32U), c.arg("list"))
}

// rasterize draws a band.
func (c *canvas) rasterize(r *vk.Recorder, b memory.Band) {
	s := c.plan.Shape
	push := shaders.RasterizePush{
		Width: uint32(s.W), Height: uint32(s.H), RowBegin: uint32(b.DrawBegin), ListBegin: uint32(b.ListBegin),
		Ring: uint32(c.plan.Ring), Capacity: uint32(c.plan.Pairs), Cut: cut,
	}
	r.Dispatch(c.kernels["rasterize"], [3]int{s.TilesX(), b.DrawEnd - b.DrawBegin, 1}, push,
		c.quads("geometry"), c.arg("tile_start"), c.texels("list", vk.RG32U), c.arg("image"), c.arg("threshold"), c.arg("tile_used"))
}

func (c *canvas) perSplat() [3]int { return [3]int{(c.splats + 63) / 64, 1, 1} }

func (c *canvas) arg(name string) vk.Arg { return vk.Arg{Buffer: c.buffers[name]} }

// texels binds a buffer that kernels may also read through a texel buffer of the given format.
func (c *canvas) texels(name string, f vk.Format) vk.Arg {
	return vk.Arg{Buffer: c.buffers[name], Format: f}
}

// quads binds a buffer of float32 quads.
func (c *canvas) quads(name string) vk.Arg { return c.texels(name, vk.RGBA32F) }

// pixels binds a buffer of quads that are float16 in mixed precision.
func (c *canvas) pixels(name string) vk.Arg {
	if c.plan.Shape.Half {
		return c.texels(name, vk.RGBA16F)
	}
	return c.quads(name)
}

// draw renders the splats band by band and hands each band to take.
func (c *canvas) draw(take func(b memory.Band, v view) error) error {
	s := c.plan.Shape
	row := s.TileRowBytes()
	back, err := c.dev.NewBuffer(vk.BufferSpec{Name: "read-back", Group: "staging", Use: vk.Readback, Bytes: row * int64(c.plan.BandRows)})
	if err != nil {
		return err
	}
	defer back.Free()
	for i := 0; i < len(c.bands); i++ {
		b := c.bands[i]
		if err := c.run(func(r *vk.Recorder) {
			r.Fill(c.buffers["state"], 0, c.buffers["state"].Bytes(), 0)
			c.project(r)
			c.bin(r, b)
			c.rasterize(r, b)
			for at := b.DrawBegin; at < b.DrawEnd; at++ {
				r.Copy(back, int64(at-b.DrawBegin)*row, c.buffers["image"], int64(at%c.plan.Ring)*row, row)
			}
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
			i-- // once more with lists that are long enough
			continue
		}
		if err := take(b, view{s, b.DrawBegin, back.Mapped()}); err != nil {
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
	if err := c.dev.Read(c.buffers["state"], 0, word[:]); err != nil {
		return 0, err
	}
	return int(uint32(word[0]) | uint32(word[1])<<8 | uint32(word[2])<<16 | uint32(word[3])<<24), nil
}

// view is the image of a band as the device wrote it, in tile order.
type view struct {
	shape memory.Shape
	first int    // tile row
	bytes []byte // quads of float32, or of float16 in mixed precision
}

// at is value n of a pixel: its channels, then the denominator.
func (v view) at(x, y, n int) float32 {
	const tile = memory.TileSize
	line := ((y/tile-v.first)*v.shape.TilesX()+x/tile)*tile + y%tile
	at := ((line*v.shape.PixelQuads()+n/4)*tile+x%tile)*4 + n%4
	if v.shape.Half {
		return fromHalf(binary.LittleEndian.Uint16(v.bytes[2*at:]))
	}
	return math.Float32frombits(binary.LittleEndian.Uint32(v.bytes[4*at:]))
}
