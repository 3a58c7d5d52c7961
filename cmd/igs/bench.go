package main

import (
	"strconv"
	"strings"
	"time"

	"igs/configs"
	"igs/imageio"
	"igs/internal/command"
	"igs/internal/fault"
	"igs/internal/limits"
	"igs/internal/process"
	"igs/internal/signals"
	"igs/optim/selfcheck"
	"igs/printer"
	"igs/session"
	"igs/vk"
)

func (p *program) benchCommand() *command.Command {
	return &command.Command{
		Name: "bench", Args: "[IMAGE]", Usage: "measure the speed of training, in all and by kernel",
		Flags: []command.Flag{
			{Name: "size", Default: "768x512", Usage: "use the built-in picture in the size `WxH` px"},
			{Name: "gaussians", Short: "n", Default: "5000", Usage: "train `N` splats, all of them from the start"},
			{Name: "steps", Short: "s", Default: "20", Usage: "measure `N` steps"},
			{Name: "recipe", Default: "igs", Usage: "train by `RECIPE`: igs, balanced or paper", Words: configs.Choices("recipe")},
			{Name: "amp", Kind: command.Switch, Default: "true", Usage: "keep pictures in float16; --amp=false keeps float32"},
			{Name: "recompute", Kind: command.Switch, Default: "false", Usage: "keep a band of rows on the device instead of the whole picture"},
			{Name: "memory-budget", Default: "auto", Usage: "use at most `SIZE` of device memory"},
			{Name: "modes", Kind: command.Bool, Usage: "compare the ways to train: float32, float16, recompute, streamed target"},
			{Name: "tune", Kind: command.Bool, Usage: "find the fastest kernel settings for this device, and keep them for later runs"},
		},
		Run: p.bench, Paths: command.Files, Meant: []string{"benchmark", "tune", "profile", "speed"},
		Description: "igs measures the whole step first. It then measures each kernel with timestamps, which make the kernels run one\n" +
			"after the other. CPU time is that of the whole process; on a CPU device this is the cost of a step.\n\n" +
			"A tuning is a set of kernel settings. The tuning that --tune finds is used for pictures of about the same size.\n" +
			"IGS_TUNE=pixels=4,lanes=32 sets another one, and IGS_TUNE=default the default of igs. A tuning changes results\n" +
			"by rounding only.",
	}
}

func (p *program) bench(line *command.Line) error {
	job := configs.Default()
	err := configs.Gather(job.Set("sweep.gaussians", line.String("gaussians"), "--gaussians"), job.Set("sweep.steps", line.String("steps"), "--steps"),
		job.Set("memory.use_amp", line.String("amp"), "--amp"), job.Set("memory.use_gradient_checkpointing", line.String("recompute"), "--recompute"),
		job.Set("memory.budget", line.String("memory-budget"), "--memory-budget"), job.Set("recipe", line.String("recipe"), "--recipe"))
	if err == nil {
		err = job.FillRecipe()
	}
	if err != nil {
		return err
	}
	target, err := p.benchTarget(line)
	if err != nil {
		return err
	}
	run := configs.Run{Name: "bench", Gaussians: job.Sweep.Gaussians[0], Steps: job.Sweep.Steps[0], Settings: job.Settings}
	if run.Gaussians > target.W*target.H {
		return fault.New(fault.BadInput, "give fewer with --gaussians", "%d splats are more than the %d pixels of the picture", run.Gaussians, target.W*target.H)
	}
	switch {
	case line.Bool("modes") && line.Bool("tune"):
		return fault.New(fault.BadInput, "give only one of the two", "--modes and --tune are two different benchmarks")
	case line.Bool("modes"):
		return p.benchModes(line, target, run)
	case line.Bool("tune"):
		return p.benchTune(line, target, run)
	}
	report, timing, err := p.timeSteps(line, target, run)
	if err != nil {
		return err
	}
	kernels, err := p.timeKernels(line, target, run)
	if err != nil {
		return err
	}
	p.console.Bench(timing, report.Memory, kernels)
	return nil
}

// benchTarget is the picture in the arguments, or the built-in one.
func (p *program) benchTarget(line *command.Line) (*imageio.Samples, error) {
	args := line.Args
	if len(args) > 1 {
		return nil, fault.New(fault.BadInput, "usage: igs bench [IMAGE]", "%s is one argument too many", args[1])
	}
	if len(args) == 1 {
		if line.IsSet("size") {
			return nil, fault.New(fault.BadInput, "leave out one of the two", "--size is for the built-in picture, and %s has a size of its own", args[0])
		}
		m, err := imageio.ReadSamples(args[0])
		if err == nil {
			p.notes(args[0], m.Notes)
		}
		return m, err
	}
	w, h, ok := sizeOf(line.String("size"))
	if !ok {
		return nil, fault.New(fault.BadInput, "write width and height, for example --size 1920x1080", "--size %s is not a size", line.String("size"))
	}
	return selfcheck.Picture(w, h), nil
}

