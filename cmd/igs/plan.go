package main

import (
	"igs/cmd/igs/command"
	"igs/configs"
	"igs/session"
)

func (p *program) planCommand() *command.Command {
	return &command.Command{
		Name: "plan", Args: "JOB.toml | IMAGE…", Usage: "say what a job would take: device memory, disk and time",
		Flags: append(jobFlags(),
			command.Flag{Name: "time", Kind: command.Bool, Usage: "train a few steps of each run, to say how long all of them take"},
		),
		Run: p.plan,
		Description: "It takes what run takes and refuses what run refuses, but trains nothing and, without --time, allocates\n" +
			"nothing on the device. igs run --dry-run does the same. Exit code 11 says that a run does not fit.",
	}
}

func (p *program) plan(line *command.Line) error {
	job, err := p.jobOf(line)
	if err != nil {
		return err
	}
	return p.planJob(job, line.Bool("time"))
}

// planJob says what the runs of a job would take. The error is that of a run that does not fit, after all of them were shown.
func (p *program) planJob(job *configs.Job, timed bool) error {
	plan, err := session.NewPlan(job, p.tunings)
	if err != nil {
		return err
	}
	if timed && plan.Device.Missing == nil {
		if err := p.timePlan(job, plan); err != nil {
			return err
		}
	}
	p.console.Plan(plan)
	return plan.Unfit()
}

func (p *program) timePlan(job *configs.Job, plan *session.Plan) error {
	dev, err := p.openFor(job.Device)
	if err != nil {
		return err
	}
	defer p.close(dev)
	return plan.Time(dev, p.tunings)
}
