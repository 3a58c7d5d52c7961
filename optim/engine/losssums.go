package engine

import (
	"igs/memory"
	"igs/shaders"
	"igs/vk"
)

// lossSums adds up the sums that the loss writes, in a fixed order, and gives the numbers of the step to the host.
type lossSums struct {
	state   *control
	windows *windows // knows the buffer of the sums of SSIM

	ssim, errors          *vk.Buffer
	ssimCount, errorCount int // counted while commands are recorded
	parts                 *vk.Buffer
	part, sum             *vk.Kernel
}

// partBlock is the number of sums of either kind per workgroup of loss_part.
const partBlock = 4096

func (l *lossSums) declare(p memory.Plan) []owned {
	n := errorSums(p)
	if p.Shape.Pointwise || p.Shape.Rounds { // these write one sum per tile
		n = max(n, p.Shape.TilesX()*p.Shape.TilesY())
	}
	_, _, ssim := l.windows.sizes(p)
	return []owned{
		{memory.Buffer{Name: "partial_error", Group: "loss", Bytes: shaders.ErrorSumsBytes * int64(n)}, vk.DeviceLocal, &l.errors},
		{memory.Buffer{Name: "loss_parts", Group: "loss", Bytes: 16 * int64(div(max(n, int(ssim/4)), partBlock))}, vk.DeviceLocal, &l.parts},
	}
}

func (l *lossSums) build(m *maker) error {
	if err := m.kernel(&l.part, "loss_part"); err != nil {
		return err
	}
	return m.kernel(&l.sum, "loss_sum")
}

// clear starts a step: it sets the counts to zero.
func (l *lossSums) clear() { l.ssimCount, l.errorCount = 0, 0 }

func (l *lossSums) record(r *vk.Recorder, p memory.Plan, s *stepInFlight) {
	_, _, ssim := l.windows.bindings(p)
	pictures := p.Shape.Pictures()
	parts, block := max(div(max(l.ssimCount, l.errorCount), partBlock), 1), partBlock
	if pictures > 1 { // each tile has a sum
		parts, block = pictures, l.errorCount/pictures
	}
	push := shaders.LossPartPush{SSIMCount: uint32(l.ssimCount), ErrorCount: uint32(l.errorCount), Block: uint32(block), Single: flag(pictures == 1)}
	r.Dispatch(l.part, [3]int{parts, 1, 1}, push,
		ssim, arg(l.errors), arg(l.parts), arg(l.state.state), arg(s.report))
	if parts == 1 || pictures > 1 { // loss_part has written the report
		return
	}
	r.Dispatch(l.sum, [3]int{1, 1, 1}, shaders.LossSumPush{PartCount: uint32(parts)}, arg(l.parts), arg(l.state.state), arg(s.report))
}
