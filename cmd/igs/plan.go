package main

import (
	"strconv"

	"igs/configs"
	"igs/internal/command"
	"igs/session"
)

func (p *program) planCommand() *command.Command {
	return &command.Command{
		Name: "plan", Args: "JOB.toml | IMAGE…", Usage: "print the device memory, disk space and time that a job needs",
		Flags: append(jobFlags(),
			command.Flag{Name: "modes", Kind: command.Bool, Group: inSettings, Usage: "print the memory of every way to train too"},
			command.Flag{Name: "time", Kind: command.Switch, Group: inSettings, Default: "true", Usage: "estimate the time with a few steps on a small picture; --time=false does not"},
		),
		Run: p.plan, Paths: command.Files, Meant: []string{"estimate", "dry-run", "memory"},
		Description: "The arguments are those of igs run, and the errors too. No model is trained and no file is made. With\n" +
			"--time=false nothing is allocated on the device. igs run --dry-run does the same. Exit code 11 means that a run\n" +
			"does not fit.",
	}
}

func (p *program) plan(line *command.Line) error {
	job, err := p.jobOf(line)
	if err != nil {
		return err
	}
	return p.planJob(job, line.String("time") != "false", line.Bool("modes"))
}

// planJob prints the plan of all runs of a job. Its error is that of a run that does not fit.
func (p *program) planJob(job *configs.Job, timed, modes bool) error {
	plan, err := session.NewPlan(job, p.tunings)
	if err != nil {
		return err
	}
	if timed && plan.Device.Missing == nil && plan.Fits() {
		if err := p.timePlan(job, plan); err != nil {
			return err
		}
	}
	p.console.Plan(plan, modes)
	return plan.Unfit()
}

func (p *program) timePlan(job *configs.Job, plan *session.Plan) error {
	asked := job.Device
	if plan.Devices > 1 {
		asked.Select = strconv.Itoa(plan.Device.Info.Index)
	}
	dev, err := p.openFor(asked)
	if err != nil {
		return err
	}
	defer p.close(dev)
	return plan.Time(dev, p.tunings)
}
