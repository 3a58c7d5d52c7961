package optim

import (
	"math"

	"igs/imageio"
)

// GradientMap shows in grey where a picture has edges: the Sobel magnitude over its
// greatest value. Its square is what mode "gradient" places splats by.
func GradientMap(m *imageio.Image) *imageio.Image {
	out := imageio.New(m.W, m.H, 1)
	for i, w := range gradientWeights(m) {
		out.Pix[i] = float32(math.Sqrt(float64(w)))
	}
	return out
}
