package main

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"igs/cluster"
	"igs/configs"
	"igs/internal/command"
	"igs/internal/fault"
)

func (p *program) slurmCommand() *command.Command {
	return &command.Command{
		Name: "slurm", Args: "JOB.toml", Usage: "write a script that trains a job on a Slurm cluster",
		Flags: []command.Flag{
			{Name: "tasks", Default: "4", Usage: "`N` tasks that train at once, each with one run at a time"},
			{Name: "gpus", Default: "1", Usage: "`N` GPUs for each task; 0 asks for none"},
			{Name: "time", Usage: "limit of a task as `TIME` of sbatch: 4:00:00; a task goes on after it"},
			{Name: "name", Usage: "call the session `SESSION`, where the job does not name it"},
			{Name: "sbatch", Kind: command.List, Usage: "more of sbatch, `NAME=VALUE`: partition=gpu"},
			{Name: "out", Short: "o", Usage: "write `FILE` instead of JOB.sbatch; - is the standard output", Paths: command.Files},
			{Name: "force", Kind: command.Bool, Usage: "replace an existing file"},
		},
		Run: p.slurm, Paths: command.Files, Meant: []string{"sbatch", "cluster"},
		Description: "The tasks are an array. They join one session, in a folder that all nodes share. A task that is stopped by the limit of\n" +
			"time, or whose node is lost, is queued again, and its run goes on from the checkpoint. docs/cluster.md tells more.",
	}
}

func (p *program) slurm(line *command.Line) error {
	args, err := line.Files("job file")
	if err != nil {
		return err
	}
	job, err := configs.Load(args[0])
	if err != nil {
		return err
	}
	s := cluster.Slurm{Time: line.String("time"), Options: line.StringSlice("sbatch"), Session: job.Output.Session}
	if line.IsSet("name") {
		s.Session = line.String("name")
	}
	if s.Tasks, err = number(line, "tasks"); err == nil {
		s.GPUs, err = number(line, "gpus")
	}
	if err == nil {
		err = s.Check()
	}
	if err != nil {
		return err
	}
	var errs [3]error
	s.Job, errs[0] = filepath.Abs(args[0])
	s.Igs, errs[1] = os.Executable()
	s.Dir, errs[2] = os.Getwd()
	if err := errors.Join(errs[:]...); err != nil {
		return err
	}
	to := line.String("out")
	if to == "-" {
		_, err := p.console.Out().Write([]byte(s.Script()))
		return err
	}
	if to == "" {
		to = strings.TrimSuffix(filepath.Base(args[0]), ".toml") + ".sbatch"
	}
	if err := writeNew(to, []byte(s.Script()), line.Bool("force")); err != nil {
		return err
	}
	p.console.Say("%s is written; start it with: sbatch %s", to, to)
	return nil
}

// number is the value of a flag that takes a number.
func number(line *command.Line, flag string) (int, error) {
	n, err := strconv.Atoi(line.String(flag))
	if err != nil || n < 0 {
		return 0, fault.New(fault.BadInput, "give a whole number", "--%s %q is no number", flag, line.String(flag))
	}
	return n, nil
}
