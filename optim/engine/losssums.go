package engine

import (
	"igs/memory"
	"igs/shaders"
	"igs/vk"
)

// lossSums adds up what the loss left, in a fixed order, and hands the numbers of the step to the host.
type lossSums struct {
	state *control
	place *windows // says where the sums of SSIM lie

	ssim, errors          *vk.Buffer
	ssimCount, errorCount int // counted while commands are recorded
	kernel                *vk.Kernel
}

func (l *lossSums) declare(p memory.Plan) []owned {
	n := errorSums(p)
	if p.Shape.Pointwise || p.Shape.Rounds { // these leave a sum a tile
		n = max(n, p.Shape.TilesX()*p.Shape.TilesY())
	}
	return []owned{{memory.Buffer{Name: "partial_error", Group: "loss", Bytes: 8 * int64(n)}, vk.DeviceLocal, &l.errors}}
}

func (l *lossSums) build(m *maker) error { return m.kernel(&l.kernel, "loss_sum") }

// clear begins a step.
func (l *lossSums) clear() { l.ssimCount, l.errorCount = 0, 0 }

func (l *lossSums) record(r *vk.Recorder, p memory.Plan, s *slot) {
	_, _, ssim := l.place.places(p)
	push := shaders.LossSumPush{SSIMCount: uint32(l.ssimCount), ErrorCount: uint32(l.errorCount)}
	r.Dispatch(l.kernel, [3]int{1, 1, 1}, push, ssim, arg(l.errors), arg(l.state.state), arg(s.report))
}
