package splat

import "fmt"

// Model is what training leaves behind and rendering needs.
type Model struct {
	Splats  *Splats
	W, H    int    // size it was trained at, px; scales are in 1/px of it
	Depth   int    // bits per sample of the picture it was trained on: 8 or 16
	TopK    int    // splats that count at a pixel
	Recipe  string // recipe of the training, e.g. "paper"
	Version string // igs version that wrote it
}

// Limits of what a model may say of itself. They
// are what training can make, and keep a damaged file from asking for absurd kernels.
const (
	maxSide     = 1 << 15
	maxChannels = 12
	maxTopK     = 32
	maxText     = 1 << 10
)

// Validate reports the first thing that keeps m from being rendered or written.
func (m *Model) Validate() error {
	switch {
	case m.Splats == nil:
		return fmt.Errorf("model without splats")
	case m.W < 1 || m.H < 1 || m.W > maxSide || m.H > maxSide:
		return fmt.Errorf("picture of %d×%d px", m.W, m.H)
	case m.Depth != 8 && m.Depth != 16:
		return fmt.Errorf("picture of %d bits per sample", m.Depth)
	case m.TopK < 1 || m.TopK > maxTopK:
		return fmt.Errorf("top-K of %d", m.TopK)
	case m.Splats.C > maxChannels:
		return fmt.Errorf("%d channels", m.Splats.C)
	case len(m.Recipe) > maxText || len(m.Version) > maxText:
		return fmt.Errorf("recipe or version name longer than %d bytes", maxText)
	}
	return m.Splats.Validate()
}
