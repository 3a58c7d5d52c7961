package engine

import (
	"igs/memory"
	"igs/shaders"
	"igs/vk"
)

// projection computes from the parameters the centres, halved conics and features in quads, and the box of tiles that
// each splat can reach.
type projection struct {
	state            *control
	geometry, extent *vk.Buffer
	kernel           *vk.Kernel
}

func (p *projection) declare(plan memory.Plan) []owned {
	s := plan.Shape
	n := int64(s.Splats)
	return []owned{
		{memory.Buffer{Name: "geometry", Group: "projection", Bytes: 16 * int64(s.SplatQuads()) * n}, vk.DeviceLocal, &p.geometry},
		{memory.Buffer{Name: "extent", Group: "projection", Bytes: 8 * n}, vk.DeviceLocal, &p.extent},
	}
}

func (p *projection) build(m *maker) error { return m.kernel(&p.kernel, "splat_project") }

// record projects the splats with the given parameters.
func (p *projection) record(r *vk.Recorder, w work, params vk.Arg) {
	s := w.plan.Shape
	across, down := s.Target()
	spacing := float32(s.Spacing())
	push := shaders.SplatProjectPush{
		Splats: uint32(w.span()), Stride: uint32(s.Splats), Width: uint32(s.W), Height: uint32(s.H),
		InverseScale: spacing / w.zoom, Cut: Cut, Across: uint32(across), Down: uint32(down), Spacing: spacing,
		Present: uint32(w.splats), CellSplats: uint32(s.PictureSplats()), CellRows: uint32(s.PictureRows()),
	}
	r.Dispatch(p.kernel, over(p.kernel, w.span()), push, params, quads(p.geometry), arg(p.extent), arg(p.state.state))
}
