package engine

import (
	"igs/memory"
	"igs/shaders"
	"igs/vk"
)

// fused is the loss of all three terms in one kernel, for GPUs. Its windows reach ten pixels, so the gradient cannot
// replace the colours. It has its own buffer, for one band.
type fused struct {
	records *records // their memory is free during evaluations of a loss without SSIM

	gradient *vk.Buffer
	kernels  []*vk.Kernel // one per group of four channels
}

// strips are the heights, in rows, that a workgroup may slide down. A workgroup reads twenty more rows for the windows,
// so the tallest strip is used that leaves enough workgroups to fill a GPU. The largest GPUs run 512 workgroups of
// about 400 invocations at once.
var strips = []int{128, 64, 32}

const fullGrid = 512

// fusedGrid returns the grid over the given number of rows, and the height of its strips.
func fusedGrid(s memory.Shape, rows int) (grid [3]int, strip int) {
	across := div(s.TilesX()*memory.TileSize, s.Fused-2*memory.SSIMReach)
	for _, strip = range strips {
		if across*div(rows, strip) >= fullGrid {
			break
		}
	}
	return [3]int{across, div(rows, strip), 1}, strip
}

// fusedSums is an upper bound of the number of sums that loss_ssim writes, for bands of any height.
func fusedSums(s memory.Shape) int {
	grid, _ := fusedGrid(s, 1)
	return grid[0] * (s.TilesY() + div(s.H, strips[len(strips)-1])) * div(s.C, 4)
}

// rows returns the number of tile rows of gradient that a plan has room for. A band completes the tile rows that it
// rendered; the last band also completes those before them.
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

// written returns the argument of the gradient. An evaluation writes no gradient, so without a gradient buffer it is
// any buffer.
func (f *fused) written(s memory.Shape) vk.Arg {
	format := vk.RGBA32F
	if s.Half {
		format = vk.RGBA16F
	}
	if s.Pointwise {
		return texels(f.records.values, format)
	}
	return texels(f.gradient, format)
}

// record compares the tile rows that a band completed with the target.
func (f *fused) record(r *vk.Recorder, w *windows, p memory.Plan, b memory.Band, step *stepInFlight, why purpose) {
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
			Ring: uint32(p.Ring), Base: base, GradBegin: uint32(b.GradBegin), TargetBegin: first, Shown: why.power(w.power),
			ErrorBegin: uint32(w.sums.errorCount), SSIMBegin: uint32(w.sums.ssimCount),
		}, pixels, target, step.numbers(), f.written(s), arg(w.sums.errors), arg(w.sums.ssim))
		w.sums.errorCount += grid[0] * grid[1]
		w.sums.ssimCount += grid[0] * grid[1]
	}
}
