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

// Advance takes steps up to and including `end`, two in flight, or fewer when it is interrupted, a checkpoint is due or Take has enough; none is
// in flight afterwards. A step whose pair lists overflowed changed nothing on the device,
// and so did the one behind it: the lists get more room and both are taken again.
func (t *Trainer) Advance(ctx context.Context, end int) error {
	began := time.Now()
	defer func() { t.training += time.Since(began) }()
	for t.step < end {
		next := t.step + t.flying + 1
		if t.flying < 2 && next <= end {
			t.prepare(next)
		}
		if t.flying < 2 && next <= end && ctx.Err() == nil && !t.pausing(next-1) && !t.enough(next-1) {
			if err := t.engine.Submit(next, t.numbers(next, t.tuned[next%2])); err != nil {
				if err := t.land(); err != nil {
					return err
				}
				if err := t.fall(err); err != nil {
					return err
				}
				continue
			}
			t.flying++
			continue
		}
		if t.flying == 0 {
			return nil
		}
		report, err := t.engine.Collect(t.step + 1)
		if err != nil {
			return err
		}
		t.flying--
		if needed := int(report.Pairs); needed > t.engine.Plan().Pairs {
			if t.flying > 0 { // the one behind overflowed alike
				if _, err := t.engine.Collect(t.step + 2); err != nil {
					return err
				}
				t.flying = 0
			}
			if err := t.lengthen(needed); err != nil {
				if err := t.fall(err); err != nil {
					return err
				}
			}
			continue
		}
		if err := t.done(report); err != nil {
			return err
		}
	}
	return nil
}

// lengthen makes room in the lists, and tells when that took memory beyond the plan.
func (t *Trainer) lengthen(needed int) error {
	if err := t.engine.Lengthen(needed); err != nil {
		return err
	}
	t.relaid()
	return nil
}

// relaid keeps the layout after the lists may have grown.
func (t *Trainer) relaid() {
	if bytes := t.engine.Plan().Bytes(); bytes > t.layout.Bytes() {
		t.sink(event.Warned{Text: fmt.Sprintf("splats crowd in a row of tiles: the lists grew beyond the plan, to %s in all", memory.Size(bytes))})
	}
	t.layout = t.engine.Plan()
}

// land waits for the steps in flight and counts them.
func (t *Trainer) land() error {
	for ; t.flying > 0; t.flying-- {
		report, err := t.engine.Collect(t.step + 1)
		if err != nil {
			return err
		}
		if int(report.Pairs) > t.engine.Plan().Pairs {
			t.flying = 0 // it will be taken again
			return nil
		}
		if err := t.done(report); err != nil {
			return err
		}
	}
	return nil
}

// done counts a step and looks at what it reported.
func (t *Trainer) done(report shaders.Report) error {
	t.step++
	t.report = report
	if report.Overflow != 0 {
		t.adamStart++ // Adam did not see this step
		scale, ok := t.scaler.overflowed(t.tuned[t.step%2].Scale)
		if !ok {
			return t.diverged("the gradients are no numbers, whatever the loss scale")
		}
		t.sink(event.Rescaled{Step: t.step, LossScale: scale, Skipped: true})
	} else if scale, grown := t.scaler.passed(); grown {
		t.sink(event.Rescaled{Step: t.step, LossScale: scale})
	}
	if l := report.Absolute + report.Squared + report.Similarity; report.Broken != 0 || math.IsNaN(float64(l)) || math.IsInf(float64(l), 0) {
		return t.diverged("loss or parameters are no numbers")
	}
	t.tell()
	return nil
}

// diverged is the end of a run that does not converge. The parameters are those of the last step that gave numbers.
func (t *Trainer) diverged(why string) error {
	hint := "lower the learning rates (train.lr), or report the picture if they are the defaults"
	if t.scaler.dynamic {
		hint = "train in float32 (--amp=false), or lower the learning rates (train.lr)"
	}
	return fault.New(fault.Diverged, hint, "diverged at step %d: %s", t.step, why)
}

// tuned is what a step takes from those before it.
type tuned struct {
	Scale float64 `json:"loss_scale"`
	Age   int     `json:"age"` // Adam's steps with it
}

// prepare fixes what a step takes from those before it, once: when the step before it is in flight and the one before that has
// landed, however often it is taken and whatever stands between (lists too short, a checkpoint, the end of the process). So a run
// gives the same bits wherever it is interrupted.
func (t *Trainer) prepare(step int) {
	if step > t.prepared {
		t.prepared = step
		t.tuned[step%2] = tuned{t.scaler.scale, step - t.adamStart}
	}
}

// numbers fills the step buffer.
func (t *Trainer) numbers(step int, of tuned) shaders.Step {
	loss, samples := t.run.Loss, t.samples()
	numbers := shaders.Step{
		L1: float32(loss.L1 * of.Scale / samples), L2: float32(2 * loss.L2 * of.Scale / samples), SSIM: float32(loss.SSIM * of.Scale / samples),
	}
	a := t.adam
	a.rates.XY, a.rates.Scale, a.rates.Rot, a.rates.Feat = a.rates.XY*t.rate, a.rates.Scale*t.rate, a.rates.Rot*t.rate, a.rates.Feat*t.rate
	switch t.freezing.at(step) {
	case engine.RoundXY:
		a.rates.XY = 0
	case engine.RoundShapes:
		a.rates.XY, a.rates.Scale, a.rates.Rot = 0, 0, 0
	}
	a.fill(&numbers, step, t.run.Steps, of.Age, of.Scale, samples)
	if t.spoil != nil {
		t.spoil(step, &numbers)
	}
	return numbers
}
