package main

import (
	"slices"

	"igs/configs"
	"igs/printer"
	"igs/session"
)

// fillPreset lays the preset under all that was asked for, and says which one auto is.
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

// fillRecipe lays the recipe under the preset, and says when one asked for, or an effort, comes to nothing: a job file that igs wrote
// has every key.
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
		p.console.Note("--recipe %s changes nothing: the job sets all that it would", job.Recipe)
	}
	return nil
}
