package engine

import (
	"igs/memory"
	"igs/shaders"
	"igs/vk"
)

// records is the gradient of rasterization: one record of sums for each splat-tile pair.
type records struct {
	in      *rasterization
	windows *windows // evaluations of a loss without SSIM put them into the memory of the records

	values *vk.Buffer
	kernel *vk.Kernel
}

func (g *records) declare(p memory.Plan) []owned {
	bytes := p.Shape.RecordBytes() * int64(p.Pairs)
	if p.Shape.Pointwise {
		bytes = max(bytes, g.windows.bytes(p))
	}
	return []owned{{memory.Buffer{Name: "records", Group: "gradients", Bytes: bytes, PerPair: true}, vk.DeviceLocal, &g.values}}
}

func (g *records) build(m *maker) error {
	t := m.setup.Tuning
	if m.dev != nil {
		t.Lanes = t.sharing(m.plan.Shape.C, m.dev.Info().SharedBytes)
	}
	return m.kernel(&g.kernel, "rasterize_grad", t.Split, t.Lanes, flag(m.setup.stages(m.plan.Shape)))
}

func (g *records) record(r *vk.Recorder, p memory.Plan, b memory.Band) {
	s := p.Shape
	_, base := g.in.words(p, b)
	pixels, rows, first := g.windows.gradients(p, b)
	push := shaders.RasterizeGradPush{
		Width: uint32(s.W), Height: uint32(s.H), ListBegin: uint32(b.ListBegin),
		WorkBegin: uint32(b.GradBegin), WorkEnd: uint32(b.GradEnd), Ring: uint32(p.Ring), Base: base,
		GradRing: rows, GradBase: first, Capacity: uint32(p.Pairs), CellRows: uint32(s.PictureRows()),
	}
	lists := g.in.in
	r.Dispatch(g.kernel, [3]int{s.TilesX(), b.ListEnd - b.ListBegin, 1}, push,
		quads(lists.in.geometry), arg(lists.tileStart), lists.listed(), arg(g.in.used),
		pixels, g.in.limitQuads(p, b), g.written(p))
}

// written returns the argument of the records without the rest of their buffer.
func (g *records) written(p memory.Plan) vk.Arg {
	bound := quads(g.values)
	bound.Bytes = p.Shape.RecordBytes() * int64(p.Pairs)
	return bound
}
