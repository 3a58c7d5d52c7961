package selfcheck

import (
	"context"
	"slices"
	"time"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/optim"
	"igs/optim/engine"
	"igs/vk"
)

// BenchReport holds the times and the memory of training steps.
type BenchReport struct {
	Kernels     []KernelTime // in the order of a step; empty if the device was not opened for profiling
	Steps       int
	StepsPerSec float64 // by wall time
	PSNR        float64 // after all steps, dB
	Pairs       int     // number of splat-tile pairs of the fullest band
	Memory      vk.Usage
}

// KernelTime is the time of one kernel in a step.
type KernelTime struct {
	Name         string
	Dispatches   int     // per step
	Milliseconds float64 // per step, median over the profiled steps
}

const warmSteps, profiledSteps = 3, 7

// Work is the training to measure.
type Work struct {
	Target *imageio.Samples
	Run    configs.Run
	Steps  int
	Tuning engine.Tuning
}

// atEveryPixel returns the run with steps that look at every pixel, unless its settings have a stride. Benchmarks of
// pictures of different sizes can then be compared.
func atEveryPixel(run configs.Run) configs.Run {
	if run.Train.Strides == configs.StridesAuto {
		run.Train.Strides = "1"
	}
	return run
}

// Bench measures the time of training steps with all splats from the first step on. If the device was opened for
// profiling, it also measures the kernels of a few more steps. It calls clock directly before and directly after the
// timed steps, for measurements of the caller.
func Bench(dev *vk.Device, work Work, clock func()) (BenchReport, error) {
	run, steps := atEveryPixel(work.Run), work.Steps
	run.Progressive.Enabled, run.Train.EarlyStop = false, false
	run.Steps = max(run.Steps, warmSteps+steps+profiledSteps) // the rates must not fall to 0 before the last of these steps
	t, err := optim.NewFrom(dev, work.Target, run, optim.Start{Tuning: &work.Tuning}, func(event.Event) {})
	if err != nil {
		return BenchReport{}, err
	}
	defer t.Close()
	ctx := context.Background()
	if err := t.Advance(ctx, warmSteps); err != nil {
		return BenchReport{}, err
	}
	clock()
	began := time.Now()
	if err := t.Advance(ctx, warmSteps+steps); err != nil {
		return BenchReport{}, err
	}
	elapsed := time.Since(began)
	clock()
	report := BenchReport{Steps: steps, StepsPerSec: float64(steps) / elapsed.Seconds(), Pairs: t.Pairs()}
	var rounds [][]vk.Timing
	for range profiledSteps {
		if err := t.Advance(ctx, t.Steps()+1); err != nil {
			return BenchReport{}, err
		}
		if times := t.Timings(); len(times) > 0 {
			rounds = append(rounds, times)
		}
	}
	report.Kernels = byKernel(rounds)
	scores, err := t.Evaluate()
	if err != nil {
		return BenchReport{}, err
	}
	report.PSNR, report.Memory = scores.PSNR, dev.Usage()
	return report, nil
}

// byKernel adds up the dispatches of each kernel in a step and computes the median over the steps.
func byKernel(rounds [][]vk.Timing) []KernelTime {
	var kernels []KernelTime
	at := map[string]int{}
	sums := map[string][]float64{}
	for round, times := range rounds {
		for _, t := range times {
			i, known := at[t.Kernel]
			if !known {
				i = len(kernels)
				at[t.Kernel] = i
				kernels = append(kernels, KernelTime{Name: t.Kernel})
			}
			if len(sums[t.Kernel]) <= round {
				sums[t.Kernel] = append(sums[t.Kernel], 0)
			}
			sums[t.Kernel][round] += t.Nanoseconds / 1e6
			if round == 0 {
				kernels[i].Dispatches++
			}
		}
	}
	for i := range kernels {
		s := sums[kernels[i].Name]
		slices.Sort(s)
		kernels[i].Milliseconds = s[len(s)/2]
	}
	return kernels
}
