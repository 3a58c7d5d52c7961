package optim

import (
	"igs/configs"
	"igs/memory"
	"igs/splat"
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
	loss    int64  // bytes that the passes of the loss keep between them: few stay in a CPU's cache
	lists   int64  // bytes that the lists of a band should take
	band    int    // tiles that a band of recompute mode should have
}

var (
	// A CPU device runs 8 lanes a core: few long invocations, and every load counted. Chosen on lavapipe (Mesa 22.3.6, 2 cores).
	cpuTuning = tuning{texel: true, pixels: 8, lanes: 8, split: 1, loss: 16 << 20, lists: 64 << 20, band: 7680}
	// A GPU wants enough invocations to fill it. Chosen by counting them, not yet by measurement.
	gpuTuning = tuning{pixels: 2, lanes: 32, split: 4, strip: 16, segment: 32, loss: 96 << 20, lists: 256 << 20, band: 7680}
)

// tune chooses by the kind of device.
func tune(info vk.Info) tuning {
	t := gpuTuning
	if info.Kind == vk.CPU {
		t = cpuTuning
	}
	if info.MaxTexelElements < 16<<20 { // Vulkan guarantees 65 536, with which bands would be too low
		t.texel = false
	}
	return t
}

// setup is what a canvas is made for beside its plan.
type setup struct {
	topK    int
	bits    splat.Bits // of what is drawn; zero when parameters are drawn as they are
	rounded rounded    // of it in steps; what is measured and shown is rounded as a whole
	power   float32    // 1/gamma: samples are taken to it to be shown
	keep    bool       // leave the gradient of the parameters where a test can read it
	tune    tuning
	limits  memory.Limits
}

// setupFor takes tuning and limits from the device.
func setupFor(info vk.Info, topK int) setup {
	t := tune(info)
	return setup{topK: topK, power: 1, tune: t, limits: t.limits(info)}
}

// setupOf is the setup of a run.
func setupOf(info vk.Info, run configs.Run) setup {
	s := setupFor(info, run.Train.TopK)
	if run.Quantize.Enabled {
		s.bits = BitsOf(run.Quantize)
	}
	s.power = float32(1 / run.Target.Gamma)
	return s
}

// limits are what the plan must respect on this device with this tuning.
func (t tuning) limits(info vk.Info) memory.Limits {
	binding := info.MaxStorageRange
	if t.texel { // a view must see all of a binding, and an element may be a byte
		binding = min(binding, info.MaxTexelElements)
	}
	return memory.Limits{
		Binding: binding, Allocation: info.MaxAllocation, Free: FreeBytes(info), Staging: vk.StagingBytes,
		LossBytes: t.loss, ListBytes: t.lists, BandTiles: t.band, BandRows: 8, Strip: t.strip, Segment: t.segment,
	}
}

// FreeBytes is what a run may take of a device when nobody set a budget, 0 when nothing is known. Of a device that does not tell what is
// free a tenth is left to others.
func FreeBytes(info vk.Info) int64 {
	if info.FreeBytes > 0 {
		return info.FreeBytes
	}
	return info.LocalBytes / 10 * 9
}
