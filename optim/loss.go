package optim

import (
	"igs/memory"
	"igs/shaders"
	"igs/vk"
)

// The loss of the rows that a band completed, and its gradient at each pixel.

// loss compares the rows that a band completed with the target and leaves the gradient of each pixel in place of its colours. The
// gradient of a block waits until the next block, whose windows reach into it, has read its colours.
func (e *engine) loss(r *vk.Recorder, band memory.Band, s *slot, how look) {
	blocks := e.plan.Blocks()
	for _, c := range band.Loss {
		for i, b := range blocks {
			e.blurMoments(r, band, c, b, how)
			e.blurSSIM(r, c, b)
			if i > 0 {
				e.lossGrad(r, band, c, blocks[i-1], s, how)
			}
		}
		e.lossGrad(r, band, c, blocks[len(blocks)-1], s, how)
	}
}

func (e *engine) blurMoments(r *vk.Recorder, band memory.Band, c memory.Chunk, b memory.Block, how look) {
	s, p := e.plan.Shape, e.plan
	pixels, base := e.pixels(band)
	target, begin := e.targetRows(band, c.BlurBegin-5, c.BlurEnd+5)
	push := shaders.BlurMomentsPush{
		Width: uint32(s.W), Height: uint32(s.H), RowBegin: uint32(c.BlurBegin), RowEnd: uint32(c.BlurEnd),
		ColumnBegin: uint32(b.MomentBegin), ColumnEnd: uint32(b.MomentEnd),
		Strip: uint32(p.Strip), Ring: uint32(p.Ring), Base: base, MomentRows: uint32(p.ChunkRows), TargetBegin: begin, Shown: how.power(e.setup),
	}
	groups := [3]int{div(b.MomentEnd-b.MomentBegin, memory.LossColumns), div(c.BlurEnd-c.BlurBegin, p.Strip), s.C}
	r.Dispatch(e.kernels["blur_moments"], groups, push, pixels, target, e.arg("window_moments"))
}

func (e *engine) blurSSIM(r *vk.Recorder, c memory.Chunk, b memory.Block) {
	s, p := e.plan.Shape, e.plan
	rows, segments := c.BlurEnd-c.BlurBegin, p.SSIMGroups(b)
	push := shaders.BlurSSIMPush{
		Width: uint32(s.W), Height: uint32(s.H), RowBegin: uint32(c.BlurBegin), RowEnd: uint32(c.BlurEnd),
		ColumnBegin: uint32(b.Begin), ColumnEnd: uint32(b.End), MomentBegin: uint32(b.MomentBegin), MomentEnd: uint32(b.MomentEnd),
		Segment: uint32(p.Segment), Rows: uint32(p.ChunkRows), Carry: uint32(c.Carry), MapsBegin: uint32(p.MapsBegin(b)), PartialBegin: uint32(e.partials.ssim),
	}
	r.Dispatch(e.kernels["blur_ssim"], [3]int{div(rows, 32), segments, s.C}, push, e.quads("window_moments"), e.arg("window_maps"), e.arg("partial_ssim"))
	e.partials.ssim += segments * s.C * rows
}

func (e *engine) lossGrad(r *vk.Recorder, band memory.Band, c memory.Chunk, b memory.Block, slot *slot, how look) {
	s, p := e.plan.Shape, e.plan
	if c.GradBegin == c.GradEnd {
		return
	}
	pixels, base := e.pixels(band)
	target, begin := e.targetRows(band, c.GradBegin, c.GradEnd)
	for group := range div(s.C, 4) {
		push := shaders.LossGradPush{
			Width: uint32(s.W), Height: uint32(s.H), RowBegin: uint32(c.GradBegin), RowEnd: uint32(c.GradEnd),
			ColumnBegin: uint32(b.Begin), ColumnEnd: uint32(b.End),
			Strip: uint32(p.Strip), Ring: uint32(p.Ring), Base: base, MapBegin: uint32(c.BlurBegin), Rows: uint32(p.ChunkRows), Carry: uint32(1 - c.Carry), MapsBegin: uint32(p.MapsBegin(b)),
			TargetBegin: begin, Shown: how.power(e.setup), PartialBegin: uint32(e.partials.errors),
		}
		groups := [3]int{div(b.End-b.Begin, memory.LossColumns), div(c.GradEnd-c.GradBegin, p.Strip), 1}
		r.Dispatch(e.kernels[lossGradName(group)], groups, push, e.quads("window_maps"), pixels, target,
			vk.Arg{Buffer: slot.step}, e.arg("partial_error"))
		e.partials.errors += p.ErrorGroups(c, b)
	}
}

// targetRows binds the tile rows of the target that hold the pixel rows begin..end, and says which is the first. A streamed target
// lies in one of two buffers, from the first row that the band needs.
func (e *engine) targetRows(b memory.Band, begin, end int) (vk.Arg, uint32) {
	s := e.plan.Shape
	begin, end = max(begin, 0)/memory.TileSize, div(min(end, s.H), memory.TileSize)
	format := vk.R8
	if s.Depth == 16 {
		format = vk.R16
	}
	buffer, first := e.buffers["target"], 0
	if e.plan.Streamed {
		buffer = e.streamed(b)
		first, _ = b.TargetRows(s)
	}
	row := s.TargetTileRowBytes() // a multiple of 256: any offset alignment that Vulkan allows a device to ask for divides it
	return vk.Arg{Buffer: buffer, Offset: int64(begin-first) * row, Bytes: int64(end-begin) * row, Format: format}, uint32(begin)
}

// sumLoss hands the sums of the step to the host.
func (e *engine) sumLoss(r *vk.Recorder, s *slot) {
	push := shaders.LossSumPush{SSIMCount: uint32(e.partials.ssim), ErrorCount: uint32(e.partials.errors)}
	r.Dispatch(e.kernels["loss_sum"], [3]int{1, 1, 1}, push,
		e.arg("partial_ssim"), e.arg("partial_error"), e.arg("state"), vk.Arg{Buffer: s.report})
}
