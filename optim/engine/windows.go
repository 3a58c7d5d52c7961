package engine

import (
	"sync"

	"igs/memory"
	"igs/shaders"
	"igs/vk"
)

// windows is the loss of all three terms. SSIM looks at the picture through windows of 11 x 11 pixels, so the loss takes three passes:
// down the columns, along the rows, down the columns again. It leaves the gradient of each pixel in place of its colours, and sums. On a GPU
// one kernel takes it (fused).
type windows struct {
	in     *rasterization
	target *targetRows
	sums   *lossSums
	room   *records // where the windows lie when a step does not need them

	moments, maps       *vk.Buffer
	blurMoments, blurUp *vk.Kernel
	grad                []*vk.Kernel // by group of four channels
	power               float32      // 1/gamma
	fused               fused
}

// lossColumns is the width of the workgroups that slide down columns.
var lossColumns = sync.OnceValue(func() int { return int(mustLoad("loss_grad").LocalSize[0]) })

// ssimRows is how many rows a workgroup of blur_ssim takes.
var ssimRows = sync.OnceValue(func() int { return int(mustLoad("blur_ssim").LocalSize[0]) })

func mustLoad(name string) shaders.Kernel {
	k, err := shaders.Load(name)
	if err != nil {
		panic(err) // an embedded kernel is missing: a slip in the build
	}
	return k
}

// stretches are the bytes of the moments, of the maps and of the sums of SSIM.
func (w *windows) stretches(p memory.Plan) (moments, maps, sums int64) {
	s := p.Shape
	moments = s.WindowBytes(p.ChunkRows, min(p.BlockColumns+2*memory.SSIMReach, s.W))
	maps = p.CarriedBytes() + int64(min(len(p.Blocks()), 2))*s.WindowBytes(p.ChunkRows, p.BlockColumns)
	for _, b := range p.Blocks() {
		sums += 4 * int64(segments(p, b)*s.C*s.H)
	}
	return moments, maps, sums
}

func (w *windows) declare(p memory.Plan) []owned {
	if p.Shape.Fused > 0 {
		sums := 4 * int64(fusedSums(p.Shape))
		return append(w.fused.declare(p), owned{memory.Buffer{Name: "partial_ssim", Group: "loss", Bytes: sums}, vk.DeviceLocal, &w.sums.ssim})
	}
	if p.Shape.Pointwise {
		return nil
	}
	moments, maps, sums := w.stretches(p)
	return []owned{
		{memory.Buffer{Name: "window_moments", Group: "loss", Bytes: moments}, vk.DeviceLocal, &w.moments},
		{memory.Buffer{Name: "window_maps", Group: "loss", Bytes: maps}, vk.DeviceLocal, &w.maps},
		{memory.Buffer{Name: "partial_ssim", Group: "loss", Bytes: sums}, vk.DeviceLocal, &w.sums.ssim},
	}
}

// bytes is what all three take in one buffer.
func (w *windows) bytes(p memory.Plan) int64 {
	if p.Shape.Fused > 0 {
		return 0
	}
	_, _, sums := w.stretches(p)
	return w.sumsBegin(p) + sums
}

// sumsBegin is where the sums of SSIM lie in the memory of the records: behind moments and maps, and behind the pairs of the next band, which
// wait there to be sorted while the sums of the bands before must stay.
func (w *windows) sumsBegin(p memory.Plan) int64 {
	moments, maps, _ := w.stretches(p)
	return max(aligned(moments)+aligned(maps), aligned(8*int64(p.Pairs)))
}

// aligned rounds up to any offset that a device may ask for.
func aligned(bytes int64) int64 { return (bytes + 255) / 256 * 256 }

func (w *windows) build(m *maker) error {
	deep, gamma := flag(m.plan.Shape.Depth == 16), flag(m.setup.Gamma != 1)
	w.power = m.setup.power()
	if m.plan.Shape.Fused > 0 {
		return w.fused.build(m)
	}
	if err := m.kernel(&w.blurMoments, "blur_moments", deep, gamma); err != nil {
		return err
	}
	if err := m.kernel(&w.blurUp, "blur_ssim"); err != nil {
		return err
	}
	w.grad = make([]*vk.Kernel, div(m.plan.Shape.C, 4))
	for group := range w.grad {
		if err := m.kernel(&w.grad[group], "loss_grad", deep, gamma, uint32(group)); err != nil {
			return err
		}
	}
	return nil
}

// places binds the moments, the maps and the sums of SSIM.
func (w *windows) places(p memory.Plan) (moments, maps, sums vk.Arg) {
	if !p.Shape.Pointwise || p.Shape.Fused > 0 {
		return quads(w.moments), quads(w.maps), arg(w.sums.ssim)
	}
	a, b, c := w.stretches(p)
	moments, maps, sums = quads(w.room.values), quads(w.room.values), arg(w.room.values)
	moments.Bytes = a
	maps.Offset, maps.Bytes = aligned(a), b
	sums.Offset, sums.Bytes = w.sumsBegin(p), c
	return moments, maps, sums
}

// gradients binds the gradient that a step left of the pixels of a band for kernels that take 16 bytes at once, and says of how many tile
// rows and which one comes first.
func (w *windows) gradients(p memory.Plan, b memory.Band) (bound vk.Arg, rows, first uint32) {
	if p.Shape.Fused == 0 || p.Shape.Pointwise {
		bound, first = w.in.words(p, b)
		return bound, uint32(p.Ring), first
	}
	return quads(w.fused.gradient), uint32(w.fused.rows(p)), uint32(b.GradBegin)
}

