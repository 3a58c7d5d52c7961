package reference

import (
	"math"

	"igs/imageio"
)

// LossWeights are the weights of the terms of the loss.
type LossWeights struct {
	L1, L2, SSIM float64
}

// Loss compares the unclamped frame with the target:
//
//	total = w.L1·mean|C−T| + w.L2·mean(C−T)² + w.SSIM·(1 − SSIM)
//
// l1, l2 and ssim are the terms mean|C−T|, mean(C−T)² and SSIM without weights. grad is ∂total/∂C, planar. The gradient
// of |C−T| at C = T is 0. The target must have the size and the channels of the frame.
func Loss(f *Frame, target *imageio.Image, w LossWeights) (total, l1, l2, ssim float64, grad []float64) {
	count := float64(len(f.Color))
	grad = make([]float64, len(f.Color))
	for i, color := range f.Color {
		e := color - float64(target.Pix[i])
		l1 += math.Abs(e)
		l2 += float64(e * e)
		grad[i] = float64(w.L1*sign(e)/count) + float64(w.L2*2*e/count)
	}
	l1 /= count
	l2 /= count
	plane := f.W * f.H
	for c := range f.C {
		window := ssimWindow{W: f.W, H: f.H}
		sum, dx := window.index(f.Color[c*plane:(c+1)*plane], target.Plane(c))
		ssim += sum / count
		for i, d := range dx {
			grad[c*plane+i] -= float64(w.SSIM * d / count)
		}
	}
	total = float64(w.L1*l1) + float64(w.L2*l2) + float64(w.SSIM*(1-ssim))
	return total, l1, l2, ssim, grad
}

// sign returns −1, 0 or 1, and NaN for NaN.
func sign(v float64) float64 {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return v
}
