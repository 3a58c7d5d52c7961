package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"igs/configs"
	"igs/internal/fault"
	"igs/record"
)

func (p *program) resumeCommand() *cli.Command {
	return &cli.Command{
		Name: "resume", ArgsUsage: "DIR", Usage: "continue a session or a run where it stopped",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "memory-budget", Usage: "use at most `SIZE` of the memory of the device, such as 2GiB"},
			&cli.BoolFlag{Name: "fail-fast", DisableDefaultText: true, Usage: "end the sweep at the first run that fails"},
		},
		Action: p.resume,
		Description: "DIR is the folder of a session, or of one run in it. Runs that are done stay as they are; those that were\n" +
			"interrupted, killed or failed go on from their last checkpoint, to the bits of a run without interruption;\n" +
			"the others begin. The settings are those of job.toml in the session. A run whose picture or settings changed\n" +
			"since is refused.",
	}
}

func (p *program) resume(ctx *cli.Context) error {
	s, job, only, err := askedSession(ctx, resumedJob)
	if err != nil {
		return err
	}
	defer s.close()
	w := &sweep{program: p, session: s, job: job, failFast: ctx.Bool("fail-fast")}
	w.runs = s.unfinished(job, only)
	if len(w.runs) == 0 {
		return w.nothingLeft()
	}
	return w.goOn()
}

// askedSession opens the session that the command line names, by its folder or by that of the run `only` in it, with its job.
func askedSession(ctx *cli.Context, jobOf func(ctx *cli.Context, dir string) (*configs.Job, error)) (s *session, job *configs.Job, only string, err error) {
	args, err := files(ctx, "folder")
	if err != nil {
		return nil, nil, "", err
	}
	dir, only, err := sessionOf(args[0])
	if err != nil {
		return nil, nil, "", err
	}
	if job, err = jobOf(ctx, dir); err != nil {
		return nil, nil, "", err
	}
	s, err = openSession(dir)
	return s, job, only, err
}

// goOn trains what is left.
func (w *sweep) goOn() (err error) {
	if w.targets, err = w.program.targets(w.runs); err != nil {
		return err
	}
	if err := w.unchanged(); err != nil {
		return err
	}
	if w.from, err = readSource(w.job.Init.From); err != nil {
		return err
	}
	return w.onDevice(func() error {
		w.sameMachine()
		w.session.record.Status, w.session.record.Ended = record.Running, nil
		return nil
	})
}

// nothingLeft mends what a kill may have left undone behind the last run.
func (w *sweep) nothingLeft() error {
	if w.session.left() > 0 {
		w.program.console.note("this run is done; others of %s are not", w.session.dir)
		return nil
	}
	w.program.console.note("all runs of %s are done", w.session.dir)
	if w.session.record.Status != record.Done {
		if err := first(w.session.summarise(), w.conclude(record.Done)); err != nil {
			return err
		}
	}
	return w.session.gate(w.job.Gate)
}

// sessionOf finds the session of a folder, and the run if the folder is one.
func sessionOf(dir string) (session, only string, err error) {
	const hint = "name the folder of a session, such as output/session_1, or of a run in it"
	if exists(filepath.Join(dir, record.SessionFile)) {
		if _, err := record.ReadSession(dir); err != nil {
			return "", "", fault.New(fault.BadInput, hint, "%w", err)
		}
		return dir, "", nil
	}
	abs, err := filepath.Abs(dir)
	if above := filepath.Dir(abs); err == nil && exists(filepath.Join(abs, record.RunFile)) && exists(filepath.Join(above, record.SessionFile)) {
		return filepath.Join(dir, ".."), filepath.Base(abs), nil
	}
	return "", "", fault.New(fault.BadInput, hint, "%s is no session and no run of one", dir)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// resumedJob is the job of a session with what may change: where, and in how much memory.
func resumedJob(ctx *cli.Context, dir string) (*configs.Job, error) {
	job, err := configs.Load(filepath.Join(dir, record.JobFile))
	if err != nil {
		return nil, err
	}
	job.Output.Exists = "overwrite" // what is in the way of a run that has not begun was to be replaced when the session began
	var found []error
	if originOf(job, "recipe") == "default" { // written before there were recipes, when the paper's was all there was
		found = append(found, job.Set("recipe", "paper", "an earlier igs"), job.FillRecipe())
	}
	if device, err := askedDevice(ctx); err != nil {
		found = append(found, err)
	} else {
		if ctx.IsSet("device") {
			job.Device.Select = device.Select
		}
		job.Device.Validation = job.Device.Validation || device.Validation
	}
	if ctx.IsSet("memory-budget") {
		found = append(found, job.Set("memory.budget", ctx.String("memory-budget"), "--memory-budget"))
	}
	return job, configs.Gather(found...)
}

// unfinished are the runs that are not done, as they were written down: patterns in the job
// may match other pictures today.
func (s *session) unfinished(job *configs.Job, only string) []configs.Run {
	var runs []configs.Run
	for _, e := range s.record.Runs {
		if e.Status != record.Done && (only == "" || e.Name == only) {
			runs = append(runs, configs.Run{Name: e.Name, Image: e.Image, Gaussians: e.Gaussians, Steps: e.Steps, Settings: job.Settings})
		}
	}
	return runs
}

// missing are the runs that the session has not done yet. Those that it has must be what
// is asked for.
func (w *sweep) missing(runs []configs.Run) ([]configs.Run, error) {
	if w.job.Output.Exists != "skip" {
		return runs, nil
	}
	w.runs = slices.DeleteFunc(slices.Clone(runs), func(run configs.Run) bool { return w.session.runs[run.Name] == nil })
	if err := w.unchanged(); err != nil {
		return nil, err
	}
	left := slices.DeleteFunc(slices.Clone(runs), func(run configs.Run) bool {
		r := w.session.runs[run.Name]
		return r != nil && r.Status == record.Done
	})
	if done := len(runs) - len(left); done > 0 {
		w.program.console.note("%d of %d runs are done already", done, len(runs))
	}
	return left, nil
}

// sameMachine warns when the bits may be others than those of an uninterrupted run.
func (w *sweep) sameMachine() {
	was, is := w.session.record.Device, deviceOf(w.dev)
	if was.Name != is.Name || was.Driver != is.Driver {
		w.program.console.warn("begun on %s (%s), continued on %s (%s): the result may differ in its last bits", was.Name, was.Driver, is.Name, is.Driver)
	}
	if before, now := w.session.record.Igs, thisBuild(); before.Version != now.Version || before.Commit != now.Commit {
		w.program.console.warn("begun with %s, continued with %s: the result may differ", build(before), now)
	}
}

// resumeCommand is the command that continues a session.
func resumeCommand(dir string) string { return commandOn("resume", dir) }

// commandOn is a command on a folder, ready to be pasted into a shell.
func commandOn(command, dir string) string {
	if strings.Trim(dir, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:\\") != "" {
		dir = "'" + strings.ReplaceAll(dir, "'", `'\''`) + "'"
	}
	return "igs " + command + " " + dir
}
