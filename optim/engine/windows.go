package engine

import (
	"sync"

	"igs/memory"
	"igs/shaders"
	"igs/vk"
)

// windows is the loss of all three terms. SSIM uses windows of 11 x 11 pixels, so the loss has three passes: down the
// columns, along the rows, down the columns again. It writes the gradient of each pixel in the place of its colours,
// and sums. On a GPU one kernel does all of it (fused).
type windows struct {
	in      *rasterization
	target  *targetRows
	sums    *lossSums
	records *records // their buffer holds the windows in evaluations of a loss without SSIM

	moments, maps       *vk.Buffer
	blurMoments, blurUp *vk.Kernel
	grad                []*vk.Kernel // one per group of four channels
	power               float32      // 1/gamma
	fused               fused
}

// lossColumns returns the width of the workgroups that slide down columns.
var lossColumns = sync.OnceValue(func() int { return int(mustLoad("loss_grad").LocalSize[0]) })

// ssimRows returns the rows per workgroup of blur_ssim.
var ssimRows = sync.OnceValue(func() int { return int(mustLoad("blur_ssim").LocalSize[0]) })

func mustLoad(name string) shaders.Kernel {
	k, err := shaders.Load(name)
	if err != nil {
		panic(err) // an embedded kernel is missing: the build is wrong
	}
	return k
}

// sizes returns the bytes of the moments, of the maps and of the sums of SSIM.
func (w *windows) sizes(p memory.Plan) (moments, maps, sums int64) {
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
	moments, maps, sums := w.sizes(p)
	return []owned{
		{memory.Buffer{Name: "window_moments", Group: "loss", Bytes: moments}, vk.DeviceLocal, &w.moments},
		{memory.Buffer{Name: "window_maps", Group: "loss", Bytes: maps}, vk.DeviceLocal, &w.maps},
		{memory.Buffer{Name: "partial_ssim", Group: "loss", Bytes: sums}, vk.DeviceLocal, &w.sums.ssim},
	}
}

// bytes returns the size of a buffer that holds the moments, the maps and the sums of SSIM.
func (w *windows) bytes(p memory.Plan) int64 {
	if p.Shape.Fused > 0 {
		return 0
	}
	_, _, sums := w.sizes(p)
	return w.sumsBegin(p) + sums
}

// sumsBegin returns the offset of the sums of SSIM in the buffer of the records. They come after the moments and the
// maps, and also after the unsorted pairs of the next band, because the sums of earlier bands must be kept.
func (w *windows) sumsBegin(p memory.Plan) int64 {
	moments, maps, _ := w.sizes(p)
	return max(aligned(moments)+aligned(maps), aligned(8*int64(p.Pairs)))
}

// aligned rounds up to a multiple of every alignment that Vulkan allows.
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

// bindings returns the arguments of the moments, the maps and the sums of SSIM.
func (w *windows) bindings(p memory.Plan) (moments, maps, sums vk.Arg) {
	if !p.Shape.Pointwise || p.Shape.Fused > 0 {
		return quads(w.moments), quads(w.maps), arg(w.sums.ssim)
	}
	a, b, c := w.sizes(p)
	moments, maps, sums = quads(w.records.values), quads(w.records.values), arg(w.records.values)
	moments.Bytes = a
	maps.Offset, maps.Bytes = aligned(a), b
	sums.Offset, sums.Bytes = w.sumsBegin(p), c
	return moments, maps, sums
}

// gradients returns the argument of the gradient of the pixels of a band, for kernels that read 16 bytes at once. It
// also returns the number of tile rows in it and the first of them.
func (w *windows) gradients(p memory.Plan, b memory.Band) (bound vk.Arg, rows, first uint32) {
	if p.Shape.Fused == 0 || p.Shape.Pointwise {
		bound, first = w.in.words(p, b)
		return bound, uint32(p.Ring), first
	}
	return quads(w.fused.gradient), uint32(w.fused.rows(p)), uint32(b.GradBegin)
}

// record compares the rows that a band completed with the target. The gradient of a block replaces its colours, so it
// comes after the next block, whose windows reach into the block.
func (w *windows) record(r *vk.Recorder, p memory.Plan, band memory.Band, s *stepInFlight, why purpose) {
	if p.Shape.Fused > 0 {
		w.fused.record(r, w, p, band, s, why)
		return
	}
	blocks := p.Blocks()
	for _, c := range band.Loss {
		for i, b := range blocks {
			w.blur(r, p, band, piece{c, b}, why)
			if i > 0 {
				w.gradient(r, p, band, piece{c, blocks[i-1]}, s, why)
			}
		}
		w.gradient(r, p, band, piece{c, blocks[len(blocks)-1]}, s, why)
	}
}

// piece is the rows and columns that the loss processes at once.
type piece struct {
	memory.Chunk
	memory.Block
}

func (w *windows) blur(r *vk.Recorder, p memory.Plan, band memory.Band, at piece, why purpose) {
	s, c, b := p.Shape, at.Chunk, at.Block
	moments, maps, sums := w.bindings(p)
	pixels, base := w.in.colours(p, band)
	target, begin := w.target.rows(p, band, c.BlurBegin-5, c.BlurEnd+5)
	r.Dispatch(w.blurMoments, [3]int{div(b.MomentEnd-b.MomentBegin, lossColumns()), div(c.BlurEnd-c.BlurBegin, p.Strip), s.C},
		shaders.BlurMomentsPush{
			Width: uint32(s.W), Height: uint32(s.H), RowBegin: uint32(c.BlurBegin), RowEnd: uint32(c.BlurEnd),
			ColumnBegin: uint32(b.MomentBegin), ColumnEnd: uint32(b.MomentEnd),
			Strip: uint32(p.Strip), Ring: uint32(p.Ring), Base: base, MomentRows: uint32(p.ChunkRows), TargetBegin: begin, Shown: why.power(w.power),
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

func (w *windows) gradient(r *vk.Recorder, p memory.Plan, band memory.Band, at piece, step *stepInFlight, why purpose) {
	s, c, b := p.Shape, at.Chunk, at.Block
	if c.GradBegin == c.GradEnd {
		return
	}
	_, maps, _ := w.bindings(p)
	pixels, base := w.in.colours(p, band)
	target, begin := w.target.rows(p, band, c.GradBegin, c.GradEnd)
	groups := [3]int{div(b.End-b.Begin, lossColumns()), div(c.GradEnd-c.GradBegin, p.Strip), 1}
	for _, kernel := range w.grad {
		push := shaders.LossGradPush{
			Width: uint32(s.W), Height: uint32(s.H), RowBegin: uint32(c.GradBegin), RowEnd: uint32(c.GradEnd),
			ColumnBegin: uint32(b.Begin), ColumnEnd: uint32(b.End),
			Strip: uint32(p.Strip), Ring: uint32(p.Ring), Base: base, MapBegin: uint32(c.BlurBegin), Rows: uint32(p.ChunkRows), Carry: uint32(1 - c.Carry), MapsBegin: uint32(p.MapsBegin(b)),
			TargetBegin: begin, Shown: why.power(w.power), PartialBegin: uint32(w.sums.errorCount),
		}
		r.Dispatch(kernel, groups, push, maps, pixels, target, step.numbers(), arg(w.sums.errors))
		w.sums.errorCount += groups[0] * groups[1]
	}
}

// segments returns the number of segments of a row of a block that blur_ssim sums separately.
func segments(p memory.Plan, b memory.Block) int { return div(b.End-b.Begin, p.Segment) }

// errorSums is an upper bound of the number of sums that loss_grad writes, for bands of any height
// (memory.Plan.Narrow).
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
