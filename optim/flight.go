package optim

import (
	"context"
	"fmt"
	"math"
	"time"

	"igs/optim/engine"

	"igs/event"
	"igs/internal/fault"
	"igs/memory"
	"igs/shaders"
)

// longStep is the time from which on only one step is in flight, since a run that is cancelled waits for those in flight.
// The device then waits for the host for a few milliseconds. Tests lower it.
var longStep = time.Second

// stepLength measures how long the last step took.
type stepLength struct {
	took      time.Duration
	submitted [2]time.Time // indexed by step%2
	collected time.Time    // the step before
}

func (l *stepLength) submit(step int) { l.submitted[step%2] = time.Now() }

func (l *stepLength) collect(step int) {
	began, now := l.submitted[step%2], time.Now()
	if l.collected.After(began) { // the device was at the step before
		began = l.collected
	}
	l.took, l.collected = now.Sub(began), now
}

// Advance takes steps up to and including end, with two steps in flight unless they are long. It stops before end if ctx is cancelled, a
// checkpoint or a look of the watcher is due, or the call of Take ends. No step is in flight when it returns.
//
// If the pair lists of a step overflow, neither this step nor the next one changes the parameters. Advance then
// lengthens the lists and takes both steps again.
func (t *Trainer) Advance(ctx context.Context, end int) error {
	first := t.step // the watcher has looked at it, or did not want to
	began := time.Now()
	counted := began // until then the time is in spent
	count := func() {
		now := time.Now()
		t.spent.Steps += now.Sub(counted).Seconds()
		counted = now
	}
	defer func() { count(); t.training += time.Since(began) }()
	for t.step < end {
		next := t.step + t.inFlight + 1
		if t.inFlight == 0 {
			if err := t.lookFor(next); err != nil {
				return err
			}
		}
		ready := t.inFlight < 2 && next <= end && t.stageAt(next).Stride == t.spacing
		if ready {
			t.prepare(next)
		}
		if ready && ctx.Err() == nil && t.maySubmit(next, first) {
			t.length.submit(next)
			if err := t.engine.Submit(next, t.numbers(next, t.inputs[next%2])); err != nil {
				if err := t.collectAll(); err != nil {
					return err
				}
				if err := t.fallBack(err); err != nil {
					return err
				}
				continue
			}
			t.inFlight++
			continue
		}
		if t.inFlight == 0 {
			return nil
		}
		report, err := t.engine.Collect(t.step + 1)
		if err != nil {
			return err
		}
		t.length.collect(t.step + 1)
		t.inFlight--
		if needed := int(report.Pairs); needed > t.engine.Plan().Pairs {
			if t.inFlight > 0 { // the next step overflowed too
				if _, err := t.engine.Collect(t.step + 2); err != nil {
					return err
				}
				t.inFlight = 0
			}
			if err := t.lengthen(needed); err != nil {
				if err := t.fallBack(err); err != nil {
					return err
				}
			}
			continue
		}
		count()
		if err := t.done(report); err != nil {
			return err
		}
	}
	return nil
}

// maySubmit reports whether a step may be in flight now: the steps before it are short, or collected, and there is no work
// after the one before it. The watcher is not asked about first again.
func (t *Trainer) maySubmit(next, first int) bool {
	if t.inFlight > 0 && t.length.took >= longStep {
		return false
	}
	before := next - 1
	return !t.checkpointDue(before) && !t.reached(before) && (before == first || !t.lookDue(before))
}

// lengthen makes room in the lists, and warns if this takes more memory than planned.
func (t *Trainer) lengthen(needed int) error {
	if err := t.engine.Lengthen(needed); err != nil {
		return err
	}
	t.updateLayout()
	return nil
}

// updateLayout takes the layout of the engine, whose lists may have grown.
func (t *Trainer) updateLayout() {
	if bytes := t.engine.Plan().Bytes(); bytes > t.layout.Bytes() {
		t.sink(event.Warned{Text: fmt.Sprintf("many splats lie in one row of tiles: the lists need more memory than planned, %s in all", memory.Size(bytes))})
	}
	t.setLayout(t.engine.Plan())
}

