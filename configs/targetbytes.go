package configs

// Sizes of model files in bytes.
const (
	headerBytes   = 120
	bytesPerSplat = 4.8 // at a rounding loss of about 0.6 dB; more splats with less precision, or the reverse, gain nothing
	leastPerSplat = 2   // a model of fewer bytes a splat is hardly a picture
)

// splatsFor returns the number of splats that uses a number of bytes well.
func splatsFor(bytes int64) int { return int(max(1, float64(bytes-headerBytes)/bytesPerSplat)) }

// leastBytes returns the size below which a model of n splats is refused.
func leastBytes(n int) int64 { return headerBytes + leastPerSplat*int64(n) }
