package selfcheck

import (
	"context"
	"errors"
	"slices"
	"time"

	"igs/event"
	"igs/optim"
	"igs/optim/engine"
	"igs/splat"
	"igs/vk"
)

// Trial is one tuning that was measured.
type Trial struct {
	Knob, Value  string  // the difference from the best tuning so far; "" for the first trial
	Milliseconds float64 // of a step
	Best         bool    // the best tuning so far
	Err          error   // not nil if the device cannot run this tuning
}

// TuneReport is the result of Tune.
type TuneReport struct {
	Best                engine.Tuning
	First, Milliseconds float64 // time of a step with the first and with the best tuning
	Trials              int
	Timestamps          bool // the times are from timestamps of the device; otherwise they are wall times
}

// better is the factor by which another tuning must reduce the time. A smaller difference is noise.
const better = 0.98

// Tune searches the best tuning for the work. It tries all values of one knob after the other, starting from the best
// tuning so far, in at most two rounds. It calls tell with each trial. If the device was opened for profiling, it
// compares the times of the kernels, else wall times. The best tuning must pass the self-check.
func Tune(ctx context.Context, dev *vk.Device, work Work, tell func(Trial)) (TuneReport, error) {
	work.Run = atEveryPixel(work.Run)
	work.Run.Progressive.Enabled, work.Run.Train.EarlyStop = false, false
	t := &tuner{ctx: ctx, dev: dev, work: work, known: map[string]float64{}, tell: tell}
	if err := t.begin(); err != nil {
		return TuneReport{}, err
	}
	for range 2 {
		before := t.best
		for _, k := range engine.Knobs {
			if k.Windows && work.Run.Loss.SSIM == 0 {
				continue
			}
			if err := t.tryKnob(k); err != nil {
				return TuneReport{}, err
			}
		}
		if t.best == before {
			break
		}
	}
	for _, half := range []bool{false, true} {
		if _, err := Check(dev, t.best, half, work.Run.Train.Optimizer == "frame"); err != nil {
			return TuneReport{}, err
		}
	}
	return TuneReport{t.best, t.first, t.least, len(t.known), t.timed}, nil
}

type tuner struct {
	ctx          context.Context
	dev          *vk.Device
	work         Work
	splats       *splat.Splats // the first splats of all trials
	best         engine.Tuning
	first, least float64 // ms
	known        map[string]float64
	timed        bool // the times are from timestamps
	tell         func(Trial)
}

// begin measures the tuning of the work.
func (t *tuner) begin() (err error) {
	t.best = t.work.Tuning
	if t.least, err = t.measure(t.best); err != nil {
		return err
	}
	t.first = t.least
	t.known[t.best.String()] = t.least
	t.tell(Trial{Milliseconds: t.least, Best: true})
	return nil
}

// tryKnob measures all values of a knob.
func (t *tuner) tryKnob(k engine.Knob) error {
	from := t.best
	for _, value := range k.Values {
		other, err := k.Try(from, value)
		if err != nil {
			return err
		}
		name := other.String()
		if _, tried := t.known[name]; tried || other.Fits(t.dev.Info()) != nil {
			continue
		}
		ms, err := t.measure(other)
		var lost *vk.DeviceLostError
		if errors.As(err, &lost) || t.ctx.Err() != nil {
			return errors.Join(err, t.ctx.Err())
		}
		if t.known[name] = ms; err == nil && ms < better*t.least {
			if ms, err = t.confirm(other, ms); err != nil {
				return err
			}
		}
		won := err == nil && ms < better*t.least
		if won {
			t.best, t.least = other, ms
		}
		t.tell(Trial{k.Name, value, ms, won, err})
	}
	return nil
}

// confirm measures a better tuning and the best one a second time, because other load may have disturbed the first
// measurement.
func (t *tuner) confirm(other engine.Tuning, ms float64) (float64, error) {
	best, err := t.measure(t.best)
	if err != nil {
		return 0, err
	}
	t.least = min(t.least, best)
	second, err := t.measure(other)
	return max(ms, second), err // it must be better in both measurements
}

const tuneWarm = 2

// measure returns the median time of a step, ms.
func (t *tuner) measure(tuning engine.Tuning) (float64, error) {
	run := t.work.Run
	run.Steps = max(run.Steps, tuneWarm+t.work.Steps)
	trainer, err := optim.NewFrom(t.dev, t.work.Target, run, optim.Start{Splats: t.splats, Tuning: &tuning}, func(event.Event) {})
	if err != nil {
		return 0, err
	}
	defer trainer.Close()
	if t.splats == nil {
		if t.splats, err = trainer.Splats(); err != nil {
			return 0, err
		}
	}
	if err := trainer.Advance(t.ctx, tuneWarm); err != nil {
		return 0, err
	}
	var times []float64
	for range t.work.Steps {
		began := time.Now()
		if err := trainer.Advance(t.ctx, trainer.Steps()+1); err != nil {
			return 0, err
		}
		ms := time.Since(began).Seconds() * 1000
		if timings := trainer.Timings(); len(timings) > 0 {
			ms, t.timed = 0, true
			for _, one := range timings {
				ms += one.Nanoseconds / 1e6
			}
		}
		times = append(times, ms)
	}
	slices.Sort(times)
	return times[len(times)/2], t.ctx.Err()
}