// collectAll waits for the steps in flight and counts them.
func (t *Trainer) collectAll() error {
	for ; t.inFlight > 0; t.inFlight-- {
		report, err := t.engine.Collect(t.step + 1)
		if err != nil {
			return err
		}
		if int(report.Pairs) > t.engine.Plan().Pairs {
			t.inFlight = 0 // Advance takes the steps again
			return nil
		}
		if err := t.done(report); err != nil {
			return err
		}
	}
	return nil
}

// done counts a step and checks its report.
func (t *Trainer) done(report shaders.Report) error {
	t.step++
	t.report, t.compared = report, t.comparedSamples()
	if report.Overflow != 0 {
		t.adamStart++ // the device skipped the update of this step
		scale, ok := t.scaler.overflowed(t.inputs[t.step%2].Scale)
		if !ok {
			return t.diverged("the gradients are not finite with any loss scale")
		}
		t.sink(event.Rescaled{Step: t.step, LossScale: scale, Skipped: true})
	} else if scale, grown := t.scaler.passed(); grown {
		t.sink(event.Rescaled{Step: t.step, LossScale: scale})
	}
	if l := report.Means(t.compared).Sum(); report.Broken != 0 || math.IsNaN(l) || math.IsInf(l, 0) {
		return t.diverged("the loss or the parameters are not finite")
	}
	t.emitStepped()
	return nil
}

// diverged returns the error of a run that diverged. The device still holds the parameters of the last good step.
func (t *Trainer) diverged(why string) error {
	hint := "lower the learning rates (train.lr), or report the picture if they are the defaults"
	switch {
	case t.from == 0 && t.step-t.adamStart <= 1: // the update of this step came after its loss
		hint = "no splat has moved yet: check where they start (init.scale, init.size, init.from), and the weights of section loss"
	case t.scaler.dynamic:
		hint = "train in float32 (memory.use_amp=false), or lower the learning rates (train.lr)"
	}
	return fault.New(fault.Diverged, hint, "diverged at step %d: %s", t.step, why)
}

// stepInputs are the inputs of a step that depend on earlier steps.
type stepInputs struct {
	Scale float64 `json:"loss_scale"`
	Age   int     `json:"age"` // number of steps of Adam, including this step
}

// prepare fixes the inputs of a step, once: when its predecessor is in flight and the step before that is collected. A
// step that is taken again (after an overflow, a checkpoint or a restart) has the same inputs. Therefore an
// interruption does not change the result of a run.
func (t *Trainer) prepare(step int) {
	if step > t.prepared {
		t.prepared = step
		t.inputs[step%2] = stepInputs{t.scaler.scale, step - t.adamStart}
	}
}

// numbers returns the contents of the step buffer.
func (t *Trainer) numbers(step int, in stepInputs) shaders.Step {
	samples := t.samples()
	numbers := shaders.Step{Weights: shaders.Terms(t.run.Loss).Scaled(in.Scale, samples)}
	a := t.adam
	a.rates.XY, a.rates.Scale, a.rates.Rot, a.rates.Feat = a.rates.XY*t.rate, a.rates.Scale*t.rate, a.rates.Rot*t.rate, a.rates.Feat*t.rate
	switch t.freezing.at(step) {
	case engine.RoundXY:
		a.rates.XY = 0
	case engine.RoundShapes:
		a.rates.XY, a.rates.Scale, a.rates.Rot = 0, 0, 0
	}
	a.fill(&numbers, step, t.run.Steps, in.Age, in.Scale, samples)
	numbers.Unscale *= float32(samples / t.comparedSamples())
	at := engine.OffsetOf(t.run.Train.Seed, step, t.spacing)
	numbers.OffsetX, numbers.OffsetY = uint32(at.X), uint32(at.Y)
	if t.editStep != nil {
		t.editStep(step, &numbers)
	}
	return numbers
}
