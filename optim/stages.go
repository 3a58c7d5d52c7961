package optim

import (
	"fmt"
	"maps"
	"slices"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/memory"
	"igs/optim/engine"
)

// Strided steps. The steps of a stage look at every n-th column and row of the picture, at an offset that changes from
// step to step. Evaluations, frames and pictures look at every pixel. The engine is built anew for each spacing. The
// splats and the moments of Adam contain no spacing, so they move from one engine to the next as they are.

// resolution is a spacing of pixels that a run uses, and how its engine is made.
type resolution struct {
	request memory.Request
	rung    int         // the first rung of the ladder to try
	plan    memory.Plan // of the last engine; before there is one, the plan that it should have
	told    string      // the last reported reason for a plan that differs from the settings
}

// resolutionsOf returns the resolutions of a run by spacing. The first stage is trained as the settings ask. Later stages
// and evaluations keep a band of rows, so that they take hardly more memory than the first stage. A run without strided
// steps has one resolution.
func resolutionsOf(m imageio.Size, run configs.Run) map[int]*resolution {
	whole := request(m.W, m.H, m.C, m.Depth, run)
	all := map[int]*resolution{}
	for i, s := range run.Stages(m.W * m.H) {
		if all[s.Stride] != nil {
			continue
		}
		r := whole
		if s.Stride > 1 {
			r.Shape = whole.Shape.Strided(s.Stride)
			r.Shape.FrameBytes = 0
			r.Pairs = trainedPairs(r.Shape, startSigma(run)/float64(s.Stride))
		}
		if i > 0 {
			r.Mode = memory.Banded
		}
		all[s.Stride] = &resolution{request: r}
	}
	if n := LatticeOf(run, m.W*m.H); all[n] == nil {
		r := whole
		r.Shape = whole.Shape.Strided(n)
		r.Shape.FrameBytes = 0
		r.Pairs, r.Mode = trainedPairs(r.Shape, startSigma(run)/float64(n)), memory.Banded
		all[n] = &resolution{request: r}
	}
	if all[1] == nil { // evaluations only
		whole.Mode, whole.Streamed = memory.Banded, true
		all[1] = &resolution{request: whole}
	}
	return all
}

// PlannedStage is a stage of a run and its plan. The stage of the evaluations, if no step looks at every pixel, has no
// steps: its End is 0.
type PlannedStage struct {
	configs.Stage
	Plan   memory.Plan
	Ladder []memory.Plan // all candidates
}

// StagesFor returns the plans of the stages of a run, in order. The error is that of the first stage that does not fit.
func StagesFor(on engine.Platform, m imageio.Size, run configs.Run) (planned []PlannedStage, err error) {
	limits := setupOn(on, run).Limits
	resolutions := resolutionsOf(m, run)
	add := func(s configs.Stage) {
		request := resolutions[s.Stride].request
		plan, failed := memory.Choose(request, limits)
		if err == nil {
			err = failed
		}
		planned = append(planned, PlannedStage{s, plan, memory.Ladder(request, limits)})
	}
	whole := false
	for _, s := range run.Stages(m.W * m.H) {
		add(s)
		whole = whole || s.Stride == 1
	}
	if !whole {
		add(configs.Stage{Stride: 1})
	}
	return planned, err
}

// choosePlans chooses the plans of all resolutions. The error is that of a stage that does not fit the budget.
func (t *Trainer) choosePlans() (err error) {
	for _, spacing := range slices.Sorted(maps.Keys(t.resolutions)) {
		r := t.resolutions[spacing]
		if r.plan, err = memory.Choose(r.request, t.setup.Limits); err != nil {
			return err
		}
	}
	return nil
}

// largest returns the plan of the resolution that needs most memory.
func (t *Trainer) largest() (most memory.Plan) {
	for _, spacing := range slices.Sorted(maps.Keys(t.resolutions)) {
		if p := t.resolutions[spacing].plan; p.Bytes() > most.Bytes() {
			most = p
		}
	}
	return most
}

// setLayout notes the plan of the present engine.
func (t *Trainer) setLayout(plan memory.Plan) {
	t.layout, t.resolutions[t.spacing].plan = plan, plan
}

// stageAt returns the stage of a step. Steps beyond the last stage belong to it.
func (t *Trainer) stageAt(step int) configs.Stage {
	for _, s := range t.stages {
		if step <= s.End {
			return s
		}
	}
	return t.stages[len(t.stages)-1]
}

// skipToTail leaves out the remaining strided steps of a run whose scores no longer improve. The last stage, which looks
// at more pixels, comes all the same: the splats have not seen them yet, and its rates are those of the end of the run.
// It reports whether there is such a stage.
func (t *Trainer) skipToTail() bool {
	last := len(t.stages) - 1
	if last == 0 || t.stages[last].Stride >= t.stageAt(t.step).Stride {
		return false
	}
	skipped := t.stages[last-1].End - t.step
	t.step += skipped
	t.adamStart += skipped // these steps have not changed the moments
	t.skipped = true
	t.sink(event.Noted{Text: fmt.Sprintf("the scores no longer improve: training goes on at step %d, with the stage of stride %d", t.step+1, t.stages[last].Stride)})
	return true
}

// look makes an engine that looks at every spacing-th column and row, unless the present one does. No step is in flight.
func (t *Trainer) look(spacing int) error {
	if t.spacing == spacing || t.engine == nil {
		return nil
	}
	kept, err := t.engine.Save()
	if err != nil {
		return err
	}
	t.spacing = spacing
	return t.rebuild(kept, t.resolutions[spacing].rung)
}

// lookFor makes the engine of the stage of a step.
func (t *Trainer) lookFor(step int) error { return t.look(t.stageAt(step).Stride) }

// comparedSamples is the number of samples that a step of the present engine compares.
func (t *Trainer) comparedSamples() float64 {
	s := t.layout.Shape
	return float64(s.W) * float64(s.H) * float64(s.C)
}

// fewPixels is the number of pixels a splat below which a strided survey looks at a second offset.
const fewPixels = 40

// surveyOffsets returns the offsets at which the survey after the present step looks. The next step looks at others.
//
// Removal costs that are measured at few pixels are uncertain, and splats move that matter. A second offset gave 0.29 dB
// with 15 pixels a splat, 0.08 dB with 26, 0.05 dB with 59 and 0.02 dB with 69, for 7 to 26 % more time.
func (t *Trainer) surveyOffsets() []engine.Offset {
	first := engine.OffsetOf(^t.run.Train.Seed, t.step, t.spacing)
	shape := t.engine.Plan().Shape
	if t.spacing == 1 || shape.W*shape.H >= fewPixels*t.engine.Splats() {
		return []engine.Offset{first}
	}
	opposite := func(at int) int { return (at + t.spacing/2) % t.spacing }
	return []engine.Offset{first, {X: opposite(first.X), Y: opposite(first.Y)}}
}
