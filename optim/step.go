package optim

import (
	"igs/memory"
	"igs/shaders"
	"igs/vk"
)

// recordStep is one training step: each verb records one kernel, or the few of binning and of the loss. The commands are
// recorded once and replayed for every step; what changes between steps is in the slot's step buffer.
func (e *engine) recordStep(r *vk.Recorder, s *slot) {
	e.clear(r)
	e.project(r)
	for _, b := range e.bands {
		e.bin(r, b)
		e.rasterize(r, b)
		e.loss(r, b, s, asTrained)
		e.rasterizeGrad(r, b)
		e.gatherGrad(r, b)
	}
	e.projectGrad(r, s)
	e.sumLoss(r, s)
}

// recordMeasure is the part of a step that measures the picture as it is shown, and changes no parameter.
func (e *engine) recordMeasure(r *vk.Recorder, s *slot) {
	e.clear(r)
	e.project(r)
	for _, b := range e.bands {
		e.bin(r, b)
		e.rasterize(r, b)
		e.loss(r, b, s, asShown)
	}
	e.sumLoss(r, s)
}

const (
	asTrained = 0 // the loss sees the render as it is
	asShown   = 1 // clamped to [0,1]
)

func (e *engine) clear(r *vk.Recorder) {
	r.Fill(e.buffers["state"], 0, e.buffers["state"].Bytes(), 0)
	e.partials = 0
}

// loss compares the rows that a band completed with the target and leaves the gradient of each pixel.
func (e *engine) loss(r *vk.Recorder, b memory.Band, s *slot, clamped uint32) {
	for _, rows := range b.Loss {
		e.blurMoments(r, rows, clamped)
		e.blurSSIM(r, rows)
		e.lossGrad(r, rows, s, clamped)
	}
}

func (e *engine) blurMoments(r *vk.Recorder, rows memory.LossRows, clamped uint32) {
	s, p := e.plan.Shape, e.plan
	target, begin := e.targetRows(rows.BlurBegin-5, rows.BlurEnd+5)
	push := shaders.BlurMomentsPush{
		Width: uint32(s.W), Height: uint32(s.H), RowBegin: uint32(rows.BlurBegin), RowEnd: uint32(rows.BlurEnd),
		Strip: uint32(p.Strip), Ring: uint32(p.Ring), MomentRows: uint32(p.LossRows), TargetBegin: begin, Clamped: clamped,
	}
	groups := [3]int{div(s.W, memory.LossColumns), div(rows.BlurEnd-rows.BlurBegin, p.Strip), s.C}
	r.Dispatch(e.kernels["blur_moments"], groups, push, e.pixels("image"), target, e.arg("window_moments"))
}

func (e *engine) blurSSIM(r *vk.Recorder, rows memory.LossRows) {
	s, p := e.plan.Shape, e.plan
	push := shaders.BlurSSIMPush{
		Width: uint32(s.W), Height: uint32(s.H), RowBegin: uint32(rows.BlurBegin), RowEnd: uint32(rows.BlurEnd),
		Segment: uint32(p.Segment), MomentRows: uint32(p.LossRows), MapRows: uint32(p.MapRows),
	}
	groups := [3]int{div(rows.BlurEnd-rows.BlurBegin, 32), div(s.W, p.Segment), s.C}
	r.Dispatch(e.kernels["blur_ssim"], groups, push, e.quads("window_moments"), e.arg("window_maps"), e.arg("partial_ssim"))
}

