package engine

import (
	"igs/memory"
	"igs/splat"
	"igs/vk"
)

// Tuning is how the kernels are shaped for a kind of device. Nothing here changes a result beyond rounding.
type Tuning struct {
	Texel   bool   // read quads through texel buffers
	Pixels  uint32 // pixels of one invocation of rasterize
	Skip    bool   // branch around the insertion of splats that are not among the K nearest of a pixel
	Lanes   uint32 // splats of a tile that rasterize_grad takes at once
	Split   uint32 // invocations that share the rows of a tile in rasterize_grad
	Staged  bool   // rasterize_grad copies its tile to shared memory first, where the device has room for it
	Fused   int    // columns of a workgroup of loss_ssim, which takes the loss with SSIM in one kernel; 0: three passes take it
	Strip   int    // rows, and
	Segment int    // columns that one invocation of the loss slides along; 0 = all
	Loss    int64  // bytes that the passes of the loss keep between them: few stay in a CPU's cache
	Thrift  int64  // and where memory is saved
	Lists   int64  // bytes that the lists of a band should take
	Band    int    // tiles that a band of recompute mode should have
}

var (
	// A CPU device runs 8 lanes a core: few long invocations, and every load counted. Chosen on lavapipe (Mesa 22.3.6, 2 cores).
	CPU = Tuning{Texel: true, Pixels: 8, Lanes: 8, Split: 1, Loss: 16 << 20, Thrift: 16 << 20, Lists: 64 << 20, Band: 7680}
	// A GPU wants enough invocations to fill it. Chosen by counting them, not yet by measurement.
	GPU = Tuning{Pixels: 2, Skip: true, Lanes: 32, Split: 4, Staged: true, Fused: 64, Strip: 16, Segment: 32, Loss: 96 << 20, Thrift: 21 << 20, Lists: 256 << 20, Band: 7680}
)

// tune chooses by the kind of device.
func tune(info vk.Info) Tuning {
	t := GPU
	if info.Kind == vk.CPU {
		t = CPU
	}
	if info.MaxTexelElements < 16<<20 { // Vulkan guarantees 65 536, with which bands would be too low
		t.Texel = false
	}
	return t
}

// Setup is what a Renderer or an Engine is made for beside its plan.
type Setup struct {
	TopK          int
	Bits          splat.Bits // of what is drawn; zero when parameters are drawn as they are
	Gamma         float64    // of the training: samples are taken to 1/Gamma to be shown
	Bounds        Bounds     // of the parameters, in the frame
	KeepGradients bool       // leave the gradient of the parameters where a test can read it
	Far           bool       // what the host writes lies beyond a bus: what many read of it is copied first
	Group         int        // invocations that a workgroup may have, 256 of them at most; 0: as few as suit every device
	Tuning        Tuning
	Limits        memory.Limits
}

// power is what kernels take samples to to show them.
func (s Setup) power() float32 { return float32(1 / s.Gamma) }

// Platform is a device, and how the kernels are shaped for it.
type Platform struct {
	Info   vk.Info
	Tuning Tuning
}

// PlatformOf takes the tuning of the kind of device.
func PlatformOf(info vk.Info) Platform { return Platform{info, tune(info)} }

// Setup takes limits from the device.
func (p Platform) Setup(topK int) Setup {
	near := p.Info.Kind == vk.CPU || p.Info.Kind == vk.Integrated
	return Setup{TopK: topK, Gamma: 1, Far: !near, Group: min(p.Info.MaxInvocations, 256), Tuning: p.Tuning, Limits: p.Tuning.LimitsOf(p.Info)}
}

// SetupFor takes tuning and limits from the device.
func SetupFor(info vk.Info, topK int) Setup { return PlatformOf(info).Setup(topK) }

// submitPixels is how much of a picture one submission may work on where the device also draws the screen: a step of 33 Mpx takes small ones 2 s,
// after which Windows resets them, and while it lasts nothing else is drawn.
const submitPixels = 4 << 20

// LimitsOf are what a plan must respect on a device with this tuning.
func (t Tuning) LimitsOf(info vk.Info) memory.Limits {
	binding := info.MaxStorageRange
	if t.Texel { // a view must see all of a binding, and an element may be a byte
		binding = min(binding, info.MaxTexelElements)
	}
	submit := 0
	if info.Kind == vk.Integrated {
		submit = submitPixels
	}
	return memory.Limits{
		SubmitPixels: submit,
		Binding:      binding, Allocation: info.MaxAllocation, Free: FreeBytes(info), Staging: vk.StagingBytes,
		LossBytes: t.Loss, ThriftyLoss: t.Thrift, ListBytes: t.Lists, BandTiles: t.Band, BandRows: 8, Strip: t.Strip, Segment: t.Segment,
		Columns: lossColumns(), Fused: t.fusedColumns(info), Loops: info.MaxLoops, Declare: Declare,
	}
}

// fusedColumns are the columns of a workgroup of loss_ssim that the device takes with four channels, 0 when it takes none worth it. A run of 20
// columns more than its share is computed for the windows.
func (t Tuning) fusedColumns(info vk.Info) int {
	const halves, channels, shared, least = 2, 4, 32, 32 // 32 bytes of shared memory a column and channel
	columns := t.Fused
	for columns >= least && (columns*halves*channels > info.MaxInvocations || columns*channels*shared > info.SharedBytes) {
		columns /= 2
	}
	if columns < least {
		return 0
	}
	return columns
}

// guaranteedShared is the shared memory that every device has: a kernel that takes more leaves room for few workgroups even where there is more.
const guaranteedShared = 16 << 10

// stages says whether rasterize_grad copies its tile to shared memory: gradient and thresholds of its pixels, and the sums of each invocation.
func (s Setup) stages(shape memory.Shape) bool {
	const tile = memory.TileSize
	quads := shape.PixelQuads() * shape.PixelQuadBytes()
	bytes := tile*(tile*quads+16) + tile*(4*tile+16) + 4*(5+shape.C)*int(s.Tuning.Lanes*s.Tuning.Split+4)
	return s.Tuning.Staged && bytes <= guaranteedShared
}

// FreeBytes is what a run may take of a device when nobody set a budget, 0 when nothing is known. Of a device that does not tell what is
// free a tenth is left to others.
func FreeBytes(info vk.Info) int64 {
	if info.FreeBytes > 0 {
		return info.FreeBytes
	}
	return info.LocalBytes / 10 * 9
}
