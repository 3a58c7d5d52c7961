package main

import (
	"slices"

	"igs/configs"
	"igs/imageio"
	"igs/optim/engine"
)

// presetChosen is what became of preset auto, in --json.
type presetChosen struct {
	Preset string `json:"preset"`
	Reason string `json:"reason"`
}

func (presetChosen) Name() string { return "preset_chosen" }

// fillPreset lays the preset under all that was asked for, and says which one auto is.
func (p *program) fillPreset(job *configs.Job) error {
	name := job.Preset
	if name == "auto" {
		var why string
		bytes := job.Memory.Budget
		if bytes == 0 {
			if device, err := planDevice(job.Device.Select); err == nil { // what is wrong with the device is said where it is opened
				bytes = engine.FreeBytes(device.info)
			}
		}
		name, why = configs.AutoPreset(largestPicture(job), bytes)
		p.console.note("preset auto: %s, because %s", name, why)
		p.console.tell(presetChosen{name, why})
	}
	return job.FillPreset(name)
}

// fillRecipe lays the recipe under the preset, and says when one asked for, or an effort, comes to nothing: a job file that igs wrote
// has every key.
func (p *program) fillRecipe(job *configs.Job) error {
	if err := job.FillRecipe(); err != nil {
		return err
	}
	effort, steps := originOf(job, "effort"), originOf(job, "sweep.steps")
	if effort == "--effort" && steps != "effort "+string(job.Effort) {
		p.console.note("--effort %s changes nothing: the number of steps is from %s", job.Effort, steps)
	}
	changes := func(v configs.Value) bool { return v.Origin == "recipe "+string(job.Recipe) }
	if originOf(job, "recipe") == "--recipe" && job.Recipe != "igs" && !slices.ContainsFunc(job.Values(), changes) {
		p.console.note("--recipe %s changes nothing: the job sets all that it would", job.Recipe)
	}
	return nil
}

// largestPicture is in pixels. What cannot be found or read counts as nothing: reading the
// pictures, which comes next, says what is wrong with it.
func largestPicture(job *configs.Job) int64 {
	paths, _ := job.Images()
	var most int64
	for _, path := range paths {
		if size, err := imageio.TargetSize(path, imageio.Options{Downsample: job.Target.Downsample}); err == nil {
			most = max(most, int64(size.W)*int64(size.H))
		}
	}
	return most
}
