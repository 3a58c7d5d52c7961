// Package optim owns training: the step on the device (forward, loss, backward, Adam), and round it initialisation, progressive
// addition, evaluation and the schedule. It emits events and prints nothing.
//
// Units: pixels, with the centre of pixel (row i, column j) at (j+0.5, i+0.5); steps count from 1; seconds are wall time.
// The gradient of a pixel is carried times the loss scale (scaler.go).
package optim

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/internal/fault"
	"igs/memory"
	"igs/shaders"
	"igs/splat"
	"igs/vk"
)

// Trainer trains one picture. It is used by one goroutine.
type Trainer struct {
	dev     *vk.Device
	engine  *engine // nil after the device refused every rung of the ladder
	request memory.Request
	setup   setup
	rescued *learned // what an engine had learned that could not be made anew
	run     configs.Run
	target  *imageio.Samples
	sink    event.Sink
	source  *rand.PCG // of rng: its state can be kept and put back
	rng     *rand.Rand
	growth  growth
	layout  memory.Plan // of the engine, or of the last there was
	state   schedule

	scaler scaler
	scales [2]float64                            // the loss scale of the steps in flight
	flying int                                   // steps in flight
	spoil  func(step int, numbers *shaders.Step) // for tests

	step     int // steps done
	fresh    int // steps that Adam has not seen or has forgotten
	rate     float64
	report   shaders.Report // of the last step done
	last     event.Evaluated
	started  time.Time
	training time.Duration // inside steps
	drawing  time.Duration // evaluation
	told     time.Time     // when the last Stepped went out
}

// Result is how a run ended.
type Result struct {
	Status       string // done | interrupted
	Steps        int
	Splats       int
	PSNR, SSIM   float64
	Seconds      float64 // wall time of the run
	TrainSeconds float64 // of which inside steps
	StoppedEarly bool
	Plan         memory.Plan // at the end
}

const beta1, beta2, epsilon = 0.9, 0.999, 1e-8

// New seeds the splats and puts everything on the device.
func New(dev *vk.Device, target *imageio.Samples, run configs.Run, sink event.Sink) (*Trainer, error) {
	return newTrainer(dev, target, run, 0, sink)
}

// newTrainer is New from a rung of the ladder on.
func newTrainer(dev *vk.Device, target *imageio.Samples, run configs.Run, rung int, sink event.Sink) (*Trainer, error) {
	if pixels := target.W * target.H; run.Gaussians > pixels {
		return nil, fault.New(fault.BadInput, "ask for at most one splat a pixel", "%d splats for a picture of %d pixels", run.Gaussians, pixels)
	}
	t := &Trainer{dev: dev, run: run, target: target, sink: sink, rate: 1, state: newSchedule(run.Train), started: time.Now()}
	t.request = request(target.W, target.H, target.C, target.Depth, run)
	t.setup = setupFor(dev.Info(), run.Train.TopK)
	t.scaler = newScaler(t.samples(), run.Memory.UseAMP)
	t.source = rand.NewPCG(uint64(run.Train.Seed), 0)
	t.rng = rand.New(t.source)
	t.growth = growthOf(run)
	first := seedSplats(target, t.growth.first, run.Init, t.rng)
	if err := t.build(rung, first); err != nil {
		return nil, err
	}
	return t, nil
}

// Close gives the device memory back.
func (t *Trainer) Close() {
	if t.engine != nil {
		t.engine.close()
	}
}

// Steps counts the steps done.
func (t *Trainer) Steps() int { return t.step }

// Splats reads the present parameters.
func (t *Trainer) Splats() (*splat.Splats, error) {
	if t.rescued != nil { // of an engine that is gone
		return t.rescued.splatsOf(t.request.Shape), nil
	}
	return t.engine.unload()
}

// EachRow draws the present splats at the size of the target and hands the rows to take from the top, each as [channel][column],
// clamped to [0,1], valid during the call and free to be changed. An error of take ends it and comes back.
func (t *Trainer) EachRow(take func(y int, row [][]float32) error) error {
	return t.engine.eachRow(take)
}

func (t *Trainer) samples() float64 {
	return float64(t.target.W) * float64(t.target.H) * float64(t.target.C)
}

// Run trains to the end of the job. Cancelling ctx ends it after the step at hand with status "interrupted".
func (t *Trainer) Run(ctx context.Context) (Result, error) {
	usage := t.dev.Usage()
	t.sink(event.RunStarted{
		Run: t.run.Name, Image: t.run.Image, W: t.target.W, H: t.target.H, C: t.target.C,
		Splats: t.run.Gaussians, Steps: t.run.Steps, Device: t.dev.Info().Name, DeviceBytes: usage.Now,
		Memory: t.layout.String(), PlannedBytes: t.layout.Bytes(),
	})
	result, err := t.loop(ctx)
	if err != nil {
		t.sink(event.RunEnded{Run: t.run.Name, Status: "failed", Step: t.step, PSNR: t.last.PSNR, SSIM: t.last.SSIM, Seconds: time.Since(t.started).Seconds(), Error: err.Error()})
		return result, err
	}
	t.sink(event.RunEnded{
		Run: t.run.Name, Status: result.Status, Step: result.Steps, PSNR: result.PSNR, SSIM: result.SSIM,
		Seconds: result.Seconds, Bytes: t.last.Bytes, StoppedEarly: result.StoppedEarly,
	})
	return result, nil
}

