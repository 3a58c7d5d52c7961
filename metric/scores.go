package metric

// Scores compare a picture with its target, both with gamma undone. Training measures only PSNR and SSIM.
type Scores struct {
	PSNR   float64  // dB; +Inf for identical pictures
	SSIM   float64  // at most 1
	MSSSIM *float64 // at most 1; nil if not measured, as for pictures with a side of 160 px or less
	FLIP   *float64 // from 0 (identical) to 1; nil if not measured
}
