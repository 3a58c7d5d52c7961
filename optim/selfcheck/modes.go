package selfcheck

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/memory"
	"igs/optim"
	"igs/optim/engine"
	"igs/vk"
)

// ModeReport compares one way to train with the others.
type ModeReport struct {
	Plan         memory.Plan
	Peak         int64     // device bytes, measured; Plan.Bytes() is what was planned
	Milliseconds []float64 // of each step, wall
	Ratio        float64   // median over the steps of this mode's time to that of the first float16 mode
	Loss         []float64 // after each step: mean |C-T| and 1-SSIM with the weights of the run
	Apart        float64   // greatest difference of a sample of the picture from the first mode's, both drawn from the same splats
}

// Modes trains the same picture in every mode, a step of each in turn so that a noisy machine treats them alike: float32 stored,
// float16 stored, recompute, and with the target streamed.
func Modes(dev *vk.Device, work Work, progress func(done int)) ([]ModeReport, error) {
	run, steps := work.Run, work.Steps
	run.Progressive.Enabled, run.Train.EarlyStop, run.Memory = false, false, configs.Memory{Budget: math.MaxInt64}
	run.Steps = max(run.Steps, steps+1)
	b := &modes{dev: dev, target: work.Target, tuning: work.Tuning, run: run}
	defer b.close()
	for _, open := range []func() (*optim.Trainer, error){b.trainer(false, 0), b.trainer(true, 0), b.trainer(true, b.rung(false)), b.trainer(true, b.rung(true))} {
		if err := b.weigh(open); err != nil {
			return nil, err
		}
	}
	for step := 1; step <= steps; step++ {
		for i := range b.trainers {
			if step%2 == 0 { // there and back, so that none always follows the same one
				i = len(b.trainers) - 1 - i
			}
			if err := b.step(i); err != nil {
				return nil, err
			}
		}
		progress(step)
	}
	if err := b.compare(); err != nil {
		return nil, err
	}
	for i := range b.reports {
		b.reports[i].Ratio = medianRatio(b.reports[i].Milliseconds, b.reports[1].Milliseconds)
	}
	return b.reports, nil
}

type modes struct {
	dev      *vk.Device
	target   *imageio.Samples
	tuning   engine.Tuning
	run      configs.Run
	trainers []*optim.Trainer
	reports  []ModeReport
}

func (b *modes) close() {
	for _, t := range b.trainers {
		t.Close()
	}
}

// rung is the first of the ladder that recomputes, with a streamed target or without.
func (b *modes) rung(streamed bool) int {
	run := b.run
	run.Memory.UseAMP = true
	_, rungs, _ := optim.PlanFor(engine.Platform{Info: b.dev.Info(), Tuning: b.tuning}, b.target.W, b.target.H, b.target.C, b.target.Depth, run)
	for _, p := range rungs {
		if p.Mode == memory.Recompute && p.Streamed == streamed {
			return p.Rung
		}
	}
	return 0
}

func (b *modes) trainer(amp bool, rung int) func() (*optim.Trainer, error) {
	return func() (*optim.Trainer, error) {
		run := b.run
		run.Memory.UseAMP = amp
		return optim.NewFrom(b.dev, b.target, run, optim.Start{Rung: rung, Tuning: &b.tuning}, func(event.Event) {})
	}
}

// weigh opens a mode. The others are open too, so what they hold is taken off the peak.
func (b *modes) weigh(open func() (*optim.Trainer, error)) error {
	b.dev.ResetPeak()
	before := b.dev.Usage()
	t, err := open()
	if err != nil {
		return err
	}
	b.trainers = append(b.trainers, t)
	if err := t.Advance(context.Background(), 1); err != nil {
		return err
	}
	var staging int64 // counted in every plan, held once
	for _, g := range before.Groups {
		if g.Group == "staging" {
			staging = g.Now
		}
	}
	b.reports = append(b.reports, ModeReport{Plan: t.Layout(), Peak: b.dev.Usage().Peak - before.Now + staging})
	return nil
}

func (b *modes) step(i int) error {
	t := b.trainers[i]
	began := time.Now()
	if err := t.Advance(context.Background(), t.Steps()+1); err != nil {
		return fmt.Errorf("%s: %w", t.Layout(), err)
	}
	r := &b.reports[i]
	r.Milliseconds = append(r.Milliseconds, time.Since(began).Seconds()*1000)
	l1, l2, ssim := t.Losses()
	r.Loss = append(r.Loss, l1+l2+ssim)
	return nil
}

// compare draws the splats of the first mode in all of them.
func (b *modes) compare() error {
	kept, err := b.trainers[0].Learned()
	if err != nil {
		return err
	}
	first := imageio.New(b.target.W, b.target.H, b.target.C)
	for i, t := range b.trainers {
		if err := t.Adopt(kept); err != nil {
			return err
		}
		err := t.Rows().Each(func(y int, row [][]float32) error {
			for c, line := range row {
				same := first.Plane(c)[y*first.W : (y+1)*first.W]
				if i == 0 {
					copy(same, line)
				}
				for x, v := range line {
					b.reports[i].Apart = max(b.reports[i].Apart, math.Abs(float64(v-same[x])))
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func medianRatio(a, b []float64) float64 {
	ratios := make([]float64, len(a))
	for i := range a {
		ratios[i] = a[i] / b[i]
	}
	return Median(ratios)
}

// Median is the middle of the values, the mean of the two in the middle if their number is even, and NaN of none.
func Median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}
