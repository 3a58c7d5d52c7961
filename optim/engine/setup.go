package engine

import (
	"igs/memory"
	"igs/splat"
	"igs/vk"
)

// Tuning holds the choices by which kernels suit a kind of device. No choice changes a result beyond rounding.
type Tuning struct {
	Texel   bool   // read quads through texel buffers
	Pixels  uint32 // pixels per invocation of rasterize
	Skip    bool   // branch around the insertion of splats that are not among the K nearest of a pixel
	Lanes   uint32 // splats of a tile that rasterize_grad takes at once
	Split   uint32 // invocations that share the rows of a tile in rasterize_grad
	Staged  bool   // rasterize_grad first copies its tile to shared memory, if the device has enough
	Fused   int    // columns per workgroup of loss_ssim, the loss with SSIM in one kernel; 0: three passes
	Strip   int    // rows that one invocation of the loss slides along; 0 = all
	Segment int    // columns that one invocation of the loss slides along; 0 = all
	Loss    int64  // bytes between the passes of the loss; a small number stays in the cache of a CPU
	Thrift  int64  // the same, for plans that save memory
	Lists   int64  // bytes that the lists of a band should have
	Band    int    // tiles that a band should have when a plan keeps a ring of rows
}

var (
	// CPU is for devices that run 8 lanes per core: few long invocations and few loads. Chosen on lavapipe (Mesa
	// 22.3.6, 2 cores).
	CPU = Tuning{Texel: true, Pixels: 8, Lanes: 8, Split: 1, Loss: 16 << 20, Thrift: 16 << 20, Lists: 64 << 20, Band: 7680}
	// GPU has enough invocations to fill a GPU. Chosen by counting them, not yet by measurement.
	GPU = Tuning{Pixels: 2, Skip: true, Lanes: 32, Split: 4, Staged: true, Fused: 64, Strip: 16, Segment: 32, Loss: 96 << 20, Thrift: 21 << 20, Lists: 256 << 20, Band: 7680}
)

// tune returns the tuning for the kind of device.
func tune(info vk.Info) Tuning {
	t := GPU
	if info.Kind == vk.CPU {
		t = CPU
	}
	if info.MaxTexelElements < 16<<20 { // Vulkan guarantees only 65 536, and bands would be too low
		t.Texel = false
	}
	return t
}

// Setup holds the options of a Renderer or an Engine, apart from its plan.
type Setup struct {
	TopK          int
	Bits          splat.Bits // precision of the rendered parameters; zero: they are not rounded
	Gamma         float64    // gamma of the training; display takes samples to the power of 1/Gamma
	Bounds        Bounds     // of the parameters, when Adam works in the frame of a splat
	KeepGradients bool       // keep the gradient of the parameters, for tests
	Far           bool       // the host's memory is across a bus, so the numbers of a step are copied to the device
	Group         int        // greatest number of invocations per workgroup, at most 256; 0: what every device allows
	Tuning        Tuning
	Limits        memory.Limits
}

// power returns the exponent by which kernels take samples to display.
func (s Setup) power() float32 { return float32(1 / s.Gamma) }

// Platform is a device and its tuning.
type Platform struct {
	Info   vk.Info
	Tuning Tuning
}

// PlatformOf returns a device with the tuning for its kind.
func PlatformOf(info vk.Info) Platform { return Platform{info, tune(info)} }

// Setup returns the options for the device, with its limits.
func (p Platform) Setup(topK int) Setup {
	near := p.Info.Kind == vk.CPU || p.Info.Kind == vk.Integrated
	return Setup{TopK: topK, Gamma: 1, Far: !near, Group: min(p.Info.MaxInvocations, 256), Tuning: p.Tuning, Limits: p.Tuning.LimitsOf(p.Info)}
}

// SetupFor returns the options for a device, with the tuning for its kind and its limits.
func SetupFor(info vk.Info, topK int) Setup { return PlatformOf(info).Setup(topK) }

// submitPixels is the greatest number of pixels per submission if the device also draws the screen. A step of 33 Mpx
// takes 2 s on small devices. Windows resets a device after 2 s, and the screen is not drawn during a submission.
const submitPixels = 4 << 20

// LimitsOf returns the limits of plans for a device with this tuning.
func (t Tuning) LimitsOf(info vk.Info) memory.Limits {
	binding := info.MaxStorageRange
	if t.Texel { // a view must hold a whole binding, and an element may be one byte
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

// fusedColumns returns the columns per workgroup of loss_ssim that the device allows with four channels, or 0 if they
// are too few. Twenty columns of a workgroup are only computed for the windows of the others.
func (t Tuning) fusedColumns(info vk.Info) int {
	const halves, channels, shared, least = 2, 4, 32, 32 // 32 bytes of shared memory per column and channel
	columns := t.Fused
	for columns >= least && (columns*halves*channels > info.MaxInvocations || columns*channels*shared > info.SharedBytes) {
		columns /= 2
	}
	if columns < least {
		return 0
	}
	return columns
}

// guaranteedShared is the shared memory of every device, in bytes. With more per workgroup few workgroups run at once,
// on larger devices too.
const guaranteedShared = 16 << 10

// stages reports whether rasterize_grad copies its tile to shared memory. It needs room for the gradient and the
// thresholds of the pixels, and for the sums of each invocation.
func (s Setup) stages(shape memory.Shape) bool {
	const tile = memory.TileSize
	quads := shape.PixelQuads() * shape.PixelQuadBytes()
	bytes := tile*(tile*quads+16) + tile*(4*tile+16) + 4*(5+shape.C)*int(s.Tuning.Lanes*s.Tuning.Split+4)
	return s.Tuning.Staged && bytes <= guaranteedShared
}

// FreeBytes returns the bytes that a run without a budget may use, or 0 if they are unknown. If the device does not
// report its free memory, a tenth is left for other programs.
func FreeBytes(info vk.Info) int64 {
	if info.FreeBytes > 0 {
		return info.FreeBytes
	}
	return info.LocalBytes / 10 * 9
}
