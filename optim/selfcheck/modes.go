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

// ModeReport compares one plan with the others.
type ModeReport struct {
	Plan         memory.Plan
	Peak         int64     // measured maximum of device memory, bytes; Plan.Bytes() is the planned one
	Milliseconds []float64 // wall time of each step
	Ratio        float64   // median over the steps of the time relative to the first float16 mode
	Loss         []float64 // weighted loss of each step
	Apart        float64   // maximum difference of a sample from the first mode, with the same splats
}

// Modes trains the same picture in four modes: float32 stored, float16 stored, banded, and banded with a streamed
// target. It takes one step of each mode in turn, so that other load on the machine affects all modes alike.
func Modes(dev *vk.Device, work Work, progress func(done int)) ([]ModeReport, error) {
	run, steps := work.Run, work.Steps
	run.Train.Strides = "1" // strided steps always stream the target
	run.Progressive.Enabled, run.Train.EarlyStop, run.Memory = false, false, configs.Memory{Budget: math.MaxInt64}
	run.Steps = max(run.Steps, steps+1)
	b := &modes{dev: dev, target: work.Target, tuning: work.Tuning, run: run}
	defer b.close()
	for _, newTrainer := range []func() (*optim.Trainer, error){b.trainer(false, 0), b.trainer(true, 0), b.trainer(true, b.rung(false)), b.trainer(true, b.rung(true))} {
		if err := b.open(newTrainer); err != nil {
			return nil, err
		}
	}
	for step := 1; step <= steps; step++ {
		for i := range b.trainers {
			if step%2 == 0 { // alternates the direction, so that no mode always follows the same one
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

// rung returns the first banded rung of the ladder, with or without a streamed target.
func (b *modes) rung(streamed bool) int {
	run := b.run
	run.Memory.UseAMP = true
	_, rungs, _ := optim.PlanFor(engine.Platform{Info: b.dev.Info(), Tuning: b.tuning}, b.target.W, b.target.H, b.target.C, b.target.Depth, run)
	for _, p := range rungs {
		if p.Mode == memory.Banded && p.Streamed == streamed {
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

// open opens a mode and takes one step. The memory of the modes that are open already is subtracted from the peak.
func (b *modes) open(newTrainer func() (*optim.Trainer, error)) error {
	b.dev.ResetPeak()
	before := b.dev.Usage()
	t, err := newTrainer()
	if err != nil {
		return err
	}
	b.trainers = append(b.trainers, t)
	if err := t.Advance(context.Background(), 1); err != nil {
		return err
	}
	var staging int64 // every plan counts this buffer, but all modes share it
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
	r.Loss = append(r.Loss, t.Losses().Sum())
	return nil
}

// compare renders the splats of the first mode in all modes.
func (b *modes) compare() error {
	kept, err := b.trainers[0].Snapshot()
	if err != nil {
		return err
	}
	first := imageio.New(b.target.W, b.target.H, b.target.C)
	for i, t := range b.trainers {
		if err := t.Restore(kept); err != nil {
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

// Median returns the median of the values: the mean of the two middle values if their number is even, and NaN if there
// are none.
func Median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}
