package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"igs/configs"
	"igs/internal/fault"
)

// settingFlags are the flags of run that stand for one key of the job file.
var settingFlags = []settingFlag{
	{"gaussians", "n", "sweep.gaussians", "train with `N[,N]` splats"},
	{"steps", "s", "sweep.steps", "train for `N[,N]` steps"},
	{"recipe", "", "recipe", "train by `RECIPE`: igs, balanced for a higher SSIM, or paper for that of Image-GS"},
	{"effort", "", "effort", "train for as many steps as `EFFORT` has: draft 100, normal 1000, best 5000"},
	{"preset", "p", "preset", "start from `PRESET`: standard, large, extreme, or auto by the size of the pictures"},
	{"out", "o", "output.dir", "put the session into `DIR`"},
	{"name", "", "output.session", "call its folder `SESSION` instead of the next free session_N"},
	{"seed", "", "train.seed", "draw from seed `N`: the same on the same device gives the same model"},
	{"amp", "", "memory.use_amp", "keep pictures in float16, as is the default; =false keeps float32"},
	{"recompute", "", "memory.use_gradient_checkpointing", "keep a ring of rows instead of all pixels: less memory for nearly the same time"},
	{"memory-budget", "", "memory.budget", "use at most `SIZE` of the memory of the device, such as 2GiB"},
	{"init", "", "init.from", "start from `MODEL`, a model or checkpoint, instead of seeding"},
	{"stop-at-psnr", "", "train.stop_at_psnr", "stop as soon as `DB` are reached"},
	{"min-psnr", "", "gate.min_psnr", "exit with 5 when a run ends below `DB`"},
	{"min-ssim", "", "gate.min_ssim", "exit with 5 when a run ends below `SSIM`"},
}

type settingFlag struct{ name, short, key, usage string }

// flag is what the library makes of it. Keys that can be true stand alone.
func (s settingFlag) flag() cli.Flag {
	f := &cli.StringFlag{Name: s.name, Usage: s.usage}
	if s.short != "" {
		f.Aliases = []string{s.short}
	}
	if s.name == "amp" || s.name == "recompute" {
		return switchFlag{f}
	}
	return f
}

// jobFlags are those that make the job.
func jobFlags() []cli.Flag {
	var flags []cli.Flag
	for _, s := range settingFlags {
		flags = append(flags, s.flag())
	}
	return append(flags,
		switchFlag{&cli.StringFlag{Name: "video", Usage: "make a video of the training, with a frame every `EVERY` steps: --video or --video=50"}},
		&cli.StringSliceFlag{Name: "set", Usage: "set any key of a job file: `KEY=VALUE`"},
		&cli.BoolFlag{Name: "skip-existing", DisableDefaultText: true, Usage: "train only what the session has not done yet"},
		&cli.BoolFlag{Name: "force", DisableDefaultText: true, Usage: "replace runs that the session has already"},
	)
}

func (p *program) trainCommand() *cli.Command {
	flags := append(jobFlags(),
		&cli.BoolFlag{Name: "fail-fast", DisableDefaultText: true, Usage: "end the sweep at the first run that fails"},
		&cli.BoolFlag{Name: "dry-run", DisableDefaultText: true, Usage: "only say what it would take, as igs plan does"},
	)
	return &cli.Command{
		Name: "run", ArgsUsage: "JOB.toml | IMAGE…", Usage: "train a job file, or pictures with flags",
		Flags: flags, Action: p.train,
		Description: "Flags win over the environment (IGS_TRAIN_SEED is train.seed), that over the job file, that\n" +
			"over the preset, that over the recipe, and that over the defaults.\n\nkeys of a job file, and their defaults:\n" + indent(configs.Listing()),
	}
}

func indent(text string) string {
	return "   " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n   ")
}

