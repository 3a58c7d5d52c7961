package engine

import (
	"igs/memory"
	"igs/vk"
)

// Commands counts the dispatches and submissions of a training step of a plan. It needs no device.
func Commands(plan memory.Plan, set Setup) (vk.Tally, error) {
	return commandsOf(plan, set, 0, (*Engine).recordStep)
}

// commandsOf counts the commands that a function records, with a limit of pixels as in recordCommands.
func commandsOf(plan memory.Plan, set Setup, most int, record func(*Engine, *recorder, *stepInFlight)) (vk.Tally, error) {
	e := &Engine{}
	passes := e.trainingPasses(plan.Shape)
	e.plan, e.zoom, e.setup, e.bands, e.splats = plan, 1, set, plan.Bands(), plan.Shape.Splats
	m := newMaker(nil, plan, set)
	for _, p := range passes {
		if err := p.build(m); err != nil {
			return vk.Tally{}, err
		}
	}
	var count vk.Tally
	s := &stepInFlight{}
	r := &recorder{Recorder: vk.NewTally(&count), engine: e, step: s, most: most}
	record(e, r, s)
	r.cut()
	return count, r.err
}
