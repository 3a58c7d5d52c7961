package main

import (
	"slices"

	"igs/configs"
	"igs/printer"
	"igs/session"
)

// fillPreset gives the settings of the preset to all keys that nothing has set, and says which preset auto is.
func (p *program) fillPreset(job *configs.Job) error {
	name := job.Preset
	if name == "auto" {
		var why string
		name, why = session.AutoPreset(job)
		p.console.Note("preset auto: %s, because %s", name, why)
		p.console.Tell(printer.PresetChosen{Preset: name, Reason: why})
	}
	return job.FillPreset(name)
}

// fillRecipe gives the settings of the recipe to all keys that are still not set. It prints a note when the flag
// --recipe or --effort changes nothing, which happens with a job file that igs wrote: such a file has every key.
func (p *program) fillRecipe(job *configs.Job) error {
	if err := job.FillRecipe(); err != nil {
		return err
	}
	effort, steps := job.Origin("effort"), job.Origin("sweep.steps")
	if effort == "--effort" && steps != "effort "+string(job.Effort) {
		p.console.Note("--effort %s changes nothing: the number of steps is from %s", job.Effort, steps)
	}
	changes := func(v configs.Value) bool { return v.Origin == "recipe "+string(job.Recipe) }
	if job.Origin("recipe") == "--recipe" && job.Recipe != "igs" && !slices.ContainsFunc(job.Values(), changes) {
		p.console.Note("--recipe %s changes nothing: the job sets all keys of the recipe", job.Recipe)
	}
	return nil
}
