package engine

import (
	"igs/memory"
	"igs/shaders"
	"igs/vk"
)

// rasterization renders the tiles of a band: colours and denominator of each pixel, and the exponent of its K-th splat.
type rasterization struct {
	in *binning

	pixels, threshold *vk.Buffer // tile rows of the whole picture, or a ring of tile rows
	used              *vk.Buffer // by tile: number of list entries that any pixel looked at
	kernel, shown     *vk.Kernel // shown: for a picture that the host only reads
}

const pixelsName = "pixels"

func (a *rasterization) declare(p memory.Plan) []owned {
	s := p.Shape
	used, threshold := 4*int64(s.TilesX())*int64(s.TilesY()), thresholdRow(s)*int64(p.Ring)
	if s.RenderOnly { // nothing writes or reads them
		used, threshold = 4, 4
	}
	return []owned{
		{memory.Buffer{Name: "tile_used", Group: "lists", Bytes: used}, vk.DeviceLocal, &a.used},
		{memory.Buffer{Name: pixelsName, Group: "pixels", Bytes: s.TileRowBytes() * int64(p.Ring), Windowed: true}, vk.DeviceLocal, &a.pixels},
		{memory.Buffer{Name: "threshold", Group: "pixels", Bytes: threshold, Windowed: true}, vk.DeviceLocal, &a.threshold},
	}
}

func (a *rasterization) build(m *maker) error {
	t := m.setup.Tuning
	constants := []uint32{0, 0, t.Pixels, uint32(m.setup.TopK), memory.TileSize / t.Pixels, flag(t.Skip)}
	if !m.plan.Shape.RenderOnly {
		if err := m.kernel(&a.kernel, "rasterize", constants...); err != nil {
			return err
		}
	}
	return m.kernel(&a.shown, "rasterize", append(constants, 1, flag(m.plan.Shape.Bytes))...)
}

// record renders a band for the passes that compare and differentiate it.
func (a *rasterization) record(r *vk.Recorder, w work, b memory.Band) { a.dispatch(r, a.kernel, w, b) }

// show renders a band whose colours the host reads. Nothing else of the pixels is valid after it.
func (a *rasterization) show(r *vk.Recorder, w work, b memory.Band) { a.dispatch(r, a.shown, w, b) }

func (a *rasterization) dispatch(r *vk.Recorder, kernel *vk.Kernel, w work, b memory.Band) {
	s := w.plan.Shape
	pixels, base := a.colours(w.plan, b)
	push := shaders.RasterizePush{
		Width: uint32(s.W), Height: uint32(s.H), RowBegin: uint32(b.DrawBegin), ListBegin: uint32(b.ListBegin),
		Ring: uint32(w.plan.Ring), Base: base, Capacity: uint32(w.plan.Pairs), Cut: Cut, CellRows: uint32(s.PictureRows()),
	}
	r.Dispatch(kernel, [3]int{s.TilesX(), b.DrawEnd - b.DrawBegin, 1}, push,
		quads(a.in.in.geometry), arg(a.in.tileStart), a.in.listed(), pixels, a.limits(w.plan, b), arg(a.used))
}

// thresholdRow returns the bytes of one tile row of thresholds.
func thresholdRow(s memory.Shape) int64 {
	return int64(4 * memory.TileSize * memory.TileSize * s.TilesX())
}

// colours returns the argument of the pixels of a band, and the first tile row in it. The quads are float16 in mixed
// precision.
func (a *rasterization) colours(p memory.Plan, b memory.Band) (vk.Arg, uint32) {
	format := vk.RGBA32F
	if p.Shape.Half {
		format = vk.RGBA16F
	}
	return window(p, texels(a.pixels, format), p.Shape.TileRowBytes(), b)
}

// words is colours for kernels that read 16 bytes at once.
func (a *rasterization) words(p memory.Plan, b memory.Band) (vk.Arg, uint32) {
	bound, base := a.colours(p, b)
	bound.Format = vk.RGBA32F
	return bound, base
}

// limitQuads is limits for kernels that read the thresholds of four columns at once.
func (a *rasterization) limitQuads(p memory.Plan, b memory.Band) vk.Arg {
	bound := a.limits(p, b)
	bound.Format = vk.RGBA32F
	return bound
}

// limits returns the argument of the thresholds of a band.
func (a *rasterization) limits(p memory.Plan, b memory.Band) vk.Arg {
	bound, _ := window(p, texels(a.threshold, vk.R32F), thresholdRow(p.Shape), b)
	return bound
}

// window returns the argument of the tile rows that a band needs, and the first of them. A ring is bound as a whole and
// begins with tile row 0. A buffer of the whole picture may be larger than a binding, so only the rendered rows and the
// rows before them that the band still needs are bound.
func window(p memory.Plan, of vk.Arg, row int64, b memory.Band) (vk.Arg, uint32) {
	if p.Mode == memory.Banded {
		return of, 0
	}
	first := max(b.DrawBegin-p.Shape.Before(), 0)
	// Rows are multiples of 1024 bytes, and so of every alignment.
	of.Offset, of.Bytes = int64(first)*row, int64(b.DrawEnd-first)*row
	return of, uint32(first)
}
