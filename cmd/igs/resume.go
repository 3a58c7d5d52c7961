package main

import (
	"igs/configs"
	"igs/internal/command"
	"igs/session"
)

func (p *program) resumeCommand() *command.Command {
	return &command.Command{
		Name: "resume", Args: "DIR", Usage: "continue a session or a run that stopped early",
		Flags: []command.Flag{
			{Name: "steps", Short: "s", Usage: "take finished runs further, to `N` steps"},
			{Name: "set", Kind: command.List, Usage: "change a setting that may change, from here on: `KEY=VALUE`", Words: configs.Keys()},
			{Name: "image", Kind: command.List, Usage: "find a picture that was moved at `PATH`", Paths: command.Files},
			{Name: "memory-budget", Usage: "use at most `SIZE` of device memory, for example 2GiB"},
			{Name: "jobs", Rare: true, Usage: "train `N` runs at once on each device", Meant: []string{"parallel", "workers", "threads"}},
			{Name: "fail-fast", Kind: command.Bool, Usage: "stop at the first run that fails"},
			serveFlag(""),
			checkpointFlag(""),
		},
		Run: p.resume, Paths: command.Folders, Meant: []string{"continue", "restart", "go-on"},
		Description: "DIR is the folder of a session, or of one run in it. Finished runs stay as they are. Runs that were interrupted,\n" +
			"killed or failed continue from their last checkpoint; the result is the same as without the interruption.\n" +
			"Runs that never began are trained from the start. The settings are those of job.toml in the session.\n" +
			"igs refuses to continue a run whose picture or settings have changed.\n\n" +
			"--steps N takes finished runs further: from where they ended, rates, relocation and rounding follow the schedules\n" +
			"of a run of N steps. The model so far is kept as other/model-STEPS.igsm.\n\n" +
			"--set changes learning rates, the loss, evaluations, checkpoints, stop rules, the video, outputs and gates. run.json\n" +
			"says what changed at which step. Other settings cannot change, because the steps so far depend on them.\n\n" +
			"When a picture was moved, name it with --image, or write its new path into job.toml.",
	}
}

func (p *program) resume(line *command.Line) error {
	args, err := line.Files("folder")
	if err != nil {
		return err
	}
	dir, err := session.FindSession("resume", args[0])
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
	changes, err := changesOf(line)
	if err != nil {
		return err
	}
	code, err := checkpointCode(line)
	if err != nil {
		return err
	}
	options := p.sessionOptions(line)
	desk := p.desk(line, recordedRuns(s), &options)
	sweep, err := s.Resume(job, changes, options)
	if err != nil {
		return err
	}
	closePage, err := p.serve(line, desk)
	if err != nil {
		return err
	}
	defer closePage()
	return p.trainSweep(sweep, code)
}

// resumedJob is the job of a session with the settings that may change: the device, its memory budget and its runs at once.
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
	for _, s := range [][2]string{{"memory-budget", "memory.budget"}, {"jobs", "device.jobs"}} {
		if line.IsSet(s[0]) {
			found = append(found, job.Set(s[1], line.String(s[0]), "--"+s[0]))
		}
	}
	return job, configs.Gather(found...)
}

// changesOf is what the flags change.
func changesOf(line *command.Line) (session.Changes, error) {
	c := session.Changes{Set: line.StringSlice("set"), Images: line.StringSlice("image")}
	if !line.IsSet("steps") {
		return c, nil
	}
	job := configs.Default()
	err := job.Set("sweep.steps", line.String("steps"), "--steps")
	if err == nil && len(job.Sweep.Steps) != 1 {
		err = configs.Mistakes{{Where: "--steps", Text: "resume takes one number of steps", Hint: "give the number that all runs go on to"}}
	}
	if err == nil {
		c.Steps = job.Sweep.Steps[0]
	}
	return c, err
}
