package main

import (
	"fmt"
	"os"
	"strings"

	"igs/configs"
	"igs/event"
	"igs/internal/command"
	"igs/internal/fault"
	"igs/internal/signals"
	"igs/session"
)

func (p *program) trainCommand() *command.Command {
	flags := append(jobFlags(),
		command.Flag{Name: "dry-run", Kind: command.Bool, Group: inSettings, Usage: "train nothing; print what igs plan prints"},
		command.Flag{Name: "join", Kind: command.Bool, Group: inResults, Rare: true, Usage: "share the runs of session --name with other processes"},
		command.Flag{Name: "fail-fast", Kind: command.Bool, Group: inTraining, Rare: true, Usage: "stop at the first run that fails"},
		serveFlag(inResults),
		checkpointFlag(inTraining),
	)
	return &command.Command{
		Name: "run", Args: "JOB.toml | IMAGE…", Usage: "train models of pictures",
		Flags: flags, Run: p.train, Paths: command.Files, Meant: []string{"train", "fit", "optimize", "optimise", "encode", "compress", "start", "sweep"},
		Examples: []command.Example{
			{Line: "igs run photo.jpg -n 5k -s 300", Meaning: "5000 splats, 300 steps"},
			{Line: "igs run photo.jpg --psnr 35", Meaning: "the smallest model of 35 dB"},
			{Line: "igs run icons/ -n 500", Meaning: "a folder of small pictures"},
			{Line: "igs run job.toml --memory-budget 1GiB", Meaning: "a job file; igs init writes one"},
		},
		Description: "A run trains one model: one picture with one number of splats and one number of steps. The runs of one command\n" +
			"are a session. The session is a folder, such as output/session_1, with a folder for each run.\n\n" +
			"A setting can come from several places. The first of these that sets it counts: a flag, the environment\n" +
			"(IGS_TRAIN_SEED sets train.seed), the job file, the preset, the recipe, the default.",
		Details: "the keys of a job file and their defaults:\n" + indent(configs.Listing()),
	}
}

func indent(text string) string {
	return "   " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n   ")
}

func (p *program) train(line *command.Line) error {
	job, err := p.jobOf(line)
	if err != nil {
		return err
	}
	if line.Bool("dry-run") {
		return p.planJob(job, true, false)
	}
	code, err := checkpointCode(line)
	if err != nil {
		return err
	}
	options := p.sessionOptions(line)
	options.Join = line.Bool("join")
	desk := p.desk(line, waitingRuns(job), &options)
	sweep, err := session.New(job, options)
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

func (p *program) sessionOptions(line *command.Line) session.Options {
	return session.Options{
		Sink: p.take, Open: p.openFor, Close: p.closeVulkan, Tunings: p.tunings, Proofs: p.proofs, Build: thisBuild(), Command: p.args,
		FailFast: line.Bool("fail-fast"), LogJSON: p.console.LogJSON,
	}
}

// take is the sink of training.
func (p *program) take(e event.Event) {
	p.progress.Take(e)
	p.console.Take(e)
}

// trainSweep trains until all runs are done or a signal comes, and prints the results. code is the exit code after a
// signal of a scheduler, 0 = that of the signal.
func (p *program) trainSweep(sweep *session.Sweep, code int) error {
	live, stop := signals.Listen(p.console, signals.Options{Text: finishing, Code: code, Overdue: p.leave})
	defer stop()
	result, err := sweep.Train(live)
	p.console.ClearLine()
	if result != nil {
		p.console.Results(result.Session)
	}
	return err
}

// jobOf is the complete job: flags, environment, job file, preset, recipe and defaults.
func (p *program) jobOf(line *command.Line) (*configs.Job, error) {
	job, err := askedJob(line)
	if err != nil {
		return nil, err
	}
	if err := p.fillPreset(job); err != nil {
		return nil, err
	}
	return job, p.fillRecipe(job)
}

// askedJob applies the environment and then the flags to the job file or the defaults. Its error holds all mistakes.
func askedJob(line *command.Line) (*configs.Job, error) {
	job, found, err := baseJob(line.Command.Name, line.Args)
	if err != nil {
		return nil, err
	}
	found = configs.Gather(found, job.SetEnvironment(os.Environ()))
	given := map[string]string{}
	set := func(key, value, flag string) {
		if other := given[key]; other != "" {
			found = configs.Gather(found, configs.Mistakes{{Where: flag, Text: key + " is set by " + other + " too", Hint: "give only one of the two"}})
			return
		}
		given[key] = flag
		found = configs.Gather(found, job.Set(key, value, flag))
	}
	for _, s := range settingFlags {
		if line.IsSet(s.Name) {
			value := line.String(s.Name)
			if s.key == "init.from" {
				if value, err = session.FindModel(value); err != nil {
					return nil, err
				}
			}
			set(s.keyFor(value), value, "--"+s.Name)
		}
	}
	if line.IsSet("video") {
		if isCount(line.String("video")) {
			set("video.every", line.String("video"), "--video")
			set("video.enabled", "true", "--video")
		} else {
			set("video.enabled", line.String("video"), "--video")
		}
	}
	if line.IsSet("device") {
		set("device.select", line.String("device"), "--device")
	}
	if line.Bool("force") {
		set("output.exists", "overwrite", "--force")
	}
	if line.Bool("flat") {
		set("output.layout", "flat", "--flat")
	}
	if line.Bool("skip-existing") {
		set("output.exists", "skip", "--skip-existing")
	}
	for _, entry := range line.StringSlice("set") {
		key, value, ok := strings.Cut(entry, "=")
		if !ok {
			found = configs.Gather(found, configs.Mistakes{{Where: "--set", Text: fmt.Sprintf("%q has no value", entry), Hint: "write --set KEY=VALUE"}})
			continue
		}
		set(strings.TrimSpace(key), value, "--set")
	}
	return job, found
}

// baseJob reads the job file, or makes a job of the pictures in the arguments. found holds mistakes inside of the job;
// with err there is no job at all.
func baseJob(name string, args []string) (job *configs.Job, found, err error) {
	if len(args) == 0 {
		return nil, nil, fault.New(fault.BadInput, "usage: igs "+name+" JOB.toml | IMAGE…", "no job file and no picture given")
	}
	for _, arg := range args {
		if !strings.HasSuffix(strings.ToLower(arg), ".toml") {
			continue
		}
		if len(args) > 1 {
			return nil, nil, fault.New(fault.BadInput, "name the pictures in the job file", "%s is a job file, which must be the only argument", arg)
		}
		job, found = configs.Load(arg)
		if job == nil {
			return nil, nil, found
		}
		return job, found, nil
	}
	job = configs.Default()
	return job, job.SetImages(args, "the command line"), nil
}
