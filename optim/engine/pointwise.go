package engine

import (
	"igs/memory"
	"igs/shaders"
	"igs/vk"
)

// pointwise is the loss without SSIM: L1 and L2 look at each pixel alone, so one pass over the pixels is enough.
type pointwise struct {
	in     *rasterization
	target *targetRows
	sums   *lossSums
	kernel *vk.Kernel
}

func (l *pointwise) declare(memory.Plan) []owned { return nil }

func (l *pointwise) build(m *maker) error {
	if !m.plan.Shape.Pointwise {
		return nil
	}
	return m.kernel(&l.kernel, "loss_point", flag(m.plan.Shape.Depth == 16))
}

// record leaves the gradient of the band's pixels in place of their colours, and one sum a tile.
func (l *pointwise) record(r *vk.Recorder, p memory.Plan, b memory.Band, s *slot) {
	shape := p.Shape
	pixels, base := l.in.colours(p, b)
	target, begin := l.target.rows(p, b, b.DrawBegin*memory.TileSize, b.DrawEnd*memory.TileSize)
	push := shaders.LossPointPush{
		Width: uint32(shape.W), Height: uint32(shape.H), RowBegin: uint32(b.DrawBegin),
		Ring: uint32(p.Ring), Base: base, TargetBegin: begin, PartialBegin: uint32(l.sums.errorCount),
	}
	groups := [3]int{shape.TilesX(), b.DrawEnd - b.DrawBegin, 1}
	r.Dispatch(l.kernel, groups, push, pixels, target, arg(s.step), arg(l.sums.errors))
	l.sums.errorCount += groups[0] * groups[1]
}
