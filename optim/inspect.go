package optim

import (
	"igs/memory"
	"igs/optim/engine"
	"igs/vk"
)

// Layout returns the plan of the device memory.
func (t *Trainer) Layout() memory.Plan { return t.layout }

// Count returns the present number of splats.
func (t *Trainer) Count() int {
	if t.rescued != nil {
		return t.rescued.Splats
	}
	return t.engine.Splats()
}

// Pairs returns the number of splat-tile pairs in the fullest band of the last step.
func (t *Trainer) Pairs() int { return int(t.report.Pairs) }

// Timings returns the times of the kernels of the last step if the device was opened for profiling.
func (t *Trainer) Timings() []vk.Timing { return t.engine.Timings(t.step) }

// Snapshot returns the present parameters and moments.
func (t *Trainer) Snapshot() (engine.Snapshot, error) { return t.engine.Save() }

// Restore continues with the parameters and moments of another trainer of the same run.
func (t *Trainer) Restore(l engine.Snapshot) error { return t.engine.Restore(l) }
