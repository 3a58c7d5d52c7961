package engine

import "igs/shaders"

// Offset is the first pixel, in px, that a strided step looks at; see memory.Lattice. Both numbers are below its spacing.
type Offset struct{ X, Y int }

// OffsetOf returns the offset of a step: a hash of the step and of the seed of the run. All offsets are about equally
// frequent, and neighbouring steps have nothing in common.
func OffsetOf(seed int64, step, spacing int) Offset {
	if spacing <= 1 {
		return Offset{}
	}
	n := uint64(spacing)
	h := mixed(mixed(uint64(seed)) + uint64(step))
	return Offset{int(h % n), int(h >> 32 % n)}
}

// LookAt sets the pixels that Rows renders, if the steps are strided. The next step or survey sets others.
func (e *Engine) LookAt(at Offset) { e.at = at }

// mixed is the finaliser of SplitMix64 (Steele, Lea and Flood 2014).
func mixed(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// offsetOf returns the offset in the numbers of a step.
func offsetOf(step shaders.Step) Offset { return Offset{int(step.OffsetX), int(step.OffsetY)} }
