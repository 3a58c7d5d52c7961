package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"igs/configs"
	"igs/event"
	"igs/internal/command"
	"igs/internal/fault"
	"igs/printer"
	"igs/runlog"
)

func (p *program) initCommand() *command.Command {
	return &command.Command{
		Name: "init", Args: "[FILE]", Usage: "write a job file with comments",
		Flags: []command.Flag{
			{Name: "all", Kind: command.Bool, Usage: "write every key"},
			{Name: "force", Kind: command.Bool, Usage: "replace an existing file"},
		},
		Run: p.init, Paths: command.Files, Meant: []string{"new", "create", "template", "job"},
		Description: "Without FILE, the job file is job.toml. With -, it goes to the standard output.",
	}
}

func (p *program) init(line *command.Line) error {
	path := "job.toml"
	if len(line.Args) > 0 {
		args, err := line.Files("file")
		if err != nil {
			return err
		}
		path = args[0]
	}
	text := configs.Template(line.Bool("all"))
	if path == "-" {
		_, err := p.console.Out().Write(text)
		return err
	}
	if err := writeNew(path, text, line.Bool("force")); err != nil {
		return err
	}
	p.console.Take(event.Saved{Kind: "job", Path: path})
	p.console.Say("%s is written: name your pictures in it, then: igs run %s", path, path)
	return nil
}

// writeNew writes a file that must not exist, unless it may be replaced.
func writeNew(path string, text []byte, replace bool) error {
	if _, err := os.Lstat(path); err == nil && !replace {
		return fault.New(fault.OutputExists, "name another file, or replace it with --force", "%s exists", path)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault.WithCode(err, fault.BadInput)
	}
	if err := runlog.WriteFile(path, text); err != nil {
		return fault.New(fault.BadInput, "make the folder first, or name another file", "%w", err)
	}
	return nil
}

func (p *program) configCommand() *command.Command {
	return &command.Command{
		Name: "config", Args: "JOB.toml | IMAGE…", Usage: "print the settings of a job and where each comes from",
		Flags: append(jobFlags(), command.Flag{Name: "changed", Kind: command.Bool, Group: inSettings, Usage: "print only the settings that are not at their defaults"}),
		Run:   p.config, Paths: command.Files, Meant: []string{"settings", "keys", "defaults"},
		Description: "The arguments are those of igs run. The output is a job file with the same meaning.",
	}
}

func (p *program) config(line *command.Line) error {
	job, err := p.jobOf(line)
	if err != nil {
		return err
	}
	changed := line.Bool("changed")
	for _, v := range job.Values() {
		if !changed || v.Origin != "default" {
			p.console.Tell(printer.Setting{Key: v.Key, Value: v.Value, Origin: v.Origin})
		}
	}
	if !p.console.JSON {
		fmt.Fprint(p.console.Out(), job.Effective(changed))
	}
	return nil
}
