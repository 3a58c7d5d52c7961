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

// Trial is one tuning that was tried.
type Trial struct {
	Knob, Value  string // what differs from the best so far; "" of the first
	Milliseconds float64
	Best         bool  // so far
	Err          error // the device cannot run it
}

// TuneReport is what trying gave.
type TuneReport struct {
	Best                engine.Tuning
	First, Milliseconds float64 // of a step: as the work was given, and with the best
	Trials              int
	Timestamps          bool // else wall time
}

// better is the share of the time below which another tuning must be: less is noise.
const better = 0.98

// Tune tries the values of each knob on the work, one knob after the other from the best so far, until a round changes nothing. tell hears of each trial.
// On a device opened to profile the times of the kernels count, else the wall. The best is held against the reference before it is returned.
func Tune(ctx context.Context, dev *vk.Device, work Work, tell func(Trial)) (TuneReport, error) {
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
			if err := t.turn(k); err != nil {
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
	splats       *splat.Splats // seeded once
	best         engine.Tuning
	first, least float64 // ms
	known        map[string]float64
	timed        bool // by timestamps
	tell         func(Trial)
}

// begin measures the tuning that is there.
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

// turn tries the values of a knob.
func (t *tuner) turn(k engine.Knob) error {
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
			if ms, err = t.again(other, ms); err != nil {
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

// again measures what seems better and the best once more, as something else may have had the machine meanwhile.
func (t *tuner) again(other engine.Tuning, ms float64) (float64, error) {
	best, err := t.measure(t.best)
	if err != nil {
		return 0, err
	}
	t.least = min(t.least, best)
	second, err := t.measure(other)
	return max(ms, second), err // what is better must be so twice
}

const tuneWarm = 2

// measure is the median of the times of some steps, ms.
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
