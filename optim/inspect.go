package optim

import (
	"igs/memory"
	"igs/optim/engine"
	"igs/vk"
)

// What callers look at beside the model.

// Layout is how the run lies on the device.
func (t *Trainer) Layout() memory.Plan { return t.layout }

// Count is how many splats there are.
func (t *Trainer) Count() int {
	if t.rescued != nil { // of an engine that is gone
		return t.rescued.Splats
	}
	return t.engine.Splats()
}

// Pairs is how many splat-tile pairs the fullest band of the last step had.
func (t *Trainer) Pairs() int { return int(t.report.Pairs) }

// Timings are those of the kernels of the last step, when the device was opened to profile.
func (t *Trainer) Timings() []vk.Timing { return t.engine.Timings(t.step) }

// Learned is what training has made so far.
func (t *Trainer) Learned() (engine.Learned, error) { return t.engine.Save() }

// Adopt goes on from what another trainer of the same run had learned.
func (t *Trainer) Adopt(l engine.Learned) error { return t.engine.Restore(l) }
