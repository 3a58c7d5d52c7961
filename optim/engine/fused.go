package engine

import (
	"igs/memory"
	"igs/shaders"
	"igs/vk"
)

// fused is the loss of all three terms in one kernel, for GPUs. Its windows reach ten pixels far, so the gradient cannot take the place of the
// colours: it has a buffer of its own, of one band.
type fused struct {
	room *records // which no step needs where a loss without SSIM is trained on

	gradient *vk.Buffer
	kernels  []*vk.Kernel // by group of four channels
}

// strips are the rows that a workgroup may slide down. Twenty more are read for the windows, so tall ones are chosen where enough workgroups
// are left to fill a GPU: 512 of some 400 invocations are what its greatest hold at once.
var strips = []int{128, 64, 32}

const fullGrid = 512

// fusedGrid is the grid over so many rows, and the strip that it is made of.
func fusedGrid(s memory.Shape, rows int) (grid [3]int, strip int) {
	across := div(s.TilesX()*memory.TileSize, s.Fused-2*memory.SSIMReach)
	for _, strip = range strips {
		if across*div(rows, strip) >= fullGrid {
			break
		}
	}
	return [3]int{across, div(rows, strip), 1}, strip
}

// fusedSums bounds the sums that loss_ssim leaves, however narrow the bands become.
func fusedSums(s memory.Shape) int {
	grid, _ := fusedGrid(s, 1)
	return grid[0] * (s.TilesY() + div(s.H, strips[len(strips)-1])) * div(s.C, 4)
}

// rows are the tile rows of gradient that a plan has room for: a band completes those that it drew, the last one those before it as well.
func (f *fused) rows(p memory.Plan) int { return min(p.BandRows+1, p.Shape.TilesY()) }

func (f *fused) declare(p memory.Plan) []owned {
	if p.Shape.Fused == 0 || p.Shape.Pointwise {
		return nil
	}
	return []owned{{memory.Buffer{Name: "pixel_gradient", Group: "loss", Bytes: p.Shape.TileRowBytes() * int64(f.rows(p))}, vk.DeviceLocal, &f.gradient}}
}

func (f *fused) build(m *maker) error {
	s := m.plan.Shape
	f.kernels = make([]*vk.Kernel, div(s.C, 4))
	for group := range f.kernels {
		channels := min(s.C-4*group, 4)
		err := m.kernel(&f.kernels[group], "loss_ssim", flag(s.Depth == 16), flag(m.setup.Gamma != 1), uint32(group), uint32(s.Fused), uint32(2*channels))
		if err != nil {
			return err
		}
	}
	return nil
}

// written binds the gradient, or where none is made what is not written.
func (f *fused) written(s memory.Shape) vk.Arg {
	format := vk.RGBA32F
	if s.Half {
		format = vk.RGBA16F
	}
	if s.Pointwise {
		return texels(f.room.values, format)
	}
	return texels(f.gradient, format)
}

// record compares the tile rows that a band completed with the target.
func (f *fused) record(r *vk.Recorder, w *windows, p memory.Plan, b memory.Band, slot *slot, how look) {
	s := p.Shape
	begin, end := b.GradBegin*memory.TileSize, min(b.GradEnd*memory.TileSize, s.H)
	if begin >= end {
		return
	}
	pixels, base := w.in.colours(p, b)
	target, first := w.target.rows(p, b, begin-memory.SSIMReach, end+memory.SSIMReach)
	grid, strip := fusedGrid(s, end-begin)
	for _, kernel := range f.kernels {
		r.Dispatch(kernel, grid, shaders.LossSSIMPush{
			Width: uint32(s.W), Height: uint32(s.H), RowBegin: uint32(begin), RowEnd: uint32(end), Strip: uint32(strip),
			Ring: uint32(p.Ring), Base: base, GradBegin: uint32(b.GradBegin), TargetBegin: first, Shown: how.power(w.power),
			ErrorBegin: uint32(w.sums.errorCount), SSIMBegin: uint32(w.sums.ssimCount),
		}, pixels, target, arg(slot.step), f.written(s), arg(w.sums.errors), arg(w.sums.ssim))
		w.sums.errorCount += grid[0] * grid[1]
		w.sums.ssimCount += grid[0] * grid[1]
	}
}
