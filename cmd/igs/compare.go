package main

import (
	"slices"
	"strings"

	"igs/cmd/igs/command"
	"igs/internal/fault"
	"igs/report"
)

func (p *program) compareCommand() *command.Command {
	return &command.Command{
		Name: "compare", Args: "DIR…", Usage: "a table of runs: quality, size, time",
		Flags: []command.Flag{
			{Name: "sort", Usage: "put the best first by `KEY`: " + strings.Join(report.SortKeys, ", "), Words: report.SortKeys},
			{Name: "csv", Kind: command.Bool, Usage: "print it as CSV, with all digits"},
			{Name: "markdown", Kind: command.Bool, Usage: "print it as a table of Markdown"},
		},
		Run: p.compare,
		Description: "DIR is the folder of a session, of a run, or one that holds sessions. Only runs of the same picture, by\n" +
			"SHA-256, that are done are held against each other: the best PSNR, the smallest model, and the front, the\n" +
			"runs that no other beats in both.",
	}
}

func (p *program) compare(line *command.Line) error {
	if len(line.Args) == 0 {
		return fault.New(fault.BadInput, "usage: igs compare DIR…", "no folder given")
	}
	forms := slices.DeleteFunc([]string{"csv", "markdown", "json"}, func(name string) bool { return !line.Bool(name) })
	if len(forms) > 1 {
		return fault.New(fault.BadInput, "give one of the two", "--%s and --%s are two forms of the same table", forms[0], forms[1])
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
