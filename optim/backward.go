package optim

import (
	"igs/memory"
	"igs/shaders"
	"igs/vk"
)

// The backward half of a step, from the gradient of pixels to new parameters.

// rasterizeGrad sums each pair's gradient over the pixels of its tile.
func (e *engine) rasterizeGrad(r *vk.Recorder, b memory.Band) {
	s := e.plan.Shape
	pixels, base := e.pixels(b)
	push := shaders.RasterizeGradPush{
		Width: uint32(s.W), Height: uint32(s.H), ListBegin: uint32(b.ListBegin),
		WorkBegin: uint32(b.GradBegin), WorkEnd: uint32(b.GradEnd), Ring: uint32(e.plan.Ring), Base: base, Capacity: uint32(e.plan.Pairs),
	}
	r.Dispatch(e.kernels["rasterize_grad"], [3]int{s.TilesX(), b.ListEnd - b.ListBegin, 1}, push,
		e.quads("geometry"), e.arg("tile_start"), e.texels("list", vk.RG32U), e.arg("tile_used"),
		pixels, e.threshold(b), e.arg("records"))
}

// gatherGrad adds the records of a band to the sums of their splats.
func (e *engine) gatherGrad(r *vk.Recorder, b memory.Band) {
	push := shaders.GatherGradPush{
		Splats: uint32(e.splats), Stride: uint32(e.plan.Shape.Splats), Capacity: uint32(e.plan.Pairs), Add: flag(b.Index > 0),
	}
	r.Dispatch(e.kernels["gather_grad"], e.perSplat(), push, e.quads("records"), e.arg("pair_start"), e.arg("pair_count"), e.arg("sums"), e.arg("state"))
}

// projectGrad carries the sums to the parameters and takes the Adam step.
func (e *engine) projectGrad(r *vk.Recorder, s *slot) {
	p := e.plan.Shape
	push := shaders.ProjectGradPush{
		Splats: uint32(e.splats), Stride: uint32(p.Splats), Width: uint32(p.W), Height: uint32(p.H), Capacity: uint32(e.plan.Pairs),
	}
	r.Dispatch(e.kernels["project_grad"], e.perSplat(), push,
		e.arg("sums"), vk.Arg{Buffer: s.step}, e.arg("state"), e.arg("params"), e.arg("moments"), e.drawn())
}
