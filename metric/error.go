// Package metric compares two pictures by PSNR, SSIM, MS-SSIM and FLIP. Samples are planar float32 with a data range of
// 1.
//
// Only FLIP clamps samples; a caller that compares a render with a target must clamp the render first. Sums are
// float64. Their order does not depend on the number of processors, so every run gives the same value.
package metric

// squares returns the sum of squared differences.
func squares(a, b []float32) float64 {
	var sums [4]float64 // so that an addition need not wait for the one before
	n := len(a) / 4 * 4
	for i := 0; i < n; i += 4 {
		p, q := a[i:i+4], b[i:i+4]
		d0, d1 := float64(p[0])-float64(q[0]), float64(p[1])-float64(q[1])
		d2, d3 := float64(p[2])-float64(q[2]), float64(p[3])-float64(q[3])
		sums[0], sums[1], sums[2], sums[3] = sums[0]+d0*d0, sums[1]+d1*d1, sums[2]+d2*d2, sums[3]+d3*d3
	}
	for i := n; i < len(a); i++ {
		d := float64(a[i]) - float64(b[i])
		sums[0] += d * d
	}
	return sums[0] + sums[1] + sums[2] + sums[3]
}
