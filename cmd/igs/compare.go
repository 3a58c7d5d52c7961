package main

import (
	"slices"
	"strings"

	"igs/internal/command"
	"igs/internal/fault"
	"igs/report"
)

func (p *program) compareCommand() *command.Command {
	return &command.Command{
		Name: "compare", Args: "DIR…", Usage: "print a table of runs: quality, size, time",
		Flags: []command.Flag{
			{Name: "sort", Usage: "sort by `KEY`, best run first: " + strings.Join(report.SortKeys, ", "), Words: report.SortKeys},
			{Name: "csv", Kind: command.Bool, Usage: "print CSV, with all digits"},
			{Name: "markdown", Kind: command.Bool, Usage: "print a Markdown table"},
		},
		Run: p.compare, Paths: command.Folders, Meant: []string{"list", "ls", "table", "diff", "summary", "results"},
		Description: "DIR is the folder of a session, the folder of a run, or a folder with sessions in it. The table marks the run\n" +
			"with the best PSNR, the run with the smallest model, and the front: the runs that no other run beats in both\n" +
			"PSNR and size. Only finished runs of the same picture (the same SHA-256) are compared.",
	}
}

func (p *program) compare(line *command.Line) error {
	if len(line.Args) == 0 {
		return fault.New(fault.BadInput, "usage: igs compare DIR…", "no folder given")
	}
	forms := slices.DeleteFunc([]string{"csv", "markdown", "json"}, func(name string) bool { return !line.Bool(name) })
	if len(forms) > 1 {
		return fault.New(fault.BadInput, "give only one of the two", "--%s and --%s are two forms of the same table", forms[0], forms[1])
	}
	runs, err := report.Load(line.Args)
	if err != nil {
		return err
	}
	rows := report.Tabulate(runs)
	if key := line.String("sort"); key != "" {
		if err := report.Sort(rows, key); err != nil {
			return err
		}
	}
	return p.console.Comparison(rows, line.Bool("csv"), line.Bool("markdown"))
}
