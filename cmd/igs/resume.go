package main

import (
	"igs/cmd/igs/command"
	"igs/configs"
	"igs/session"
)

func (p *program) resumeCommand() *command.Command {
	return &command.Command{
		Name: "resume", Args: "DIR", Usage: "continue a session or a run that stopped early",
		Flags: []command.Flag{
			{Name: "memory-budget", Usage: "use at most `SIZE` of device memory, for example 2GiB"},
			{Name: "fail-fast", Kind: command.Bool, Usage: "stop at the first run that fails"},
		},
		Run: p.resume, Paths: command.Folders, Meant: []string{"continue", "restart", "go-on"},
		Description: "DIR is the folder of a session, or of one run in it. Finished runs stay as they are. Runs that were interrupted,\n" +
			"killed or failed continue from their last checkpoint; the result is the same as without the interruption.\n" +
			"Runs that never began are trained from the start. The settings are those of job.toml in the session.\n" +
			"igs refuses to continue a run whose picture or settings have changed.",
	}
}

func (p *program) resume(line *command.Line) error {
	args, err := line.Files("folder")
	if err != nil {
		return err
	}
	dir, err := sessionOf("resume", args[0])
	if err != nil {
		return err
	}
	s, err := session.Open(dir)
	if err != nil {
		return err
	}
	defer s.Close()
	job, err := resumedJob(line, s)
	if err != nil {
		return err
	}
	sweep, err := s.Resume(job, p.sessionOptions(line))
	if err != nil {
		return err
	}
	return p.trainSweep(sweep)
}

// resumedJob is the job of a session with the settings that may change: the device and its memory budget.
func resumedJob(line *command.Line, s *session.Session) (*configs.Job, error) {
	job, err := s.Job()
	if err != nil {
		return nil, err
	}
	var found []error
	if device, err := askedDevice(line); err != nil {
		found = append(found, err)
	} else {
		if line.IsSet("device") {
			job.Device.Select = device.Select
		}
		job.Device.Validation = job.Device.Validation || device.Validation
	}
	if line.IsSet("memory-budget") {
		found = append(found, job.Set("memory.budget", line.String("memory-budget"), "--memory-budget"))
	}
	return job, configs.Gather(found...)
}
