package shaders

// Terms holds one number for each term of the loss: the weights, or the values.
type Terms struct{ L1, L2, SSIM float64 }

// Sum returns the sum of the terms.
func (t Terms) Sum() float64 { return t.L1 + t.L2 + t.SSIM }

// Weights are the weights of the terms as the kernels read them (loss.glsl).
type Weights struct{ L1, L2, SSIM float32 }

// Scaled returns the weights t times the loss scale, over the number of samples. The slope of L2 is twice the error, so
// its weight is doubled.
func (t Terms) Scaled(scale, samples float64) Weights {
	return Weights{
		L1:   float32(t.L1 * scale / samples),
		L2:   float32(2 * t.L2 * scale / samples),
		SSIM: float32(t.SSIM * scale / samples),
	}
}

// ErrorSums holds the sums over samples of the terms that look at one sample alone (ERROR_SUMS in loss.glsl).
type ErrorSums struct{ Absolute, Squared float32 }

// ErrorSumsBytes is the stride of ErrorSums in a buffer: 8 bytes for a vec2, 16 for a vec3.
const ErrorSumsBytes = 8

// Means returns the terms without weights: means over so many samples. SSIM is the index, 1 for equal pictures.
func (r Report) Means(samples float64) Terms {
	return Terms{L1: float64(r.Absolute) / samples, L2: float64(r.Squared) / samples, SSIM: float64(r.Similarity) / samples}
}

// Losses returns the terms times their weights w.
func (r Report) Losses(w Terms, samples float64) Terms {
	return Terms{
		L1:   w.L1 * float64(r.Absolute) / samples,
		L2:   w.L2 * float64(r.Squared) / samples,
		SSIM: w.SSIM * (1 - float64(r.Similarity)/samples),
	}
}
