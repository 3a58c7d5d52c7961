package main

import (
	"igs/cmd/igs/command"
	"igs/configs"
	"igs/session"
)

func (p *program) planCommand() *command.Command {
	return &command.Command{
		Name: "plan", Args: "JOB.toml | IMAGE…", Usage: "print the device memory, disk space and time that a job needs",
		Flags: append(jobFlags(),
			command.Flag{Name: "time", Kind: command.Bool, Group: inSettings, Usage: "train a few steps of each run to estimate the time"},
		),
		Run: p.plan, Paths: command.Files, Meant: []string{"estimate", "dry-run", "memory"},
		Description: "The arguments are those of igs run, and the errors too. Nothing is trained, and without --time nothing is\n" +
			"allocated on the device. igs run --dry-run does the same. Exit code 11 means that a run does not fit.",
	}
}

func (p *program) plan(line *command.Line) error {
	job, err := p.jobOf(line)
	if err != nil {
		return err
	}
	return p.planJob(job, line.Bool("time"))
}

// planJob prints the plan of all runs of a job. Its error is that of a run that does not fit.
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
