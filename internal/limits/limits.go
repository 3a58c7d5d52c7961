// Package limits has the limits that pictures, models and settings share.
package limits

const (
	// Side is the longest side of a picture, px. A picture has at most 2³⁰ pixels.
	Side = 1 << 15
	// Channels is the most channels of a stack of pictures and of a splat.
	Channels = 12
	// TopK is the most splats that may be blended at a pixel.
	TopK = 32
	// Gamma is the largest exponent of samples.
	Gamma = 100
)