// train is the command run: everything that can be wrong is looked at before anything is
// created, and the device before anything is trained.
func (p *program) train(ctx *cli.Context) error {
	job, err := p.jobOf(ctx)
	if err != nil {
		return err
	}
	runs, err := job.Runs()
	if err != nil {
		return err
	}
	if ctx.Bool("dry-run") {
		return p.planRuns(job, runs, false)
	}
	targets, err := p.targets(runs)
	if err != nil {
		return err
	}
	if err := checkPlace(job.Output); err != nil {
		return err
	}
	from, err := readSource(job.Init.From)
	if err != nil {
		return err
	}
	if from != nil && from.gamma != 0 && from.gamma != job.Target.Gamma {
		p.console.warn("%s was trained with gamma %g and goes on with %g: its colours begin wrong (input.gamma)", job.Init.From, from.gamma, job.Target.Gamma)
	}
	w := &sweep{program: p, job: job, targets: targets, from: from, failFast: ctx.Bool("fail-fast")}
	return w.onDevice(func() (err error) {
		if w.session, err = newSession(job, runs, w.dev); err != nil {
			return err
		}
		w.runs, err = w.missing(runs)
		return err
	})
}

// jobOf is the job with all its layers, and preset and recipe under them.
func (p *program) jobOf(ctx *cli.Context) (*configs.Job, error) {
	job, err := askedJob(ctx)
	if err != nil {
		return nil, err
	}
	if err := p.fillPreset(job); err != nil {
		return nil, err
	}
	return job, p.fillRecipe(job)
}

// askedJob lays environment and flags over the job file or the defaults, and gathers the
// mistakes of all of them.
func askedJob(ctx *cli.Context) (*configs.Job, error) {
	job, found, err := baseJob(ctx.Command.Name, ctx.Args().Slice())
	if err != nil {
		return nil, err
	}
	found = configs.Gather(found, job.SetEnvironment(os.Environ()))
	given := map[string]string{}
	set := func(key, value, flag string) {
		if other := given[key]; other != "" {
			found = configs.Gather(found, configs.Mistakes{{Where: flag, Text: key + " is set by " + other + " too", Hint: "give one of the two"}})
			return
		}
		given[key] = flag
		found = configs.Gather(found, job.Set(key, value, flag))
	}
	for _, s := range settingFlags {
		if ctx.IsSet(s.name) {
			set(s.key, ctx.String(s.name), "--"+s.name)
		}
	}
	if ctx.IsSet("video") {
		if _, err := strconv.Atoi(ctx.String("video")); err == nil {
			set("video.every", ctx.String("video"), "--video")
			set("video.enabled", "true", "--video")
		} else {
			set("video.enabled", ctx.String("video"), "--video")
		}
	}
	if ctx.IsSet("device") {
		set("device.select", ctx.String("device"), "--device")
	}
	if ctx.Bool("force") {
		set("output.exists", "overwrite", "--force")
	}
	if ctx.Bool("skip-existing") {
		set("output.exists", "skip", "--skip-existing")
	}
	for _, entry := range ctx.StringSlice("set") {
		key, value, ok := strings.Cut(entry, "=")
		if !ok {
			found = configs.Gather(found, configs.Mistakes{{Where: "--set", Text: fmt.Sprintf("%q has no value", entry), Hint: "write --set KEY=VALUE"}})
			continue
		}
		set(strings.TrimSpace(key), value, "--set")
	}
	return job, found
}

// baseJob reads the job file, or takes the arguments for pictures. found is what is
// wrong inside of the job, err what leaves no job to go on with.
func baseJob(command string, args []string) (job *configs.Job, found, err error) {
	if len(args) == 0 {
		return nil, nil, fault.New(fault.BadInput, "usage: igs "+command+" JOB.toml | IMAGE…", "no job file and no picture given")
	}
	for _, arg := range args {
		if !strings.HasSuffix(strings.ToLower(arg), ".toml") {
			continue
		}
		if len(args) > 1 {
			return nil, nil, fault.New(fault.BadInput, "name the pictures in the job file", "%s is a job file, and must be the only argument", arg)
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

// interruption is the error of a command that a signal ended, nil when there was none.
func interruption(ctx context.Context, state string) error {
	cause, ok := context.Cause(ctx).(*signalled)
	if !ok {
		return nil
	}
	return fault.New(cause.code, "", "%s: %s", cause, state)
}