// record compares the rows that a band completed with the target. The gradient of a block waits until the next block, whose windows
// reach into it, has read its colours.
func (w *windows) record(r *vk.Recorder, p memory.Plan, band memory.Band, s *slot, how look) {
	if p.Shape.Fused > 0 {
		w.fused.record(r, w, p, band, s, how)
		return
	}
	blocks := p.Blocks()
	for _, c := range band.Loss {
		for i, b := range blocks {
			w.blur(r, p, band, stretch{c, b}, how)
			if i > 0 {
				w.gradient(r, p, band, stretch{c, blocks[i-1]}, s, how)
			}
		}
		w.gradient(r, p, band, stretch{c, blocks[len(blocks)-1]}, s, how)
	}
}

// stretch is the rows and columns that the loss takes at once.
type stretch struct {
	memory.Chunk
	memory.Block
}

func (w *windows) blur(r *vk.Recorder, p memory.Plan, band memory.Band, at stretch, how look) {
	s, c, b := p.Shape, at.Chunk, at.Block
	moments, maps, sums := w.places(p)
	pixels, base := w.in.colours(p, band)
	target, begin := w.target.rows(p, band, c.BlurBegin-5, c.BlurEnd+5)
	r.Dispatch(w.blurMoments, [3]int{div(b.MomentEnd-b.MomentBegin, lossColumns()), div(c.BlurEnd-c.BlurBegin, p.Strip), s.C},
		shaders.BlurMomentsPush{
			Width: uint32(s.W), Height: uint32(s.H), RowBegin: uint32(c.BlurBegin), RowEnd: uint32(c.BlurEnd),
			ColumnBegin: uint32(b.MomentBegin), ColumnEnd: uint32(b.MomentEnd),
			Strip: uint32(p.Strip), Ring: uint32(p.Ring), Base: base, MomentRows: uint32(p.ChunkRows), TargetBegin: begin, Shown: how.power(w.power),
		}, pixels, target, moments)
	rows, n := c.BlurEnd-c.BlurBegin, segments(p, b)
	r.Dispatch(w.blurUp, [3]int{div(rows, ssimRows()), n, s.C},
		shaders.BlurSSIMPush{
			Width: uint32(s.W), Height: uint32(s.H), RowBegin: uint32(c.BlurBegin), RowEnd: uint32(c.BlurEnd),
			ColumnBegin: uint32(b.Begin), ColumnEnd: uint32(b.End), MomentBegin: uint32(b.MomentBegin), MomentEnd: uint32(b.MomentEnd),
			Segment: uint32(p.Segment), Rows: uint32(p.ChunkRows), Carry: uint32(c.Carry), MapsBegin: uint32(p.MapsBegin(b)), PartialBegin: uint32(w.sums.ssimCount),
		}, moments, maps, sums)
	w.sums.ssimCount += n * s.C * rows
}

func (w *windows) gradient(r *vk.Recorder, p memory.Plan, band memory.Band, at stretch, slot *slot, how look) {
	s, c, b := p.Shape, at.Chunk, at.Block
	if c.GradBegin == c.GradEnd {
		return
	}
	_, maps, _ := w.places(p)
	pixels, base := w.in.colours(p, band)
	target, begin := w.target.rows(p, band, c.GradBegin, c.GradEnd)
	groups := [3]int{div(b.End-b.Begin, lossColumns()), div(c.GradEnd-c.GradBegin, p.Strip), 1}
	for _, kernel := range w.grad {
		push := shaders.LossGradPush{
			Width: uint32(s.W), Height: uint32(s.H), RowBegin: uint32(c.GradBegin), RowEnd: uint32(c.GradEnd),
			ColumnBegin: uint32(b.Begin), ColumnEnd: uint32(b.End),
			Strip: uint32(p.Strip), Ring: uint32(p.Ring), Base: base, MapBegin: uint32(c.BlurBegin), Rows: uint32(p.ChunkRows), Carry: uint32(1 - c.Carry), MapsBegin: uint32(p.MapsBegin(b)),
			TargetBegin: begin, Shown: how.power(w.power), PartialBegin: uint32(w.sums.errorCount),
		}
		r.Dispatch(kernel, groups, push, maps, pixels, target, slot.numbers(), arg(w.sums.errors))
		w.sums.errorCount += groups[0] * groups[1]
	}
}

// segments counts the pieces of a row of a block that blur_ssim sums apart.
func segments(p memory.Plan, b memory.Block) int { return div(b.End-b.Begin, p.Segment) }

// errorSums bounds the sums that loss_grad leaves, however narrow the bands become (memory.Plan.Narrow).
func errorSums(p memory.Plan) int {
	if p.Shape.Fused > 0 {
		return fusedSums(p.Shape)
	}
	n := 0
	for _, b := range p.Blocks() {
		n += div(b.End-b.Begin, lossColumns())
	}
	chunks := p.Shape.TilesY() + div(p.Shape.H, p.ChunkRows)
	return n * (chunks + div(p.Shape.H, p.Strip)) * div(p.Shape.C, 4)
}
