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
	loss    int64  // bytes that one buffer of the loss should take: small ones stay in a CPU's cache
	rows    int    // but no fewer rows than this, since each dispatch of the loss reads 10 rows twice
}

var (
	// A CPU device runs 8 lanes a core: few long invocations, and every load counted. Chosen on lavapipe (Mesa 22.3.6, 2 cores).
	cpuTuning = tuning{texel: true, pixels: 8, lanes: 8, split: 1, loss: 4 << 20, rows: 64}
	// A GPU wants enough invocations to fill it. Chosen by counting them, not yet by measurement.
	gpuTuning = tuning{pixels: 2, lanes: 32, split: 4, strip: 16, segment: 32, loss: 48 << 20, rows: 128}
)

// tune chooses by the kind of device.
func tune(info vk.Info) tuning {
	if info.Kind == vk.CPU {
		return cpuTuning
	}
	return gpuTuning
}

// setup is what a canvas is made for beside the picture and the splats.
type setup struct {
	topK     int
	capacity int  // splats there must be room for
	pairs    int  // room in the lists to start with; 0 = estimate it
	keep     bool // leave the gradient of the parameters where a test can read it
	tune     tuning
	limits   memory.Limits
}

// setupFor takes tuning and limits from the device.
func setupFor(dev *vk.Device, topK, capacity int) setup {
	t := tune(dev.Info())
	// A texel view must see the whole of the largest binding, whose elements are at least 4 bytes.
	if info := dev.Info(); info.MaxTexelElements < info.MaxStorageRange/4 {
		t.texel = false
	}
	return setup{topK: topK, capacity: capacity, tune: t, limits: t.limits(dev.Info())}
}

// limits are what the plan must respect on this device with this tuning.
func (t tuning) limits(info vk.Info) memory.Limits {
	return memory.Limits{
		Binding: info.MaxStorageRange, Allocation: info.MaxAllocation,
		LossBytes: t.loss, LossRows: t.rows, Strip: t.strip, Segment: t.segment,
	}
}
