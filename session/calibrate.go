package session

import (
	"context"
	"fmt"
	"math"
	"time"

	"igs/event"
	"igs/imageio"
	"igs/optim"
	"igs/optim/selfcheck"
	"igs/vk"
)

// The time of a plan is measured on a small picture with as many splats a pixel as the run has.
const (
	calibratedSide    = 192  // px, at first
	calibratedStep    = 5e-3 // s; when a step takes less, the picture is enlarged until it is as large as that of the run
	calibrationBudget = 1.5  // s; after that, runs take the factor of the run before them
	calibratedSteps   = 4
)

// Time estimates the time of every run that fits, and sets Seconds. It trains a few steps on small pictures, which
// takes about two seconds.
func (p *Plan) Time(dev *vk.Device, tunings *Tunings) error {
	began := time.Now()
	host := hostSpeed(time.Now)
	for i := range p.Batches {
		if b := &p.Batches[i]; b.Err == nil {
			if err := b.time(dev, tunings); err != nil {
				return fmt.Errorf("%s: %w", b.Run.Name, err)
			}
		}
	}
	factors := map[float64]float64{} // of a step, by splats a sample
	latest := 0.
	for i := range p.Runs {
		run := &p.Runs[i]
		if run.Err != nil {
			continue
		}
		l := newWorkload(run.Run, run.Picture, dev.Info().Kind != vk.CPU)
		density := float64(l.run.Gaussians) / float64(samples(run.Picture))
		if _, known := factors[density]; !known && (latest == 0 || time.Since(began).Seconds() < calibrationBudget) {
			factor, err := l.calibrate(dev, tunings)
			if err != nil {
				return fmt.Errorf("%s: %w", run.Run.Name, err)
			}
			factors[density], latest = factor, factor
		}
		factor, known := factors[density]
		if !known {
			factor = latest
		}
		run.Seconds = l.whole(p.report).total(factor, host)
	}
	return nil
}

// total is the time of all parts, with a factor for the device and one for the host.
func (t partTimes) total(device, host float64) (sum float64) {
	for what, s := range t {
		if part(what).onDevice() {
			sum += s * device
		} else {
			sum += s * host
		}
	}
	return sum
}

// calibrate measures the time of a step as a factor on the reference.
func (l workload) calibrate(dev *vk.Device, tunings *Tunings) (float64, error) {
	for side := calibratedSide; ; side *= 2 {
		small := l.reduced(side)
		took, err := small.measureStep(dev, tunings)
		if err != nil {
			return 0, err
		}
		if took >= calibratedStep || small.Size == l.Size || small.W*small.H < side*side/2 {
			return took / small.step(float64(small.run.Gaussians)), nil
		}
	}
}

// reduced is the same work on a picture of about side × side px.
func (l workload) reduced(side int) workload {
	scale := math.Sqrt(float64(side) * float64(side) / (float64(l.W) * float64(l.H)))
	if scale >= 1 {
		return l
	}
	small := l
	small.W, small.H = max(1, int(scale*float64(l.W))), max(1, int(scale*float64(l.H)))
	small.run.Gaussians = max(1, int(float64(l.run.Gaussians)*float64(small.W*small.H)/(float64(l.W)*float64(l.H))))
	return small
}

// measureStep is the time of a step with all splats, s.
func (l workload) measureStep(dev *vk.Device, tunings *Tunings) (float64, error) {
	on, err := tunings.Platform(dev.Info(), int(samples(l.Size)), l.run.Loss.SSIM != 0)
	if err != nil {
		return 0, err
	}
	run := l.run
	run.Progressive.Enabled, run.Train.EarlyStop, run.Video.Enabled = false, false, false
	run.Steps = max(run.Steps, calibratedSteps+2)
	t, err := optim.NewFrom(dev, picture(l.Size), run, optim.Start{Tuning: &on.Tuning}, func(event.Event) {})
	if err != nil {
		return 0, err
	}
	defer t.Close()
	return stepTime(t)
}

// stepTime is the time of a step after the first two, s.
func stepTime(t interface {
	Advance(context.Context, int) error
}) (float64, error) {
	ctx := context.Background()
	if err := t.Advance(ctx, 2); err != nil {
		return 0, err
	}
	began := time.Now()
	err := t.Advance(ctx, 2+calibratedSteps)
	return time.Since(began).Seconds() / calibratedSteps, err
}

// picture is the built-in picture with the channels of a target.
func picture(size imageio.Size) *imageio.Samples {
	built := selfcheck.Picture(size.W, size.H)
	m := imageio.NewSamples(size.W, size.H, size.C, 8)
	for c := range m.C {
		for y := range m.H {
			copy(m.Row8(c, y), built.Row8(c%built.C, y))
		}
	}
	return m
}
