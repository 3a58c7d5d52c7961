// Package metric says how close two pictures are: PSNR, SSIM, MS-SSIM and FLIP on planar float32 samples of data range 1.
//
// Nothing is clamped, save by FLIP: who compares a render with a target clamps it first. Sums are float64, taken in an order that
// the number of processors does not change, so that every run gives the same value.
package metric

func squares(a, b []float32) float64 {
	sum := 0.0
	for i, v := range a {
		d := float64(v) - float64(b[i])
		sum += d * d
	}
	return sum
}
