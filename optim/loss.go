package optim

import (
	"igs/memory"
	"igs/shaders"
	"igs/vk"
)

// The loss of the rows that a band completed, and its gradient at each pixel.

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

// sumLoss hands the sums of the step to the host.
func (e *engine) sumLoss(r *vk.Recorder, s *slot) {
	push := shaders.LossSumPush{SSIMCount: uint32(e.plan.SSIMPartials()), ErrorCount: uint32(e.partials)}
	r.Dispatch(e.kernels["loss_sum"], [3]int{1, 1, 1}, push,
		e.arg("partial_ssim"), e.arg("partial_error"), e.arg("state"), vk.Arg{Buffer: s.report})
}
