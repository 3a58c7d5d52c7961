package selfcheck

import (
	"fmt"

	"igs/configs"
	"igs/optim/engine"
	"igs/vk"
)

// Subject is something that a device must compute right before it may train.
type Subject struct {
	Name  string // says all that Check depends on, beside the device
	Check func(*vk.Device) (CheckReport, error)
}

// StepOf is the subject of Check.
func StepOf(tuning engine.Tuning, half, frame bool) Subject {
	precision, recipe := "float32", "paper"
	if half {
		precision = "float16"
	}
	if frame {
		recipe = "igs"
	}
	check := func(dev *vk.Device) (CheckReport, error) { return Check(dev, tuning, half, frame) }
	return Subject{fmt.Sprintf("a step in %s, as in recipe %s, with %s", precision, recipe, tuning), check}
}

// Rounding is the subject of CheckRounding.
var Rounding = Subject{"rounding for a model file", CheckRounding}

// SubjectsOf lists what a device must compute right for a training with these settings.
func SubjectsOf(tuning engine.Tuning, s configs.Settings) []Subject {
	list := []Subject{StepOf(tuning, s.Memory.UseAMP, s.Train.Optimizer == configs.OptimizerFrame)}
	if s.Quantize.Enabled {
		list = append(list, Rounding)
	}
	return list
}
