package engine

import (
	"igs/memory"
	"igs/shaders"
	"igs/vk"
)

// pointwise is rasterization and a loss without SSIM in one kernel. L1 and L2 use each pixel alone, so the kernel does
// not store colours. It writes the gradient in their place.
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
	t := m.setup.Tuning
	return m.kernel(&l.kernel, "rasterize_loss", flag(m.plan.Shape.Depth == 16), 0, t.Pixels, uint32(m.setup.TopK), memory.TileSize/t.Pixels, flag(t.Skip))
}

// record renders a band, and writes the gradient of its pixels and one sum of errors per tile.
func (l *pointwise) record(r *vk.Recorder, p memory.Plan, b memory.Band, s *stepInFlight) {
	shape, lists := p.Shape, l.in.in
	pixels, base := l.in.colours(p, b)
	target, begin := l.target.rows(p, b, b.DrawBegin*memory.TileSize, b.DrawEnd*memory.TileSize)
	push := shaders.RasterizeLossPush{
		Width: uint32(shape.W), Height: uint32(shape.H), RowBegin: uint32(b.DrawBegin), ListBegin: uint32(b.ListBegin),
		Ring: uint32(p.Ring), Base: base, Capacity: uint32(p.Pairs), Cut: Cut, TargetBegin: begin, PartialBegin: uint32(l.sums.errorCount),
		CellRows: uint32(shape.PictureRows()),
	}
	groups := [3]int{shape.TilesX(), b.DrawEnd - b.DrawBegin, 1}
	r.Dispatch(l.kernel, groups, push, quads(lists.in.geometry), arg(lists.tileStart), lists.listed(),
		pixels, l.in.limits(p, b), arg(l.in.used), target, s.numbers(), arg(l.sums.errors))
	l.sums.errorCount += groups[0] * groups[1]
}
