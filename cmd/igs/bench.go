package main

import (
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v2"

	"igs/configs"
	"igs/imageio"
	"igs/internal/fault"
	"igs/internal/limits"
	"igs/optim/selfcheck"
	"igs/runlog"
	"igs/vk"
)

func (p *program) benchCommand() *cli.Command {
	return &cli.Command{
		Name: "bench", ArgsUsage: "[IMAGE]", Usage: "time training on this machine, kernel by kernel",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "size", Value: "768x512", DefaultText: "768x512", Usage: "make the built-in picture `WxH` px"},
			&cli.StringFlag{Name: "gaussians", Aliases: []string{"n"}, Value: "5000", DefaultText: "5000", Usage: "train `N` splats, all in from the start"},
			&cli.StringFlag{Name: "steps", Aliases: []string{"s"}, Value: "20", DefaultText: "20", Usage: "time `N` steps"},
			&cli.StringFlag{Name: "recipe", Value: "igs", DefaultText: "igs", Usage: "train by `RECIPE`: igs, balanced or paper"},
			switchFlag{&cli.StringFlag{Name: "amp", Value: "true", DefaultText: "true", Usage: "keep pictures in float16; =false times float32"}},
			switchFlag{&cli.StringFlag{Name: "recompute", Value: "false", DefaultText: "false", Usage: "keep a ring of rows instead of all pixels"}},
			&cli.StringFlag{Name: "memory-budget", Value: "auto", DefaultText: "auto", Usage: "take at most `SIZE` of the device"},
			&cli.BoolFlag{Name: "modes", DisableDefaultText: true, Usage: "compare the ways to train instead: float32, float16, recompute, streamed target"},
			&cli.BoolFlag{Name: "tune", DisableDefaultText: true, Usage: "find the shapes of kernels that are fastest on this device, and keep them for runs to come"},
		},
		Action: p.bench,
		Description: "Steps are timed first without and then, for the kernels, with timestamps, which keep the kernels\n" +
			"apart. CPU time is that of the whole process, so on a CPU device it is the cost of a step. What --tune finds\n" +
			"is used by run and resume for pictures of about the same size; IGS_TUNE=pixels=4,lanes=32 sets a tuning by\n" +
			"hand, IGS_TUNE=default goes back to that of igs. Results do not depend on it beyond rounding.",
	}
}

// timing is the result in --json; kernels and buffer groups have objects of their own.
type timing struct {
	Device      string  `json:"device"`
	Driver      string  `json:"driver"`
	Commit      string  `json:"commit"`
	W           int     `json:"width"`
	H           int     `json:"height"`
	C           int     `json:"channels"`
	Splats      int     `json:"num_gaussians"`
	Steps       int     `json:"steps"`
	StepsPerSec float64 `json:"steps_per_second"`
	Wall        float64 `json:"wall_ms_per_step"`
	CPU         float64 `json:"cpu_ms_per_step"`
	Pairs       int     `json:"pairs"`
	PSNR        float64 `json:"psnr"`
	Peak        int64   `json:"device_peak_bytes"`
	Tuning      string  `json:"tuning"`
}

func (timing) Name() string { return "bench" }

type kernelTiming struct {
	Kernel       string  `json:"kernel"`
	Dispatches   int     `json:"dispatches"`
	Milliseconds float64 `json:"ms_per_step"`
	Share        float64 `json:"share"`
}

func (kernelTiming) Name() string { return "kernel" }

type groupMemory struct {
	Group string `json:"group"`
	Peak  int64  `json:"peak_bytes"`
}

func (groupMemory) Name() string { return "memory" }

func (p *program) bench(ctx *cli.Context) error {
	job := configs.Default()
	err := configs.Gather(job.Set("sweep.gaussians", ctx.String("gaussians"), "--gaussians"), job.Set("sweep.steps", ctx.String("steps"), "--steps"),
		job.Set("memory.use_amp", ctx.String("amp"), "--amp"), job.Set("memory.use_gradient_checkpointing", ctx.String("recompute"), "--recompute"),
		job.Set("memory.budget", ctx.String("memory-budget"), "--memory-budget"), job.Set("recipe", ctx.String("recipe"), "--recipe"))
	if err == nil {
		err = job.FillRecipe()
	}
	if err != nil {
		return err
	}
	target, err := p.benchTarget(ctx)
	if err != nil {
		return err
	}
	run := configs.Run{Name: "bench", Gaussians: job.Sweep.Gaussians[0], Steps: job.Sweep.Steps[0], Settings: job.Settings}
	if run.Gaussians > target.W*target.H {
		return fault.New(fault.BadInput, "ask for fewer with --gaussians", "%d splats are more than the %d pixels of the picture", run.Gaussians, target.W*target.H)
	}
	switch {
	case ctx.Bool("modes") && ctx.Bool("tune"):
		return fault.New(fault.BadInput, "give one of the two", "--modes and --tune are two benchmarks")
	case ctx.Bool("modes"):
		return p.benchModes(ctx, target, run)
	case ctx.Bool("tune"):
		return p.benchTune(ctx, target, run)
	}
	report, result, err := p.timeSteps(ctx, target, run)
	if err != nil {
		return err
	}
	kernels, err := p.timeKernels(ctx, target, run)
	if err != nil {
		return err
	}
	p.printBench(result, report, kernels)
	return nil
}