func (e *engine) lossGrad(r *vk.Recorder, rows memory.LossRows, slot *slot, clamped uint32) {
	s, p := e.plan.Shape, e.plan
	if rows.GradBegin == rows.GradEnd {
		return
	}
	target, begin := e.targetRows(rows.GradBegin, rows.GradEnd)
	for group := range div(s.C, 4) {
		push := shaders.LossGradPush{
			Width: uint32(s.W), Height: uint32(s.H), RowBegin: uint32(rows.GradBegin), RowEnd: uint32(rows.GradEnd),
			Strip: uint32(p.Strip), Ring: uint32(p.Ring), MapRows: uint32(p.MapRows), TargetBegin: begin, Clamped: clamped,
			PartialBegin: uint32(e.partials),
		}
		groups := [3]int{div(s.W, memory.LossColumns), div(rows.GradEnd-rows.GradBegin, p.Strip), 1}
		r.Dispatch(e.kernels[lossGradName(group)], groups, push, e.quads("window_maps"), e.pixels("image"), target,
			vk.Arg{Buffer: slot.step}, e.arg("gradient"), e.arg("partial_error"))
		e.partials += p.ErrorGroups(rows)
	}
}

// rasterizeGrad sums each pair's gradient over the pixels of its tile.
func (e *engine) rasterizeGrad(r *vk.Recorder, b memory.Band) {
	s := e.plan.Shape
	push := shaders.RasterizeGradPush{
		Width: uint32(s.W), Height: uint32(s.H), ListBegin: uint32(b.ListBegin),
		WorkBegin: uint32(b.GradBegin), WorkEnd: uint32(b.GradEnd), Ring: uint32(e.plan.Ring), Capacity: uint32(e.plan.Pairs),
	}
	r.Dispatch(e.kernels["rasterize_grad"], [3]int{s.TilesX(), b.ListEnd - b.ListBegin, 1}, push,
		e.quads("geometry"), e.arg("tile_start"), e.texels("list", vk.RG32U), e.arg("tile_used"),
		e.pixels("gradient"), e.texels("threshold", vk.R32F), e.arg("records"))
}

// gatherGrad adds the records of a band to the sums of their splats.
func (e *engine) gatherGrad(r *vk.Recorder, b memory.Band) {
	push := shaders.GatherGradPush{
		Splats: uint32(e.splats), Stride: uint32(e.plan.Shape.Splats), Capacity: uint32(e.plan.Pairs), Add: flag(!b.First),
	}
	r.Dispatch(e.kernels["gather_grad"], e.perSplat(), push, e.quads("records"), e.arg("pair_start"), e.arg("pair_count"), e.arg("sums"))
}

// sumLoss hands the sums of the step to the host.
func (e *engine) sumLoss(r *vk.Recorder, s *slot) {
	push := shaders.LossSumPush{SSIMCount: uint32(e.plan.SSIMPartials()), ErrorCount: uint32(e.partials)}
	r.Dispatch(e.kernels["loss_sum"], [3]int{1, 1, 1}, push,
		e.arg("partial_ssim"), e.arg("partial_error"), e.arg("state"), vk.Arg{Buffer: s.report})
}

// projectGrad carries the sums to the parameters and takes the Adam step.
func (e *engine) projectGrad(r *vk.Recorder, s *slot) {
	p := e.plan.Shape
	push := shaders.ProjectGradPush{
		Splats: uint32(e.splats), Stride: uint32(p.Splats), Width: uint32(p.W), Height: uint32(p.H), Capacity: uint32(e.plan.Pairs),
	}
	r.Dispatch(e.kernels["project_grad"], e.perSplat(), push,
		e.arg("sums"), vk.Arg{Buffer: s.step}, e.arg("state"), e.arg("params"), e.arg("moments"))
}

// targetRows binds the tile rows of the target that hold the pixel rows begin..end, and says which is the first.
func (e *engine) targetRows(begin, end int) (vk.Arg, uint32) {
	s := e.plan.Shape
	begin, end = max(begin, 0)/memory.TileSize, div(min(end, s.H), memory.TileSize)
	format := vk.RGBA8
	if s.Depth == 16 {
		format = vk.RGBA16
	}
	row := s.TargetTileRowBytes() // a multiple of 1024: any offset alignment that Vulkan allows a device to ask for divides it
	return vk.Arg{Buffer: e.buffers["target"], Offset: int64(begin) * row, Bytes: int64(end-begin) * row, Format: format}, uint32(begin)
}

func div(n, by int) int { return (n + by - 1) / by }
