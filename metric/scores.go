package metric

// Scores say how near a picture comes to its target, both as they are shown. Training measures PSNR and SSIM alone.
type Scores struct {
	PSNR   float64  // dB; +Inf for equal pictures
	SSIM   float64  // at most 1
	MSSSIM *float64 // at most 1; nil = not taken, as for pictures with a side of 160 px or less
	FLIP   *float64 // from 0 for equal pictures to 1; nil = not taken
}
