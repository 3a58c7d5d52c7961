package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/urfave/cli/v2"

	"igs/configs"
	"igs/event"
	"igs/internal/fault"
	"igs/runlog"
)

func (p *program) initCommand() *cli.Command {
	return &cli.Command{
		Name: "init", ArgsUsage: "[FILE]", Usage: "write a commented job file to begin with",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "all", DisableDefaultText: true, Usage: "with every key there is"},
			&cli.BoolFlag{Name: "force", DisableDefaultText: true, Usage: "even over a file that exists"},
		},
		Action:      p.init,
		Description: "FILE is job.toml unless given; - is the standard output.",
	}
}

func (p *program) init(ctx *cli.Context) error {
	path := "job.toml"
	if ctx.Args().Len() > 0 {
		args, err := files(ctx, "file")
		if err != nil {
			return err
		}
		path = args[0]
	}
	text := configs.Template(ctx.Bool("all"))
	if path == "-" {
		_, err := p.console.out.Write(text)
		return err
	}
	if _, err := os.Lstat(path); err == nil && !ctx.Bool("force") {
		return fault.New(fault.OutputExists, "name another file, or --force to write over it", "%s exists", path)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault.WithCode(err, fault.BadInput)
	}
	if err := runlog.WriteFile(path, text); err != nil {
		return fault.New(fault.BadInput, "make the folder first, or name another file", "%w", err)
	}
	p.console.tell(event.Saved{Kind: "job", Path: path})
	p.console.say("%s: name your pictures in it, then: igs run %s", path, path)
	return nil
}

func (p *program) configCommand() *cli.Command {
	return &cli.Command{
		Name: "config", ArgsUsage: "JOB.toml | IMAGE…", Usage: "print the settings of a job, and where each comes from",
		Flags:       append(jobFlags(), &cli.BoolFlag{Name: "changed", DisableDefaultText: true, Usage: "leave out what is at its default"}),
		Action:      p.config,
		Description: "It takes what run takes. What it prints is a job file that means the same.",
	}
}

// settingTold is a setting in --json.
type settingTold struct {
	Key    string `json:"key"`
	Value  any    `json:"value"`
	Origin string `json:"origin"`
}

func (settingTold) Name() string { return "setting" }

func (p *program) config(ctx *cli.Context) error {
	job, err := p.jobOf(ctx)
	if err != nil {
		return err
	}
	changed := ctx.Bool("changed")
	for _, v := range job.Values() {
		if !changed || v.Origin != "default" {
			p.console.tell(settingTold{v.Key, v.Value, v.Origin})
		}
	}
	if !p.console.json {
		fmt.Fprint(p.console.out, job.Effective(changed))
	}
	return nil
}
