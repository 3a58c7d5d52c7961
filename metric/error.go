// Package metric compares two pictures by PSNR, SSIM, MS-SSIM and FLIP. Samples are planar float32 with a data range of
// 1.
//
// Only FLIP clamps samples; a caller that compares a render with a target must clamp the render first. Sums are
// float64. Their order does not depend on the number of processors, so every run gives the same value.
package metric

// squares returns the sum of squared differences.
func squares(a, b []float32) float64 {
	sum := 0.0
	for i, v := range a {
		d := float64(v) - float64(b[i])
		sum += d * d
	}
	return sum
}
