package engine

import (
	"igs/memory"
	"igs/shaders"
	"igs/vk"
)

// gathering adds the records of a band to the sums of their splats.
type gathering struct {
	from  *records
	lists *binning
	state *control

	sums   *vk.Buffer
	kernel *vk.Kernel
}

func (g *gathering) declare(p memory.Plan) []owned {
	s := p.Shape
	return []owned{{memory.Buffer{Name: "sums", Group: "gradients", Bytes: 4 * int64(s.Planes()) * int64(s.Splats)}, vk.DeviceLocal, &g.sums}}
}

func (g *gathering) build(m *maker) error {
	return m.kernel(&g.kernel, "gather_grad", flag(m.setup.Tuning.shares()))
}

func (g *gathering) record(r *vk.Recorder, w work, b memory.Band) {
	push := shaders.GatherGradPush{
		Splats: uint32(w.span()), Stride: uint32(w.plan.Shape.Splats), Capacity: uint32(w.plan.Pairs), Add: flag(b.Index > 0),
		CellSplats: uint32(w.plan.Shape.PictureSplats()),
	}
	r.Dispatch(g.kernel, over(g.kernel, w.span()), push,
		g.from.written(w.plan), arg(g.lists.pairStart), arg(g.lists.pairCount), arg(g.sums), arg(g.state.state))
}
