package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"igs/configs"
	"igs/imageio"
	"igs/optim/selfcheck"
	"igs/runlog"
	"igs/vk"
)

// tried is one tuning in --json.
type tried struct {
	Knob         string  `json:"knob"` // "" = where it begins
	Value        string  `json:"value"`
	Milliseconds float64 `json:"ms_per_step"`
	Best         bool    `json:"best"` // so far
	Error        string  `json:"error,omitempty"`
}

func (tried) Name() string { return "tried" }

// tuned is the result in --json.
type tuned struct {
	Device     string  `json:"device"`
	Driver     string  `json:"driver"`
	W          int     `json:"width"`
	H          int     `json:"height"`
	C          int     `json:"channels"`
	Tuning     string  `json:"tuning"`
	Before     float64 `json:"ms_per_step_before"`
	After      float64 `json:"ms_per_step"`
	Trials     int     `json:"trials"`
	Timestamps bool    `json:"timestamps"` // else wall time
	Kept       bool    `json:"kept"`
}

func (tuned) Name() string { return "tuned" }

// tuneSteps are timed of each tuning, unless --steps says how many.
const tuneSteps = 5

// benchTune looks for the tuning that trains the picture fastest, and keeps it for the runs to come.
func (p *program) benchTune(ctx *cli.Context, target *imageio.Samples, run configs.Run) error {
	live, stop := listen(p.console)
	defer stop()
	dev, err := p.openDevice(ctx, vk.Options{Profile: true})
	if err != nil {
		return err
	}
	defer p.close(dev, 0)
	samples := target.Pixels() * target.C
	work, err := p.work(dev, target, run)
	if err != nil {
		return err
	}
	if !ctx.IsSet("steps") {
		work.Steps = tuneSteps
	}
	report, err := selfcheck.Tune(live, dev, work, p.tellTrial)
	if p.console.live {
		fmt.Fprint(p.console.err, "\r\x1b[K")
	}
	if ended := interruption(live, "nothing was kept"); ended != nil {
		return ended
	}
	if err != nil {
		return err
	}
	info := dev.Info()
	known, err := readTunings(info)
	if err != nil {
		p.console.debug("%v", err) // it is written anew
	}
	best := found{Samples: samples, Windows: run.Loss.SSIM != 0, Tuning: report.Best.String(), Before: report.First, After: report.Milliseconds}
	if err = known.keep(info, best); err != nil {
		p.console.warn("the tuning is not kept (%v); %s=%s sets it by hand", err, tuneVariable, best.Tuning)
	}
	p.console.tell(tuned{Device: info.Name, Driver: info.Driver, W: target.W, H: target.H, C: target.C, Tuning: best.Tuning, Before: best.Before, After: best.After,
		Trials: report.Trials, Timestamps: report.Timestamps, Kept: err == nil})
	clock := "wall"
	if report.Timestamps {
		clock = "by timestamps"
	}
	p.console.say("%s, %s\n%d × %d px, %d channels, %d splats: %.2f ms a step %s before, %.2f after %d trials\n%s", runlog.Plain(info.Name), runlog.Plain(info.Driver),
		target.W, target.H, target.C, run.Gaussians, best.Before, clock, best.After, report.Trials, best.Tuning)
	return nil
}

// tellTrial is the progress: a line that is written over, or one a trial.
func (p *program) tellTrial(t selfcheck.Trial) {
	one := tried{Knob: t.Knob, Value: t.Value, Milliseconds: t.Milliseconds, Best: t.Best}
	what, result := "as it is", fmt.Sprintf("%.2f ms a step", t.Milliseconds)
	if t.Knob != "" {
		what = t.Knob + "=" + t.Value
		if t.Best {
			result += ", the best so far"
		}
	}
	if t.Err != nil {
		one.Error, _, _ = strings.Cut(t.Err.Error(), "\n")
		result = "this device cannot: " + one.Error
	}
	p.console.tell(one)
	line := runlog.Plain("tuning, " + what + ": " + result)
	switch {
	case p.console.live:
		fmt.Fprint(p.console.err, "\r\x1b[K", line)
	case p.console.lines:
		fmt.Fprintln(p.console.err, "igs:", line)
	}
	p.console.debug("%s", line)
}