func (t *Trainer) loop(ctx context.Context) (Result, error) {
	stopped := false
	for t.step < t.run.Steps && ctx.Err() == nil && !stopped {
		if err := t.advance(ctx, t.nextStop()); err != nil {
			return t.result("failed", stopped), err
		}
		if t.last.Step == t.step || t.step == 0 {
			break // cancelled before a step was taken
		}
		if t.step%t.run.Train.EvalEvery == 0 || t.step == t.run.Steps {
			if err := t.evaluate(); err != nil {
				return t.result("failed", stopped), err
			}
			stopped = t.judge()
		}
		if n := t.growth.due(t.step, t.engine.splats); n > 0 && !stopped && t.step < t.run.Steps && ctx.Err() == nil {
			if err := t.densify(n); err != nil {
				return t.result("failed", stopped), err
			}
		}
	}
	if t.last.Step != t.step {
		if err := t.evaluate(); err != nil {
			return t.result("failed", stopped), err
		}
	}
	if ctx.Err() != nil && t.step < t.run.Steps && !stopped {
		return t.result("interrupted", false), nil
	}
	return t.result("done", stopped), nil
}

func (t *Trainer) result(status string, stopped bool) Result {
	return Result{
		Status: status, Steps: t.step, Splats: t.last.Splats, PSNR: t.last.PSNR, SSIM: t.last.SSIM,
		Seconds: time.Since(t.started).Seconds(), TrainSeconds: t.training.Seconds(),
		StoppedEarly: stopped, Plan: t.layout,
	}
}

// nextStop is the step after which the loop has something else to do.
func (t *Trainer) nextStop() int {
	next := min((t.step/t.run.Train.EvalEvery+1)*t.run.Train.EvalEvery, t.run.Steps)
	if at := t.growth.next(t.step, t.engine.splats); at > t.step {
		next = min(next, at)
	}
	return next
}

// advance takes steps up to and including `end`, two in flight. A step whose pair lists overflowed changed nothing on the device,
// and so did the one behind it: the lists get more room and both are taken again.
func (t *Trainer) advance(ctx context.Context, end int) error {
	began := time.Now()
	defer func() { t.training += time.Since(began) }()
	for t.step < end {
		if t.flying < 2 && t.step+t.flying < end && ctx.Err() == nil {
			next := t.step + t.flying + 1
			if err := t.engine.submit(t.slot(next), t.numbers(next)); err != nil {
				if err := t.land(); err != nil {
					return err
				}
				if err := t.fall(err); err != nil {
					return err
				}
				continue
			}
			t.scales[next%2] = t.scaler.scale
			t.flying++
			continue
		}
		if t.flying == 0 {
			return nil
		}
		report, err := t.slot(t.step + 1).collect()
		if err != nil {
			return err
		}
		t.flying--
		if needed := int(report.Pairs); needed > t.engine.plan.Pairs {
			if t.flying > 0 { // the one behind overflowed alike
				if _, err := t.slot(t.step + 2).collect(); err != nil {
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
	if err := t.engine.lengthen(needed); err != nil {
		return err
	}
	if bytes := t.engine.plan.Bytes(); bytes > t.layout.Bytes() {
		t.sink(event.Warned{Text: fmt.Sprintf("splats crowd in a row of tiles: the lists grew beyond the plan, to %s in all", memory.Size(bytes))})
	}
	t.layout = t.engine.plan
	return nil
}

// land waits for the steps in flight and counts them.
func (t *Trainer) land() error {
	for ; t.flying > 0; t.flying-- {
		report, err := t.slot(t.step + 1).collect()
		if err != nil {
			return err
		}
		if int(report.Pairs) > t.engine.plan.Pairs {
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
		t.fresh++ // Adam did not see this step
		scale, ok := t.scaler.overflowed(t.scales[t.step%2])
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

// slot alternates, so that the numbers of a step in flight are never overwritten.
func (t *Trainer) slot(step int) *slot { return t.engine.slots[step%2] }

// numbers fills the step buffer.
func (t *Trainer) numbers(step int) shaders.Step {
	lr, loss := t.run.Train.LR, t.run.Loss
	samples, scale := t.samples(), t.scaler.scale
	age := float64(step - t.fresh)
	numbers := shaders.Step{
		L1: float32(loss.L1 * scale / samples), L2: float32(2 * loss.L2 * scale / samples), SSIM: float32(loss.SSIM * scale / samples),
		Unscale: float32(1 / scale),
		RateXY:  float32(lr.XY * t.rate), RateScale: float32(lr.Scale * t.rate), RateRot: float32(lr.Rot * t.rate), RateFeat: float32(lr.Feat * t.rate),
		Beta1: beta1, Beta2: beta2, Epsilon: epsilon,
		Correction1: float32(1 / (1 - math.Pow(beta1, age))), Correction2: float32(1 / (1 - math.Pow(beta2, age))),
	}
	if t.spoil != nil {
		t.spoil(step, &numbers)
	}
	return numbers
}

// tell emits Stepped at most ten times a second.
func (t *Trainer) tell() {
	now := time.Now()
	if now.Sub(t.told) < 100*time.Millisecond {
		return
	}
	t.told = now
	elapsed := now.Sub(t.started).Seconds()
	speed := float64(t.step) / elapsed
	t.sink(event.Stepped{
		Step: t.step, Steps: t.run.Steps, Splats: t.engine.splats, StepsPerSec: speed,
		DeviceBytes: t.dev.Usage().Now, ETA: float64(t.run.Steps-t.step) / speed,
	})
}
