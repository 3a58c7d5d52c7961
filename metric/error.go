// Package metric compares two pictures by PSNR, SSIM, MS-SSIM and FLIP. Samples are planar float32 with a data range of
// 1.
//
// Only FLIP clamps samples; a caller that compares a render with a target must clamp the render first. Sums are
// float64. Their order does not depend on the number of processors, so every run gives the same value.
package metric

// squares returns the sum of squared differences. The differences are float32, their squares and sums float64.
func squares(a, b []float32) float64 {
	var sums [4]float64
	b = b[:len(a)] // vectors do not look
	done := 0
	if vectors {
		if done = len(a) / lanes * lanes; done > 0 {
			squareVectors(&a[0], &b[0], done, &sums)
		}
	}
	for i, v := range a[done:] {
		d := float64(v - b[done+i])
		sums[i%4] += d * d
	}
	return sums[0] + sums[1] + sums[2] + sums[3]
}
