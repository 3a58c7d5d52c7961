package optim

import (
	"igs/memory"
	"igs/vk"
)

// tuning is how the kernels are shaped for a kind of device. Nothing here changes a result beyond rounding.
type tuning struct {
	texel   bool   // read quads through texel buffers
	pixels  uint32 // pixels of one invocation of rasterize
	lanes   uint32 // splats of a tile that rasterize_grad takes at once
	split   uint32 // invocations that share the rows of a tile in rasterize_grad
	strip   int    // rows, and
	segment int    // columns that one invocation of the loss slides along; 0 = all
	loss    int64  // bytes that one buffer of the loss may take
}

// tune chooses by the kind of device. A CPU device runs 8 lanes a core: few long invocations, and every load counted.
// On a GPU there must be enough of them to fill it.
func tune(info vk.Info) tuning {
	if info.Kind == vk.CPU {
		return tuning{texel: true, pixels: 8, lanes: 8, split: 1, loss: 4 << 20}
	}
	return tuning{pixels: 2, lanes: 32, split: 4, strip: 16, segment: 32, loss: 48 << 20}
}

// limits are what the plan must respect on this device with this tuning.
func (t tuning) limits(info vk.Info) memory.Limits {
	return memory.Limits{
		Binding: info.MaxStorageRange, Allocation: info.MaxAllocation,
		LossBytes: t.loss, Strip: t.strip, Segment: t.segment,
	}
}
