package reference

import (
	"math"

	"igs/internal/parallel"
)

// The SSIM of the loss has a Gaussian window of 11 × 11 px with σ 1.5 px, zeros beyond the border, and a data range of
// 1. Because of the zeros, the window mean of a constant is smaller near the border. The method defines SSIM in this
// way.
const (
	ssimTaps   = 11
	ssimRadius = ssimTaps / 2
	ssimSigma  = 1.5
	ssimC1     = 0.01 * 0.01
	ssimC2     = 0.03 * 0.03
)

// ssimWindow computes window means of a plane of W × H.
type ssimWindow struct{ W, H int }

// ssimKernel is one axis of the window. The window is the outer product of two axes.
var ssimKernel = func() (k [ssimTaps]float64) {
	sum := 0.0
	for i := range k {
		x := float64(i - ssimRadius)
		k[i] = math.Exp(-x * x / (2 * ssimSigma * ssimSigma))
		sum += k[i]
	}
	for i := range k {
		k[i] /= sum
	}
	return k
}()

// index returns the sum of SSIM over all pixels of the plane and its derivative by x.
//
// With the window's means m1 = ⟨x⟩, m2 = ⟨y⟩, e1 = ⟨x²⟩, e2 = ⟨y²⟩, e12 = ⟨xy⟩:
//
//	A = m1² + m2² + C1             B = (e1 − m1²) + (e2 − m2²) + C2
//	P = 2 m1 m2 + C1               Q = 2 (e12 − m1 m2) + C2
//	SSIM = P Q / (A B)
//
// A pixel x contributes to m1, e1 and e12 of every window that contains it. The window is symmetric and the border is
// zero, so the window mean is its own adjoint:
//
//	∂Σ/∂x = ⟨∂/∂m1⟩ + 2x ⟨∂/∂e1⟩ + y ⟨∂/∂e12⟩
func (w ssimWindow) index(x []float64, target []float32) (sum float64, dx []float64) {
	n := len(x)
	y, xx, yy, xy := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range x {
		y[i] = float64(target[i])
		xx[i], yy[i], xy[i] = x[i]*x[i], y[i]*y[i], x[i]*y[i]
	}
	m1, m2, e1, e2, e12 := w.mean(x), w.mean(y), w.mean(xx), w.mean(yy), w.mean(xy)
	dm1, de1, de12 := make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range x {
		a := float64(m1[i]*m1[i]) + float64(m2[i]*m2[i]) + ssimC1
		b := (e1[i] - float64(m1[i]*m1[i])) + (e2[i] - float64(m2[i]*m2[i])) + ssimC2
		p := float64(2*m1[i]*m2[i]) + ssimC1
		q := 2*(e12[i]-float64(m1[i]*m2[i])) + ssimC2
		value := p * q / (a * b)
		sum += value
		de1[i] = -value / b
		de12[i] = 2 * p / (a * b)
		// P and A depend on m1, and so do B and Q through the variances.
		dm1[i] = float64(2*m2[i]*q/(a*b)) - float64(value*2*m1[i]/a) + float64(value*2*m1[i]/b) - float64(m2[i]*2*p/(a*b))
	}
	dx = w.mean(dm1)
	by1, by12 := w.mean(de1), w.mean(de12)
	for i := range dx {
		dx[i] += float64(2*x[i]*by1[i]) + float64(y[i]*by12[i])
	}
	return sum, dx
}

// mean returns the window means of a plane, computed along rows and then along columns.
func (w ssimWindow) mean(plane []float64) []float64 {
	across := make([]float64, len(plane))
	parallel.Each(w.H, func(_, row int) {
		for column := range w.W {
			at := row*w.W + column
			for k := max(-ssimRadius, -column); k <= min(ssimRadius, w.W-1-column); k++ {
				across[at] += float64(ssimKernel[k+ssimRadius] * plane[at+k])
			}
		}
	})
	down := make([]float64, len(plane))
	parallel.Each(w.H, func(_, row int) {
		for column := range w.W {
			at := row*w.W + column
			for k := max(-ssimRadius, -row); k <= min(ssimRadius, w.H-1-row); k++ {
				down[at] += float64(ssimKernel[k+ssimRadius] * across[at+k*w.W])
			}
		}
	})
	return down
}