// benchTarget is the picture named, or the built-in one.
func (p *program) benchTarget(ctx *cli.Context) (*imageio.Samples, error) {
	args := ctx.Args().Slice()
	if len(args) > 1 {
		return nil, fault.New(fault.BadInput, "usage: igs bench [IMAGE]", "%s is one argument too many", args[1])
	}
	if len(args) == 1 {
		if ctx.IsSet("size") {
			return nil, fault.New(fault.BadInput, "leave out one of the two", "--size is for the built-in picture, and %s has its own", args[0])
		}
		m, err := imageio.ReadSamples(args[0])
		if err == nil {
			p.notes(args[0], m.Notes)
		}
		return m, err
	}
	width, height, _ := strings.Cut(strings.ToLower(ctx.String("size")), "x")
	w, errW := strconv.Atoi(width)
	h, errH := strconv.Atoi(height)
	if errW != nil || errH != nil || w < 1 || h < 1 || w > limits.Side || h > limits.Side {
		return nil, fault.New(fault.BadInput, "write it as 1920x1080", "--size %s", ctx.String("size"))
	}
	return synthetic(w, h), nil
}

// work is a run to be timed, with the tuning that it would have.
func (p *program) work(dev *vk.Device, target *imageio.Samples, run configs.Run) (selfcheck.Work, error) {
	on, err := p.platformOf(dev.Info(), target.Pixels()*target.C, run)
	return selfcheck.Work{Target: target, Run: run, Steps: run.Steps, Tuning: on.Tuning}, err
}

// timeSteps trains without timestamps.
func (p *program) timeSteps(ctx *cli.Context, target *imageio.Samples, run configs.Run) (selfcheck.BenchReport, timing, error) {
	dev, err := p.openDevice(ctx, vk.Options{})
	if err != nil {
		return selfcheck.BenchReport{}, timing{}, err
	}
	defer p.close(dev, 0)
	var cpu []time.Duration
	work, err := p.work(dev, target, run)
	if err != nil {
		return selfcheck.BenchReport{}, timing{}, err
	}
	report, err := selfcheck.Bench(dev, work, func() { cpu = append(cpu, cpuTime()) })
	if err != nil {
		return report, timing{}, err
	}
	t := timing{
		Device: dev.Info().Name, Driver: dev.Info().Driver, Commit: thisBuild().Commit, W: target.W, H: target.H, C: target.C, Splats: run.Gaussians,
		Steps: report.Steps, StepsPerSec: report.StepsPerSec, Wall: 1000 / report.StepsPerSec, Pairs: report.Pairs, PSNR: report.PSNR, Peak: report.Memory.Peak,
		Tuning: work.Tuning.String(),
	}
	if len(cpu) == 2 {
		t.CPU = (cpu[1] - cpu[0]).Seconds() * 1000 / float64(report.Steps)
	}
	return report, t, nil
}

// timeKernels trains a few steps more on a device that writes timestamps.
func (p *program) timeKernels(ctx *cli.Context, target *imageio.Samples, run configs.Run) ([]kernelTiming, error) {
	dev, err := p.openDevice(ctx, vk.Options{Profile: true})
	if err != nil {
		return nil, err
	}
	defer p.close(dev, 0)
	if dev.Info().TimestampPeriod == 0 {
		p.console.warn("%s has no timestamps, so there are no times of kernels", dev.Info().Name)
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
	var kernels []kernelTiming
	var sum float64
	for _, k := range report.Kernels {
		kernels = append(kernels, kernelTiming{Kernel: k.Name, Dispatches: k.Dispatches, Milliseconds: k.Milliseconds})
		sum += k.Milliseconds
	}
	for i := range kernels {
		kernels[i].Share = kernels[i].Milliseconds / sum
	}
	return kernels, nil
}

func (p *program) printBench(t timing, report selfcheck.BenchReport, kernels []kernelTiming) {
	for _, k := range kernels {
		p.console.tell(k)
	}
	for _, g := range report.Memory.Groups {
		p.console.tell(groupMemory{g.Group, g.Peak})
	}
	p.console.tell(t)
	if p.console.quiet || p.console.json {
		return
	}
	w := tabwriter.NewWriter(p.console.out, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(p.console.out, "%s, %s\n%d × %d px, %d channels, %d splats, %d splat-tile pairs\n\n", runlog.Plain(t.Device), runlog.Plain(t.Driver), t.W, t.H, t.C, t.Splats, t.Pairs)
	if len(kernels) > 0 {
		fmt.Fprintln(w, "kernel\tdispatches\tms a step\tshare\t")
		var sum float64
		for _, k := range kernels {
			fmt.Fprintf(w, "%s\t%d\t%.3f\t%.1f %%\t\n", k.Kernel, k.Dispatches, k.Milliseconds, 100*k.Share)
			sum += k.Milliseconds
		}
		fmt.Fprintf(w, "all\t\t%.3f\t\t\n", sum)
		w.Flush()
		fmt.Fprintln(p.console.out)
	}
	fmt.Fprintln(w, "buffers\tdevice bytes\t\t")
	for _, g := range report.Memory.Groups {
		fmt.Fprintf(w, "%s\t%d\t%s\t\n", g.Group, g.Peak, runlog.Bytes(g.Peak))
	}
	fmt.Fprintf(w, "peak\t%d\t%s\t\n", t.Peak, runlog.Bytes(t.Peak))
	w.Flush()
	fmt.Fprintf(p.console.out, "\n%.3g steps/s over %d steps: %.1f ms wall and %.1f ms process CPU a step; %s afterwards\n", t.StepsPerSec, t.Steps, t.Wall, t.CPU, runlog.Decibels(t.PSNR))
	fmt.Fprintf(p.console.out, "tuning: %s\n", t.Tuning)
}
