package shaders

// Push constants and host-written buffers of the kernels, with the fields of GLSL (std430). The layout test compares
// them with the offsets in the SPIR-V.

// SplatProjectPush is the push block of splat_project.
type SplatProjectPush struct {
	Splats, Stride, Width, Height uint32
	InverseScale, Cut             float32
	Across, Down                  uint32
	Spacing                       float32
	Present, CellSplats, CellRows uint32
}

// QuantizePush is the push block of quantize_range and quantize_round.
type QuantizePush struct {
	Splats, Stride     uint32
	Levels             [4]uint32
	Share              [4]float32
	PerRadian, Radians float32
}

// BinPush is the push block of bin_count and bin_emit.
type BinPush struct {
	Splats, Width, Height, RowBegin, RowEnd, Capacity uint32
	Cut                                               float32
	CellSplats, CellRows                              uint32
}

// BinReducePush is the push block of bin_reduce.
type BinReducePush struct{ Tiles, Splats uint32 }

// BinScanPush is the push block of bin_scan.
type BinScanPush struct{ Tiles, Splats, Reduced uint32 }

// BinSortPush is the push block of bin_sort and bin_merge.
type BinSortPush struct{ TilesAcross, Rows, Capacity uint32 }

// RasterizePush is the push block of rasterize.
type RasterizePush struct {
	Width, Height, RowBegin, ListBegin, Ring, Base, Capacity uint32
	Cut                                                      float32
	CellRows                                                 uint32
}

// FramePackPush is the push block of frame_pack.
type FramePackPush struct {
	Width, Height, RowBegin, Ring, Base uint32
	Shown                               float32
}

// BlurMomentsPush is the push block of blur_moments.
type BlurMomentsPush struct {
	Width, Height, RowBegin, RowEnd, ColumnBegin, ColumnEnd, Strip, Ring, Base, MomentRows, TargetBegin uint32
	Shown                                                                                               float32
}

// BlurSSIMPush is the push block of blur_ssim.
type BlurSSIMPush struct {
	Width, Height, RowBegin, RowEnd, ColumnBegin, ColumnEnd, MomentBegin, MomentEnd, Segment, Rows, Carry, MapsBegin, PartialBegin uint32
}

// RasterizeLossPush is the push block of rasterize_loss.
type RasterizeLossPush struct {
	Width, Height, RowBegin, ListBegin, Ring, Base, Capacity uint32
	Cut                                                      float32
	TargetBegin, PartialBegin, CellRows                      uint32
}

// LossGradPush is the push block of loss_grad.
type LossGradPush struct {
	Width, Height, RowBegin, RowEnd, ColumnBegin, ColumnEnd, Strip, Ring, Base, MapBegin, Rows, Carry, MapsBegin, TargetBegin uint32
	Shown                                                                                                                     float32
	PartialBegin                                                                                                              uint32
}

// LossSSIMPush is the push block of loss_ssim.
type LossSSIMPush struct {
	Width, Height, RowBegin, RowEnd, Strip, Ring, Base, GradBegin, TargetBegin uint32
	Shown                                                                      float32
	ErrorBegin, SSIMBegin                                                      uint32
}

// RasterizeGradPush is the push block of rasterize_grad.
type RasterizeGradPush struct {
	Width, Height, ListBegin, WorkBegin, WorkEnd, Ring, Base, GradRing, GradBase, Capacity, CellRows uint32
}

// GatherGradPush is the push block of gather_grad.
type GatherGradPush struct{ Splats, Stride, Capacity, Add, CellSplats uint32 }

// ProjectGradPush is the push block of project_grad.
type ProjectGradPush struct {
	Splats, Stride, Width, Height, Capacity uint32
	Spacing                                 float32
	Present, CellSplats                     uint32
}

// ProjectGradFramePush is the push block of project_grad_frame.
type ProjectGradFramePush struct {
	Splats, Stride, Width, Height, Capacity     uint32
	Spacing, ScaleMin, ScaleMax, Aspect, Margin float32
	Present, CellSplats                         uint32
}

// WeighErrorPush is the push block of weigh_error.
type WeighErrorPush struct {
	Width, Height, RowBegin, Ring, Base, TargetBegin, PartialBegin, CellRows uint32
}

// BlurErrorPush is the push block of blur_error.
type BlurErrorPush struct {
	Width, Height, RowBegin, Ring, Base uint32
	Taps0, Taps1, Taps2, Taps3          float32
	CellRows                            uint32
}

// RemovalCostPush is the push block of removal_cost.
type RemovalCostPush struct {
	Width, Height, ListBegin, WorkBegin, WorkEnd, Ring, Base, TargetBegin, Capacity, CellRows uint32
}

// RasterizeCurvaturePush is the push block of rasterize_curvature.
type RasterizeCurvaturePush struct {
	Width, Height, ListBegin, WorkBegin, WorkEnd, Ring, Base, Stride, Capacity, CellRows uint32
}

// GatherCostPush is the push block of gather_cost.
type GatherCostPush struct{ Splats, Capacity, Add uint32 }

// LossPartPush is the push block of loss_part.
type LossPartPush struct{ SSIMCount, ErrorCount, Block, Single uint32 }

// LossSumPush is the push block of loss_sum.
type LossSumPush struct{ PartCount uint32 }

// Step holds the numbers of one picture that change from step to step (step.glsl).
type Step struct {
	Weights
	Unscale                              float32
	RateXY, RateScale, RateRot, RateFeat float32
	Beta1, Beta2                         float32
	Correction1, Correction2             float32 // 1/(1-β^t), with t counted from the start of Adam
	Epsilon                              float32
	OffsetX, OffsetY                     uint32 // px, of the first pixel that a strided step looks at
}

// Report is written for the host by loss_part or loss_sum after each step: sums over samples, and the number of pairs
// of the band that needs most.
type Report struct {
	ErrorSums
	Similarity float32
	Pairs      uint32
	Broken     uint32 // 1 when an update was not finite, and the parameter kept its value
	Overflow   uint32 // 1 when a gradient was not finite, and the step changed nothing
	Longest    uint32 // pairs of the longest tile list
}
