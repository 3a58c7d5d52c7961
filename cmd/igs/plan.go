package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"igs/configs"
	"igs/imageio"
	"igs/internal/fault"
	"igs/optim/selfcheck"
	"igs/vk"
)

func (p *program) planCommand() *cli.Command {
	return &cli.Command{
		Name: "plan", ArgsUsage: "JOB.toml | IMAGE…", Usage: "say what a job would take: device memory, disk and time",
		Flags: append(jobFlags(),
			&cli.BoolFlag{Name: "time", DisableDefaultText: true, Usage: "train a few steps of each run, to say how long all of them take"},
		),
		Action: p.plan,
		Description: "It takes what run takes and refuses what run refuses, but trains nothing and, without --time, allocates\n" +
			"nothing on the device. igs run --dry-run does the same. Exit code 11 says that a run does not fit.",
	}
}

func (p *program) plan(ctx *cli.Context) error {
	job, err := p.jobOf(ctx)
	if err != nil {
		return err
	}
	runs, err := job.Runs()
	if err != nil {
		return err
	}
	return p.planRuns(job, runs, ctx.Bool("time"))
}

// planRuns says what the runs of a job would take. The error is that of the first run that
// fits in no way, after all of them were shown.
func (p *program) planRuns(job *configs.Job, runs []configs.Run, timed bool) error {
	pictures, err := p.measure(runs)
	if err != nil {
		return err
	}
	if err := checkPlace(job.Output); err != nil {
		return err
	}
	device, err := planDevice(job.Device.Select)
	if err != nil {
		return err
	}
	s := &jobPlan{device: device, budget: job.Memory.Budget, budgetFrom: originOf(job, "memory.budget")}
	for _, run := range runs {
		m := pictures[run.Image]
		on, err := p.platformOf(device.info, m.W*m.H*m.C, run)
		if err != nil {
			return err
		}
		s.runs = append(s.runs, planOf(on, m, run))
	}
	if timed && device.missing == nil {
		if err := p.timePlan(job.Device, s.runs); err != nil {
			return err
		}
	}
	p.printPlan(s)
	return s.unfit()
}

func originOf(job *configs.Job, key string) string {
	for _, v := range job.Values() {
		if v.Key == key {
			return v.Origin
		}
	}
	return ""
}

// measure reads the headers of the pictures, and complains about all that are unfit together.
func (p *program) measure(runs []configs.Run) (map[string]imageio.Size, error) {
	pictures := map[string]imageio.Size{}
	var mistakes configs.Mistakes
	broken := map[string]bool{}
	for _, run := range runs {
		m, known := pictures[run.Image]
		if !known && !broken[run.Image] {
			var err error
			if m, err = imageio.TargetSize(run.Image, optionsOf(run)); err != nil {
				broken[run.Image] = true
				mistakes = append(mistakes, configs.Mistake{Text: err.Error(), Hint: fault.Hint(err)})
				continue
			}
			pictures[run.Image] = m
		}
		if pixels := m.W * m.H; !broken[run.Image] && run.Gaussians > pixels {
			mistakes = append(mistakes, crowded(run, pixels))
		}
	}
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	return pictures, nil
}

// planFor is the device that a plan is for.
type planFor struct {
	info    vk.Info
	reason  string // why it was chosen
	missing error  // why there is none: info then holds what every device can at least
}

// leastBinding is what Vulkan guarantees that one binding sees, bytes.
const leastBinding = 128 << 20

// planDevice reads the facts of the device that run would open. Without any device the
// plan is for the least that there can be; but one that was asked for must be there.
func planDevice(asked string) (planFor, error) {
	infos, err := vk.List()
	if err == nil {
		var d planFor
		if d.info, d.reason, err = vk.Choose(infos, asked); err == nil {
			return d, nil
		}
	}
	if asked != "auto" || fault.Code(err) != fault.NoVulkan {
		return planFor{}, err
	}
	return planFor{missing: err, info: vk.Info{
		Index: -1, Name: "none", MaxStorageRange: leastBinding, MaxAllocation: 1 << 30, MaxTexelElements: leastBinding / 4, Storage16: true, Float16: true,
	}}, nil
}

const timedSteps = 4

// timePlan trains a few steps of every run that fits, with all splats in from the start, as
// most of the time of a run they are.
func (p *program) timePlan(device configs.Device, runs []planned) error {
	dev, err := p.open(vk.Options{Select: device.Select, Validation: device.Validation})
	if err != nil {
		return err
	}
	defer p.close(dev, 0)
	type work struct {
		image  string
		splats int
	}
	rates := map[work]float64{} // steps/s; runs may differ in nothing but the steps
	for i := range runs {
		run := &runs[i]
		if run.err != nil {
			continue
		}
		w := work{run.run.Image, run.run.Gaussians}
		if rates[w] == 0 {
			target, err := imageio.ReadTarget(run.run.Image, optionsOf(run.run))
			if err != nil {
				return err
			}
			work, err := p.work(dev, target, run.run)
			if err != nil {
				return err
			}
			work.Steps = timedSteps
			report, err := selfcheck.Bench(dev, work, func() {})
			if err != nil {
				return fmt.Errorf("%s: %w", run.run.Name, err)
			}
			rates[w] = report.StepsPerSec
		}
		run.seconds = float64(run.run.Steps) / rates[w]
	}
	return nil
}