// sizeOf reads a size such as 1920x1080, px.
func sizeOf(text string) (w, h int, ok bool) {
	width, height, _ := strings.Cut(strings.ToLower(text), "x")
	w, errW := strconv.Atoi(width)
	h, errH := strconv.Atoi(height)
	return w, h, errW == nil && errH == nil && w >= 1 && h >= 1 && w <= limits.Side && h <= limits.Side
}

// work is a run to be measured, with the tuning that training would use.
func (p *program) work(dev *vk.Device, target *imageio.Samples, run configs.Run) (selfcheck.Work, error) {
	on, err := p.tunings.Platform(dev.Info(), target.Pixels()*target.C, run.Loss.SSIM != 0)
	return selfcheck.Work{Target: target, Run: run, Steps: run.Steps, Tuning: on.Tuning}, err
}

// timeSteps measures whole steps. It takes no timestamps, because these keep kernels from running at the same time.
func (p *program) timeSteps(line *command.Line, target *imageio.Samples, run configs.Run) (selfcheck.BenchReport, printer.Timing, error) {
	dev, err := p.openDevice(line, vk.Options{})
	if err != nil {
		return selfcheck.BenchReport{}, printer.Timing{}, err
	}
	defer p.close(dev)
	var cpu []time.Duration
	work, err := p.work(dev, target, run)
	if err != nil {
		return selfcheck.BenchReport{}, printer.Timing{}, err
	}
	report, err := selfcheck.Bench(dev, work, func() { cpu = append(cpu, process.CPUTime()) })
	if err != nil {
		return report, printer.Timing{}, err
	}
	t := printer.Timing{
		Device: dev.Info().Name, Driver: dev.Info().Driver, Commit: thisBuild().Commit, W: target.W, H: target.H, C: target.C, Splats: run.Gaussians,
		Steps: report.Steps, StepsPerSec: report.StepsPerSec, Wall: 1000 / report.StepsPerSec, Pairs: report.Pairs, PSNR: report.PSNR, Peak: report.Memory.Peak,
		Tuning: work.Tuning.String(),
	}
	if len(cpu) == 2 {
		t.CPU = (cpu[1] - cpu[0]).Seconds() * 1000 / float64(report.Steps)
	}
	return report, t, nil
}

// timeKernels measures each kernel by timestamps in a few more steps.
func (p *program) timeKernels(line *command.Line, target *imageio.Samples, run configs.Run) ([]selfcheck.KernelTime, error) {
	dev, err := p.openDevice(line, vk.Options{Profile: true})
	if err != nil {
		return nil, err
	}
	defer p.close(dev)
	if dev.Info().TimestampPeriod == 0 {
		p.console.Warn("%s has no timestamps, so the times of kernels are unknown", dev.Info().Name)
		return nil, nil
	}
	work, err := p.work(dev, target, run)
	if err != nil {
		return nil, err
	}
	work.Steps = 1
	report, err := selfcheck.Bench(dev, work, func() {})
	if err != nil {
		return nil, err
	}
	return report.Kernels, nil
}

// benchModes compares the ways to train, one step of each in turn.
func (p *program) benchModes(line *command.Line, target *imageio.Samples, run configs.Run) error {
	dev, err := p.openDevice(line, vk.Options{})
	if err != nil {
		return err
	}
	defer p.close(dev)
	work, err := p.work(dev, target, run)
	if err != nil {
		return err
	}
	reports, err := selfcheck.Modes(dev, work, func(done int) { p.console.Debug("%d of %d steps in each mode", done, run.Steps) })
	if err != nil {
		return err
	}
	p.console.Modes([2]string{dev.Info().Name, dev.Info().Driver}, work, reports)
	return nil
}

// tuneSteps is how many steps are measured with each tuning, unless --steps is given.
const tuneSteps = 5

// benchTune finds the tuning that trains the picture fastest and keeps it for later runs.
func (p *program) benchTune(line *command.Line, target *imageio.Samples, run configs.Run) error {
	live, stop := signals.Listen(p.console, signals.Options{Text: finishing})
	defer stop()
	dev, err := p.openDevice(line, vk.Options{Profile: true})
	if err != nil {
		return err
	}
	defer p.close(dev)
	work, err := p.work(dev, target, run)
	if err != nil {
		return err
	}
	if !line.IsSet("steps") {
		work.Steps = tuneSteps
	}
	report, err := selfcheck.Tune(live, dev, work, p.console.Trial)
	p.console.ClearLine()
	if ended := signals.Interruption(live, "no tuning was kept"); ended != nil {
		return ended
	}
	if err != nil {
		return err
	}
	info := dev.Info()
	best := session.FoundTuning{Samples: target.Pixels() * target.C, Windows: run.Loss.SSIM != 0, Tuning: report.Best.String(), Before: report.First, After: report.Milliseconds}
	if err = p.tunings.Keep(info, best); err != nil {
		p.console.Warn("the tuning is not kept (%v); %s=%s sets it by hand", err, tuneVariable, best.Tuning)
	}
	p.console.Tuned(printer.Tuned{Device: info.Name, Driver: info.Driver, W: target.W, H: target.H, C: target.C, Tuning: best.Tuning, Before: best.Before, After: best.After,
		Trials: report.Trials, Timestamps: report.Timestamps, Kept: err == nil}, run.Gaussians)
	return nil
}
