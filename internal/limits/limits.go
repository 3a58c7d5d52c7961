// Package limits holds the bounds that pictures, models and settings must agree on.
package limits

const (
	// Side is the longest side of a picture, px. It bounds a picture at 2³⁰ pixels.
	Side = 1 << 15
	// Channels is how many channels a stack of pictures, and so a splat, may have.
	Channels = 12
	// TopK is how many splats may count at a pixel.
	TopK = 32
	// Gamma is the largest power that samples may be taken to.
	Gamma = 100
)
