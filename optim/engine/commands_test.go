package engine

import (
	"igs/memory"
	"igs/vk"
)

// Commands counts what a step of training takes on a plan: dispatches, and in how many submissions. It needs no device.
func Commands(plan memory.Plan, set Setup) (vk.Tally, error) {
	e := &Engine{}
	passes := e.training(plan.Shape)
	e.plan, e.zoom, e.setup, e.bands, e.splats = plan, 1, set, plan.Bands(), plan.Shape.Splats
	m := newMaker(nil, plan, set)
	for _, p := range passes {
		if err := p.build(m); err != nil {
			return vk.Tally{}, err
		}
	}
	var count vk.Tally
	s := &slot{}
	r := &recorder{Recorder: vk.NewTally(&count), engine: e, slot: s}
	e.recordStep(r, s)
	r.cut()
	return count, r.err
}
