package reference

import (
	"math"

	"igs/imageio"
)

// LossWeights are the weights of the terms of the loss.
type LossWeights struct {
	L1, L2, SSIM float64
}

// LossMeans are the terms without weights: mean|C−T|, mean(C−T)² and SSIM.
type LossMeans LossWeights

// Loss compares the unclamped frame with the target:
//
//	total = w.L1·mean|C−T| + w.L2·mean(C−T)² + w.SSIM·(1 − SSIM)
//
// grad is ∂total/∂C, planar. The gradient of |C−T| at C = T is 0. The target must have the size and the channels of the frame.
func Loss(f *Frame, target *imageio.Image, w LossWeights) (total float64, means LossMeans, grad []float64) {
	means, grad = SampleLoss(f, target, w)
	count := float64(len(f.Color))
	plane := f.W * f.H
	for c := range f.C {
		window := ssimWindow{W: f.W, H: f.H}
		sum, dx := window.index(f.Color[c*plane:(c+1)*plane], target.Plane(c))
		means.SSIM += sum / count
		for i, d := range dx {
			grad[c*plane+i] -= float64(w.SSIM * d / count)
		}
	}
	total = float64(w.L1*means.L1) + float64(w.L2*means.L2) + float64(w.SSIM*(1-means.SSIM))
	return total, means, grad
}

// SampleLoss is Loss without its term of windows: the SSIM of the means is 0, and the gradient is that of the other terms.
func SampleLoss(f *Frame, target *imageio.Image, w LossWeights) (means LossMeans, grad []float64) {
	count := float64(len(f.Color))
	grad = make([]float64, len(f.Color))
	for i, color := range f.Color {
		e := color - float64(target.Pix[i])
		means.L1 += math.Abs(e)
		means.L2 += float64(e * e)
		grad[i] = float64(w.L1*sign(e)/count) + float64(w.L2*2*e/count)
	}
	means.L1 /= count
	means.L2 /= count
	return means, grad
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
